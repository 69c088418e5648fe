import { randomBytes } from 'node:crypto'
import {
  createServer as createHttp,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net'
import { decrypt, deriveKeys, encrypt, type KlapKeys } from '../klap-cipher.ts'
import { authHash, type Credentials, clientProof, type KlapVersion, serverProof } from '../klap-hash.ts'
import { readFrame, xorFrame } from '../xor-cipher.ts'

export type Stage = 'handshake1' | 'handshake2' | 'request' | 'legacy'

/** What the device does with one message of a stage, instead of answering it well. Requests are obeyed all the same. */
export type Misdeed =
  | 'silent'
  | 'hang-up'
  | 'garbage'
  | 'cut'
  | 'wrong-signature'
  | 'not-json'
  | 'doubled'
  | 'flood'
  | 'mismatch'
  | 'ends-session'
  | { readonly status: number }

type Json = Record<string, unknown>

/** A device for the tests of the client: as simple as can be, and as badly behaved as a test scripts it. */
export class ScriptedDevice {
  readonly deviceId = '8006AAAABBBBCCCCDDDDEEEEFFFF00001111AB12'
  readonly asked: Json[] = []
  readonly paths: string[] = []
  readonly cookies: (string | undefined)[] = []
  readonly states = [1, 1, 1, 1, 1, 1]
  credentials: Credentials = { username: 'user@example.com', password: 'sesame-open' }
  version: KlapVersion = 'v2'
  cookieTimeout = 86_400
  /** Overrides the answer to a message; undefined leaves it to the device. */
  answer: (message: Json) => Json | undefined = () => undefined
  sysinfo: () => Json = () => this.stripSysinfo()
  httpPort = 0
  legacyPort = 0
  handshakes = 0
  legacyAsked = 0
  readonly #script = new Map<Stage, (Misdeed | 'well')[]>()
  readonly #always = new Map<Stage, Misdeed>()
  readonly #sockets = new Set<Socket>()
  #http: HttpServer | undefined
  #legacy: TcpServer | undefined
  #session: { local: Buffer; remote: Buffer; auth: Buffer; keys: KlapKeys; cookie: string } | undefined

  static async start(): Promise<ScriptedDevice> {
    const device = new ScriptedDevice()
    await device.openKlap()
    await device.openLegacy()
    await device.closeLegacy()
    return device
  }

  /** The next messages of a stage are treated so, one after the other. */
  script(stage: Stage, ...deeds: (Misdeed | 'well')[]): void {
    this.#script.set(stage, [...(this.#script.get(stage) ?? []), ...deeds])
  }

  always(stage: Stage, deed: Misdeed): void {
    this.#always.set(stage, deed)
  }

  stripSysinfo(): Json {
    const children = this.states.map((state, index) => ({
      id: `${this.deviceId}0${index}`,
      alias: `socket ${index}`,
      state,
    }))
    const firmware = { hw_ver: '2.0', sw_ver: '1.1.2 Build 241220 Rel.171333', feature: 'TIM:ENE' }
    const named = { model: 'HS300(US)', alias: 'rack', deviceId: this.deviceId }
    return { ...named, ...firmware, child_num: children.length, children, err_code: 0 }
  }

  async openKlap(): Promise<void> {
    this.#http = createHttp((request, response) => void this.#onHttp(request, response))
    this.httpPort = await this.#listen(this.#http, this.httpPort)
  }

  async closeKlap(): Promise<void> {
    await this.#close(this.#http)
    this.#session = undefined
  }

  async openLegacy(): Promise<void> {
    this.#legacy = createTcp((socket) => this.#onLegacy(socket))
    this.legacyPort = await this.#listen(this.#legacy, this.legacyPort)
  }

  async closeLegacy(): Promise<void> {
    await this.#close(this.#legacy)
  }

  async stop(): Promise<void> {
    if (this.#http?.listening) await this.closeKlap()
    if (this.#legacy?.listening) await this.closeLegacy()
  }

  async #listen(server: HttpServer | TcpServer, port: number): Promise<number> {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  async #close(server: HttpServer | TcpServer | undefined): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => server?.close(resolve))
  }

  #deedFor(stage: Stage): Misdeed | 'well' {
    return this.#script.get(stage)?.shift() ?? this.#always.get(stage) ?? 'well'
  }

  async #onHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray())
    const path = request.url ?? ''
    this.paths.push(path)
    this.cookies.push(request.headers.cookie)
    const stage = /^\/app\/(handshake1|handshake2|request)/.exec(path)?.[1] as Stage
    const deed = this.#deedFor(stage)
    if (stage === 'handshake1') this.#handshake1(body, response, deed)
    else if (stage === 'handshake2') this.#handshake2(body, response, deed)
    else this.#request(body, path, request, response, deed)
  }

  #handshake1(local: Buffer, response: ServerResponse, deed: Misdeed | 'well'): void {
    this.handshakes += 1
    const remote = randomBytes(16)
    const auth = authHash(this.version, this.credentials)
    const cookie = `TP_SESSIONID=${randomBytes(8).toString('hex').toUpperCase()}`
    this.#session = { local, remote, auth, keys: deriveKeys(local, remote, auth), cookie }
    response.setHeader('Set-Cookie', `${cookie};TIMEOUT=${this.cookieTimeout}`)
    const proof = deed === 'mismatch' ? randomBytes(32) : serverProof(this.version, local, remote, auth)
    this.#reply(response, deed, Buffer.concat([remote, proof]))
  }

  #handshake2(body: Buffer, response: ServerResponse, deed: Misdeed | 'well'): void {
    const session = this.#session
    const known = session !== undefined && clientProof(this.version, session.local, session.remote, session.auth)
    this.#reply(response, known !== false && body.equals(known) ? deed : { status: 403 }, Buffer.alloc(0))
  }

  #request(
    body: Buffer,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    deed: Misdeed | 'well',
  ): void {
    const seq = Number(/seq=(-?\d+)$/.exec(path)?.[1])
    const session = this.#session
    const known = session !== undefined && request.headers.cookie === session.cookie
    const plain = known ? decrypt(session.keys, seq, body) : undefined
    if (!known || plain?.ok !== true) {
      this.#reply(response, { status: 403 }, body)
      return
    }
    const text = this.#obey(plain.text)
    if (deed === 'ends-session') this.#session = undefined
    const sealed = encrypt(session.keys, seq, deed === 'not-json' ? 'no { json' : text)
    if (deed === 'wrong-signature') sealed[0] = (sealed[0] as number) ^ 1
    this.#reply(response, deed, sealed)
  }

  #reply(response: ServerResponse, deed: Misdeed | 'well', body: Buffer): void {
    const socket = response.socket as Socket
    if (typeof deed === 'object') response.writeHead(deed.status).end()
    else if (deed === 'hang-up') socket.destroy()
    else if (deed === 'flood') response.writeHead(200).end(Buffer.alloc(4_000_000))
    else if (deed === 'garbage') socket.end('\x00\x01 this is not HTTP\r\n\r\n')
    else if (deed === 'cut') {
      response.writeHead(200, { 'Content-Length': body.length + 16 })
      response.write(body, () => socket.destroySoon())
    } else if (deed === 'doubled') {
      const whole = Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`),
        body,
      ])
      socket.write(Buffer.concat([whole, whole]))
    } else if (deed !== 'silent') response.writeHead(200, { 'Content-Length': body.length }).end(body)
  }

  #onLegacy(socket: Socket): void {
    let received: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const frame = readFrame(received, 65_536)
      if (frame.kind !== 'complete') return
      this.legacyAsked += 1
      const deed = this.#deedFor('legacy')
      const reply = xorFrame(this.#obey(frame.text))
      if (deed === 'silent') return
      if (deed === 'hang-up') socket.destroy()
      else if (deed === 'garbage') socket.end(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
      else if (deed === 'cut') socket.end(reply.subarray(0, reply.length >> 1))
      else if (deed === 'not-json') socket.end(xorFrame('no { json'))
      else if (deed === 'doubled') socket.end(Buffer.concat([reply, reply]))
      else this.#inPieces(socket, reply)
    })
  }

  #inPieces(socket: Socket, reply: Buffer): void {
    socket.setNoDelay(true)
    const [first, second] = [reply.subarray(0, 3), reply.subarray(3)]
    socket.write(first, () => setImmediate(() => socket.write(second)))
  }

  #obey(text: string): string {
    const message = JSON.parse(text) as Json
    this.asked.push(message)
    return JSON.stringify(this.answer(message) ?? this.#defaultAnswer(message))
  }

  #defaultAnswer(message: Json): Json {
    const { context, system, emeter, count_down: countDown } = message as Record<string, Json | undefined>
    const ids = context?.child_ids as string[] | undefined
    const index = ids === undefined ? -1 : Number(ids[0]?.slice(-2))
    if (system?.get_sysinfo !== undefined) return { system: { get_sysinfo: this.sysinfo() } }
    if (system?.set_relay_state !== undefined) {
      const { state } = system.set_relay_state as { state: number }
      // As a real strip may: without a context, all of it.
      for (const each of this.states.keys()) if (index === -1 || index === each) this.states[each] = state
      return { system: { set_relay_state: { err_code: 0 } } }
    }
    if (emeter !== undefined) return { emeter: { get_realtime: { power_mw: 1000 * (index + 1), err_code: 0 } } }
    if (countDown !== undefined) return { count_down: { err_code: -1, err_msg: 'module not support' } }
    return { err_code: -1, err_msg: 'module not support' }
  }
}
