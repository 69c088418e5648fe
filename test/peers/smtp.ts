import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { KeyPair } from '../sockets/certificate.ts'

/** A mail as the server got it: its envelope, and every byte of it. */
export type Received = {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly encrypted: boolean
  readonly user?: string
  readonly helo: string
}

/** A reply other than success, such as `[550, '5.1.1 nobody of this name']`, or `hang`, or `drop` of the connection. */
export type Manner = readonly [number, string] | 'hang' | 'drop' | undefined

export type Manners = {
  connect?: () => Manner
  login?: (user: string, password: string) => Manner
  sender?: (address: string) => Manner
  recipient?: (address: string) => Manner
  /** After the whole message was read. What is dropped or hangs here was taken: it is among `mails`. */
  data?: (mail: Received) => Manner
}

/** An independent mail server on loopback, with the refusals that a test asks of it. */
export class MailServer {
  readonly mails: Received[] = []
  readonly logins: string[] = []
  manners: Manners = {}
  readonly #server: SMTPServer

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      closeTimeout: 200,
      logger: false,
      ...options,
      onConnect: (_, done) => this.#answer(this.manners.connect?.(), done),
      onAuth: ({ username = '', password }, _, done) => {
        this.logins.push(username)
        this.#answer(this.manners.login?.(username, password ?? ''), (error) => done(error, { user: username }))
      },
      onMailFrom: ({ address }, _, done) => this.#answer(this.manners.sender?.(address), done),
      onRcptTo: ({ address }, _, done) => this.#answer(this.manners.recipient?.(address), done),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope
          const mail: Received = {
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString('utf8'),
            encrypted: session.secure,
            helo: session.hostNameAppearsAs ?? '',
            ...(session.user === undefined ? {} : { user: String(session.user) }),
          }
          const manner = this.manners.data?.(mail)
          if (!Array.isArray(manner)) this.mails.push(mail)
          this.#answer(manner, done)
        })
      },
    })
    this.#server.on('error', () => {})
  }

  /** `security` as the channel names it; with `none` there is no STARTTLS to be had, and logins go in the clear. */
  static async open(
    security: 'starttls' | 'tls' | 'none',
    pair?: KeyPair,
    more: SMTPServerOptions = {},
  ): Promise<MailServer> {
    const keys = pair === undefined ? {} : { key: pair.key, cert: pair.cert }
    const plain = security === 'none' ? { disabledCommands: ['STARTTLS'], allowInsecureAuth: true } : {}
    const server = new MailServer({ secure: security === 'tls', ...keys, ...plain, ...more })
    await new Promise<void>((resolve, reject) => {
      server.#server.server.once('error', reject)
      server.#server.listen(0, '127.0.0.1', () => resolve())
    })
    return server
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#server.connections.size
  }

  async stop(): Promise<void> {
    this.#drop()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #answer(manner: Manner, done: (error?: Error | null) => void): void {
    if (manner === undefined) done()
    else if (manner === 'drop') this.#drop()
    else if (manner !== 'hang') done(Object.assign(new Error(manner[1]), { responseCode: manner[0] }))
  }

  /** After STARTTLS this is the TLS socket; the plain one below it must not be destroyed by itself. */
  #drop(): void {
    for (const { _socket } of this.#server.connections) _socket.destroy()
  }
}
