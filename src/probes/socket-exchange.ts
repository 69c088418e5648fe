import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { formatDuration } from '../config/values.ts'
import type { ProbeAnswer } from '../ports/probe.ts'
import type { Pin } from '../tls/pinning.ts'

export type SocketAnswer = Omit<ProbeAnswer, 'id'>

/** What the bytes so far say: `ok` is the answer that was hoped for; undefined asks for more bytes. */
export type Reading = { readonly ok: boolean; readonly detail: string }

export type Exchange = {
  /** An IP address: names are looked up before. */
  readonly address: string
  readonly port: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** `servername` is the name that the certificate has to be for; without it, the address. */
  readonly tls?: { readonly pin: Pin; readonly servername?: string }
  /** Sent once the connection stands. */
  readonly request?: string
  /** Without it an accepted connection is all that is asked. */
  readonly read?: (bytes: Buffer) => Reading | undefined
}

/** More than a status line or a banner can need. */
const MAX_READ_BYTES = 4096
/** The network's own word that nothing answers there. Anything else before the connection stands is our own trouble. */
const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ETIMEDOUT'])

/**
 * Connects, sends, reads until `read` is content, and closes. What it concludes, always on the side of not cutting
 * power:
 * - `read` is content: life that proves the userland.
 * - The connection was accepted, and then silence, garbage, a reset, a failed handshake or a wrong certificate: life
 *   that proves the kernel, because something with this address took part in the TCP handshake. An impostor's
 *   certificate proves nothing about the userland of the host that was meant, but nobody should cut the power of an
 *   address that answers.
 * - Connection refused: the kernel's own answer, so life that proves the kernel.
 * - No answer, or the network says unreachable: silence.
 * - Our own side could not even try (EMFILE, EADDRNOTAVAIL, ENOBUFS, EACCES, ...): the probe is broken.
 */
export function exchange(request: Exchange): Promise<SocketAnswer> {
  const startedMs = performance.now()
  return new Promise((resolve) => {
    const socket = open(request)
    const running = new RunningExchange(request, socket, (answer) => {
      resolve({ ...answer, durationMs: performance.now() - startedMs })
    })
    running.listen()
  })
}

function open({ address, port, tls }: Exchange): Socket | TLSSocket {
  if (!tls) return connectTcp({ host: address, port })
  return connectTls({
    host: address,
    port,
    secureContext: tls.pin.context,
    // The pin decides, after the handshake, so that a refusal is told apart from a handshake that failed.
    rejectUnauthorized: false,
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  })
}

type Conclusion = Omit<SocketAnswer, 'durationMs'>

class RunningExchange {
  readonly #request: Exchange
  readonly #socket: Socket | TLSSocket
  readonly #conclude: (answer: Conclusion) => void
  readonly #timer: NodeJS.Timeout
  readonly #onAbort = () => this.#end({ says: 'probe-broken', proves: 'none', detail: 'the round was aborted' })
  #accepted = false
  #secured = false
  #done = false
  #bytes: Buffer | undefined

  constructor(request: Exchange, socket: Socket | TLSSocket, conclude: (answer: Conclusion) => void) {
    this.#request = request
    this.#socket = socket
    this.#conclude = conclude
    // Where our own loop was held up, answers may lie unread in the kernel: they are read before silence is concluded.
    this.#timer = setTimeout(() => setImmediate(() => this.#late()), request.timeoutMs)
  }

  listen(): void {
    const socket = this.#socket
    socket.on('connect', () => {
      this.#accepted = true
      if (!this.#request.tls) this.#speak()
    })
    if (this.#request.tls) socket.on('secureConnect', () => this.#checkPin(socket as TLSSocket))
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.#closed())
    socket.on('close', () => this.#closed())
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error))
    if (this.#request.signal.aborted) this.#onAbort()
    else this.#request.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  #checkPin(socket: TLSSocket): void {
    this.#secured = true
    const refusal = this.#request.tls?.pin.refusal(socket)
    if (refusal === undefined) this.#speak()
    else this.#kernel(refusal)
  }

  #speak(): void {
    if (this.#done) return
    if (!this.#request.read) this.#kernel('connection accepted')
    else if (this.#request.request !== undefined) this.#socket.write(this.#request.request)
  }

  #take(chunk: Buffer): void {
    if (this.#done) return
    const bytes = this.#bytes === undefined ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#bytes = bytes
    const reading = this.#request.read?.(bytes)
    if (reading?.ok) this.#end({ says: 'life', proves: 'userland', detail: reading.detail })
    else if (reading) this.#kernel(reading.detail)
    else if (bytes.length >= MAX_READ_BYTES) this.#kernel(`unexpected answer ${quote(bytes)}`)
  }

  #failed(error: NodeJS.ErrnoException): void {
    const code = error.code ?? 'UNKNOWN'
    if (this.#accepted) {
      const during = this.#request.tls && !this.#secured ? 'the TLS handshake' : 'the connection'
      this.#kernel(`it accepted the connection, then ${during} failed (${code})`)
    } else if (code === 'ECONNREFUSED') this.#kernel('connection refused')
    else if (code === 'ECONNRESET') this.#kernel('connection reset')
    else if (UNREACHABLE.has(code)) this.#end({ says: 'silence', proves: 'none', detail: `unreachable (${code})` })
    else this.#end({ says: 'probe-broken', proves: 'none', detail: `could not connect from here (${code})` })
  }

  #closed(): void {
    // Not before it was accepted: then an error tells more, and has come first.
    if (!this.#accepted) return
    if (this.#bytes) this.#kernel(`it said only ${quote(this.#bytes)} and closed the connection`)
    else this.#kernel('it accepted the connection and closed it without an answer')
  }

  #late(): void {
    const after = formatDuration(Math.round(this.#request.timeoutMs))
    if (!this.#accepted) this.#end({ says: 'silence', proves: 'none', detail: `no answer in ${after}` })
    else if (this.#bytes) this.#kernel(`only ${quote(this.#bytes)} in ${after}`)
    else this.#kernel(`it accepted the connection and said nothing in ${after}`)
  }

  #kernel(detail: string): void {
    this.#end({ says: 'life', proves: 'kernel', detail })
  }

  #end(answer: Conclusion): void {
    if (this.#done) return
    this.#done = true
    clearTimeout(this.#timer)
    this.#request.signal.removeEventListener('abort', this.#onAbort)
    this.#socket.removeAllListeners()
    // What fails from here on has been concluded already.
    this.#socket.on('error', () => {})
    this.#socket.destroy()
    this.#conclude(answer)
  }
}

/** A stranger's bytes, short and printable, for a sentence. */
export function quote(bytes: Buffer): string {
  const shown = bytes
    .subarray(0, 40)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.')
  return `'${shown}${bytes.length > 40 ? '...' : ''}'`
}
