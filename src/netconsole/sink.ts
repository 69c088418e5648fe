import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { readDatagram } from './datagram.ts'
import { Fragments } from './fragments.ts'
import { HostLines } from './host-lines.ts'
import { type Lookup, Senders, systemLookup } from './senders.ts'
import type { KnownHost, NetconsoleLine, NetconsoleSettings, NetconsoleStats } from './settings.ts'

export type NetconsoleParts = {
  /** By the wall clock, milliseconds. */
  readonly wallMs: () => number
  /** Told of each line once. Must not throw. */
  readonly onLine?: (host: string, line: NetconsoleLine) => void
  /** The socket failed after it was opened: nothing is received any more. */
  readonly onFailure?: (sentence: string) => void
  readonly lookup?: Lookup
}

export type NetconsoleOpening =
  | { readonly ok: true; readonly sink: NetconsoleSink }
  | { readonly ok: false; readonly code: string; readonly sentence: string }

const RESOLVE_EVERY_MS = 300_000
/** How often messages are looked for of which a part was lost. */
const GIVE_EVERY_MS = 1_000
/** A burst at a panic must not be lost while the loop is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
const MOST_UNKNOWN_SENDERS = 8

/** Listens for the last words of kernels. Never throws; what cannot be opened is a value. */
export function openNetconsole(settings: NetconsoleSettings, parts: NetconsoleParts): Promise<NetconsoleOpening> {
  const { listen, port } = settings
  const socket = createSocket(isIPv6(listen) ? 'udp6' : 'udp4')
  return new Promise((resolve) => {
    const fail = (error: Error & { readonly code?: string }) => {
      socket.close()
      const code = error.code ?? 'unknown'
      resolve({ ok: false, code, sentence: `netconsole cannot listen on ${listen}, UDP port ${port}: ${why(code)}.` })
    }
    socket.once('error', fail)
    socket.bind({ address: listen, port, exclusive: true }, () => {
      socket.off('error', fail)
      resolve({ ok: true, sink: new NetconsoleSink(socket, settings, parts) })
    })
  })
}

function why(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'something else listens there'
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address'
    case 'EACCES':
      return 'this user may not (ports below 1024 need a privilege)'
    default:
      return code
  }
}

type Speaker = { readonly lines: HostLines; readonly fragments: Fragments }

/**
 * Takes netconsole from known hosts, plain and extended, and keeps the newest lines of each. UDP proves no sender: a
 * line is a hint, and nothing is switched by it.
 */
export class NetconsoleSink {
  readonly #socket: Socket
  readonly #parts: NetconsoleParts
  readonly #senders: Senders
  readonly #speakers = new Map<string, Speaker>()
  readonly #resolveTimer: NodeJS.Timeout
  #giveTimer: NodeJS.Timeout | undefined
  #unknown = 0
  #unknownSenders: string[] = []
  #closed = false

  constructor(socket: Socket, { hosts }: NetconsoleSettings, parts: NetconsoleParts) {
    this.#socket = socket
    this.#parts = parts
    this.#senders = new Senders(hosts, parts.lookup ?? systemLookup)
    socket.on('message', (bytes, sender) => this.#take(bytes, sender))
    socket.on('error', (error) => this.#failed(error))
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
    } catch {
      // The system's limit is lower: what it gives is used.
    }
    this.#resolveTimer = setInterval(() => void this.#senders.resolve(), RESOLVE_EVERY_MS)
    void this.#senders.resolve()
  }

  /** Where it listens, once a port was given. */
  get port(): number {
    return this.#closed ? 0 : this.#socket.address().port
  }

  /** After a change of the configuration. */
  use(hosts: readonly KnownHost[]): Promise<void> {
    this.#senders.use(hosts)
    const names = new Set(hosts.map(({ name }) => name))
    for (const name of this.#speakers.keys()) if (!names.has(name)) this.#speakers.delete(name)
    return this.#senders.resolve()
  }

  /** What is known of a host since then, oldest first. */
  lines(host: string, sinceMs: number): readonly NetconsoleLine[] {
    return this.#speakers.get(host)?.lines.since(sinceMs) ?? []
  }

  stats(): NetconsoleStats {
    const hosts = Object.fromEntries([...this.#speakers].map(([host, { lines }]) => [host, lines.stats]))
    return { hosts, unknown: this.#unknown, unknownSenders: this.#unknownSenders }
  }

  /** Nothing of it is left when this resolves. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#closed = true
    clearInterval(this.#resolveTimer)
    clearTimeout(this.#giveTimer)
    for (const [host, { fragments }] of this.#speakers) this.#add(host, fragments.give('all'))
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }

  #take(bytes: Buffer, { address }: RemoteInfo): void {
    const host = this.#senders.hostOf(address)
    if (host === undefined) {
      this.#unknown += 1
      if (!this.#unknownSenders.includes(address)) {
        this.#unknownSenders = [...this.#unknownSenders, address].slice(-MOST_UNKNOWN_SENDERS)
      }
      return
    }
    const datagram = readDatagram(bytes)
    const { fragments } = this.#speaker(host)
    this.#add(host, datagram.kind === 'plain' ? datagram.lines : fragments.take(datagram, performance.now()))
    if (fragments.waiting > 0) this.#giveTimer ??= setTimeout(() => this.#giveUp(), GIVE_EVERY_MS)
  }

  #giveUp(): void {
    this.#giveTimer = undefined
    for (const [host, { fragments }] of this.#speakers) this.#add(host, fragments.give(performance.now()))
    const waits = [...this.#speakers.values()].some(({ fragments }) => fragments.waiting > 0)
    if (waits) this.#giveTimer = setTimeout(() => this.#giveUp(), GIVE_EVERY_MS)
  }

  #add(host: string, texts: readonly string[]): void {
    const { lines } = this.#speaker(host)
    const atMs = this.#parts.wallMs()
    for (const text of texts) {
      const line = { atMs, text }
      if (lines.add(line, performance.now())) this.#parts.onLine?.(host, line)
    }
  }

  #speaker(host: string): Speaker {
    const known = this.#speakers.get(host)
    if (known !== undefined) return known
    const speaker = { lines: new HostLines(), fragments: new Fragments() }
    this.#speakers.set(host, speaker)
    return speaker
  }

  #failed(error: Error): void {
    this.#parts.onFailure?.(`netconsole receives nothing any more: ${error.message}.`)
    void this.close()
  }
}
