import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { LabFault } from './lab-fault.ts'
import { LISTEN_BACKLOG, type Silence, silence } from './silence.ts'

/**
 * `answering`: connections are served. `accepting`: they are accepted and nothing is ever said (userland is dead).
 * `silent`: connects time out (the machine is dead). `closed`: connects are refused (the port is closed).
 */
export type ListenerMode = 'answering' | 'accepting' | 'silent' | 'closed'

const MOST_CONNECTIONS = 256
const LISTEN_TRIES = 40
const LISTEN_RETRY_MS = 25

/** One TCP port of the lab that can fail in the ways that a machine's port does. */
export class Listener {
  readonly address: string
  #port: number
  #mode: ListenerMode = 'answering'
  #server: Server | undefined
  #silence: Silence | undefined
  #work: Promise<void> = Promise.resolve()
  readonly #sockets = new Set<Socket>()
  readonly #serve: (socket: Socket) => void

  private constructor(address: string, port: number, serve: (socket: Socket) => void) {
    this.address = address
    this.#port = port
    this.#serve = serve
  }

  /** Listens and answers. `port` 0 takes a free one and keeps it. Throws `LabFault` where it cannot listen. */
  static async open(address: string, port: number, serve: (socket: Socket) => void): Promise<Listener> {
    const listener = new Listener(address, port, serve)
    await listener.#listen(1)
    return listener
  }

  get port(): number {
    return this.#port
  }

  /** Whether it speaks now. Ask again before each answer: an established connection goes silent with the rest. */
  answers(): boolean {
    return this.#mode === 'answering'
  }

  /** Resolves when the port behaves so. What is said stops at once; changes are carried out in order. */
  set(mode: ListenerMode): Promise<void> {
    if (mode !== this.#mode) {
      const before = this.#mode
      this.#mode = mode
      const work = this.#work.then(() => this.#change(before, mode))
      // Whoever waits hears of a failure; the chain goes on for the next change.
      this.#work = work.catch(() => {})
      return work
    }
    return this.#work
  }

  async stop(): Promise<void> {
    await this.set('closed')
  }

  async #change(before: ListenerMode, mode: ListenerMode): Promise<void> {
    // A dead machine leaves its connections hanging; one that is back, or whose program is gone, resets them.
    if (mode !== 'silent' && !(before === 'answering' && mode === 'accepting')) this.#resetConnections()
    if (mode === 'silent') {
      if (this.#silence !== undefined) return
      const server = this.#server ?? (await this.#listen(LISTEN_TRIES))
      this.#server = undefined
      this.#silence = await silence(server, this.address, this.#port)
      return
    }
    await this.#silence?.end()
    this.#silence = undefined
    if (mode === 'closed') {
      this.#server?.close()
      this.#server = undefined
      this.#resetConnections()
    } else if (this.#server === undefined) {
      await this.#listen(LISTEN_TRIES)
    }
  }

  async #listen(tries: number): Promise<Server> {
    for (let attempt = 1; ; attempt += 1) {
      const server = createServer((socket) => this.#accept(socket))
      const error = await listenOnce(server, this.address, this.#port)
      if (error === undefined) {
        server.on('error', () => {})
        this.#server = server
        const bound = server.address()
        if (bound !== null && typeof bound === 'object') this.#port = bound.port
        return server
      }
      const inUse = error.code === 'EADDRINUSE'
      if (!inUse || attempt >= tries) {
        const sentence = `the lab cannot listen on ${this.address}:${this.#port} (${error.code ?? error.message})`
        throw new LabFault(inUse ? 'address-in-use' : 'cannot-listen', sentence)
      }
      await setTimeout(LISTEN_RETRY_MS)
    }
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {})
    if (this.#sockets.size >= MOST_CONNECTIONS) {
      socket.resetAndDestroy()
      return
    }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    if (this.answers()) this.#serve(socket)
    else socket.resume()
  }

  #resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen({ host, port, backlog: LISTEN_BACKLOG }, () => {
      server.removeListener('error', resolve)
      resolve(undefined)
    })
  })
}
