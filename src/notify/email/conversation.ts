import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { loadPin, type Pin } from '../../tls/pinning.ts'
import { type EmailSettings, USUAL_PORTS } from './settings.ts'
import { type Stage, type Taken, type Trouble, troubleOf } from './trouble.ts'

const CLOSING_MS = 1_000

export type Login = { readonly user: string; readonly pass: string }

/**
 * One conversation with the mail server about one message, on a connection of its own. Never throws for what a network
 * or a server can do, and leaves no connection behind but one that is closing.
 */
export async function converse(
  settings: EmailSettings,
  login: Login | undefined,
  message: Buffer,
  signal: AbortSignal,
): Promise<Taken | Trouble> {
  const at = { stage: 'connect' as Stage, handed: false }
  const pin = settings.tls === undefined || settings.security === 'none' ? undefined : loadPin(settings.tls)
  if (pin?.ok === false) return { ok: false, ...at, why: 'untrusted', sentence: pin.sentence }
  const late = new AbortController()
  const clock = setTimeout(() => late.abort(), settings.timeout)
  const stop = AbortSignal.any([signal, late.signal])
  let socket: Socket | undefined
  let server: Server | undefined
  try {
    // Before the socket is there: nothing may be awaited between its connection and the library's taking it over.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection')
    socket = connect({ host: settings.host, port: settings.port ?? USUAL_PORTS[settings.security] })
    await once(socket, 'connect', { signal: stop })
    at.stage = 'greeting'
    server = new Server(Connection, socket, settings, pin?.pin, stop)
    await server.greet()
    const refusal = server.refusal()
    if (refusal !== undefined) return { ok: false, ...at, why: 'untrusted', sentence: refusal }
    if (login !== undefined) {
      at.stage = 'login'
      await server.login(login)
    }
    at.stage = 'envelope'
    const taken = await server.send(settings, message, () => {
      at.stage = 'body'
      at.handed = true
    })
    server.leave()
    return taken
  } catch (error) {
    if (signal.aborted) return { ok: false, ...at, why: 'stopped' }
    if (late.signal.aborted) return { ok: false, ...at, why: 'timeout' }
    return troubleOf(error, at)
  } finally {
    clearTimeout(clock)
    if (server === undefined) socket?.destroy()
    else server.close()
  }
}

/** The SMTP library's connection with each step as a promise, which also fails where the connection does. */
class Server {
  readonly #connection: SMTPConnection
  readonly #pin: Pin | undefined
  readonly #encrypted: boolean
  readonly #failure = Promise.withResolvers<never>()
  #left = false

  constructor(
    Connection: typeof SMTPConnection,
    socket: Socket,
    { security, host, helo, timeout }: EmailSettings,
    pin: Pin | undefined,
    stop: AbortSignal,
  ) {
    this.#encrypted = security !== 'none'
    this.#pin = pin
    this.#connection = new Connection({
      host,
      connection: socket,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(helo === undefined ? {} : { name: helo }),
      // The certificate is looked at before anything is sent: `refusal`.
      tls: pin === undefined ? {} : { secureContext: pin.context, rejectUnauthorized: false },
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      socketCloseTimeout: CLOSING_MS,
    })
    const { promise, reject } = this.#failure
    promise.catch(() => {})
    this.#connection.on('error', reject)
    // The end comes just before the error that a 421 makes of the step at hand, which tells more.
    this.#connection.once('end', () => setImmediate(() => reject(Object.assign(new Error(), { code: 'ECONNECTION' }))))
    stop.addEventListener('abort', () => reject(stop.reason), { once: true })
  }

  /** Up to the answer to EHLO, within TLS where that is wanted. Nothing secret has been said then. */
  async greet(): Promise<void> {
    await this.#step((done) => this.#connection.connect((error) => done(error)))
  }

  /** Why nothing may be sent to this server; undefined where it may. */
  refusal(): string | undefined {
    if (!this.#encrypted) return undefined
    const socket = this.#connection._socket
    return socket instanceof TLSSocket ? this.#pin?.refusal(socket) : 'the connection is not encrypted'
  }

  async login(login: Login): Promise<void> {
    const connection = this.#connection
    if (!connection.allowsAuth) throw Object.assign(new Error(), { code: 'ENOAUTH' })
    await this.#step((done) => connection.login({ user: login.user, pass: login.pass }, (error) => done(error)))
  }

  /** `begun` is called when the server has taken the envelope and the message leaves, all of it at once. */
  async send({ from, to }: EmailSettings, message: Buffer, begun: () => void): Promise<Taken> {
    const body = Readable.from(lastMoment(message, begun), { objectMode: false })
    const envelope = { from, to: [...to], size: message.length }
    const info = await this.#step<SMTPConnection.SentMessageInfo | undefined>((done) =>
      this.#connection.send(envelope, body, (error, result) => done(error, result)),
    )
    const refused = (info?.rejectedErrors ?? []) as readonly { recipient?: string; response?: string }[]
    return { ok: true, refused: refused.map(({ recipient = '', response = '' }) => ({ recipient, reply: response })) }
  }

  /** QUIT, without waiting for what is said to it. */
  leave(): void {
    this.#left = true
    this.#connection.quit()
    this.#connection.close()
  }

  /** At once, unless it is on its way out. The plain socket below TLS is not to be touched: it belongs to that. */
  close(): void {
    if (this.#left) return
    const socket = this.#connection._socket
    this.#connection.close()
    if (socket) socket.destroy()
  }

  #step<T = unknown>(begin: (done: (error: unknown, value?: T) => void) => void): Promise<T | undefined> {
    const step = new Promise<T | undefined>((resolve, reject) =>
      begin((error, value) => (error === null || error === undefined ? resolve(value) : reject(error))),
    )
    return Promise.race([step, this.#failure.promise])
  }
}

function* lastMoment(message: Buffer, begun: () => void): Generator<Buffer> {
  begun()
  yield message
}
