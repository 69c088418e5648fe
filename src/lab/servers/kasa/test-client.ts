import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'

/*
 * Clients for the tests of the emulator only. They share no code with it, so that one mistake cannot hide in both.
 */

const digest = (name: string, ...parts: (string | Buffer)[]) =>
  createHash(name)
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()

class TooLate extends Error {
  readonly code = 'TIMEOUT'
}

export type HttpAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

export function post(
  url: string,
  body: Buffer,
  headers: Record<string, string> = {},
  agent: Agent | false = false,
  timeoutMs = 2000,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers: { 'Content-Length': body.length, ...headers } })
    // `setTimeout` of the request starts only at the connection, which a silent device never makes.
    const late = () => asked.destroy(new TooLate())
    const timer = setTimeout(late, timeoutMs)
    asked.on('close', () => clearTimeout(timer))
    asked.on('error', reject)
    asked.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    asked.end(body)
  })
}

export type KlapLogin = { readonly version: 1 | 2; readonly username: string; readonly password: string }

export class TestKlapClient {
  readonly base: string
  readonly login: KlapLogin
  cookie = ''
  setCookie = ''
  sequence = 0
  #key: Buffer = Buffer.alloc(0)
  #iv: Buffer = Buffer.alloc(0)
  #sig: Buffer = Buffer.alloc(0)
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(address: string, port: number, login: KlapLogin) {
    this.base = `http://${address}:${port}`
    this.login = login
  }

  /** Both handshakes; the status of the second, or `wrong-hash` where the device's proof is not ours. */
  async handshake(local = Buffer.from(Array.from({ length: 16 }, (_, i) => i))): Promise<number | 'wrong-hash'> {
    const { version, username, password } = this.login
    const secret =
      version === 1
        ? digest('md5', digest('md5', username), digest('md5', password))
        : digest('sha256', digest('sha1', username), digest('sha1', password))
    const first = await post(`${this.base}/app/handshake1`, local, {}, this.#agent)
    if (first.status !== 200) return first.status
    this.setCookie = String(first.headers['set-cookie'])
    this.cookie = this.setCookie.split(';')[0] ?? ''
    const remote = first.body.subarray(0, 16)
    const proof = version === 1 ? digest('sha256', local, secret) : digest('sha256', local, remote, secret)
    if (!proof.equals(first.body.subarray(16))) return 'wrong-hash'
    const mine = version === 1 ? digest('sha256', remote, secret) : digest('sha256', remote, local, secret)
    const second = await post(`${this.base}/app/handshake2`, mine, { Cookie: this.cookie }, this.#agent)
    const full = digest('sha256', 'iv', local, remote, secret)
    this.#key = digest('sha256', 'lsk', local, remote, secret).subarray(0, 16)
    this.#iv = full.subarray(0, 12)
    this.sequence = full.readInt32BE(28)
    this.#sig = digest('sha256', 'ldk', local, remote, secret).subarray(0, 28)
    return second.status
  }

  #seq(): Buffer {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(this.sequence)
    return bytes
  }

  body(message: unknown): Buffer {
    const cipher = createCipheriv('aes-128-cbc', this.#key, Buffer.concat([this.#iv, this.#seq()]))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(message)), cipher.final()])
    return Buffer.concat([digest('sha256', this.#sig, this.#seq(), sealed), sealed])
  }

  /** The raw HTTP answer to one request with the next sequence number. */
  async send(message: unknown, headers: Record<string, string> = {}, timeoutMs = 2000): Promise<HttpAnswer> {
    this.sequence = this.sequence === 2147483647 ? -2147483648 : this.sequence + 1
    const url = `${this.base}/app/request?seq=${this.sequence}`
    return post(url, this.body(message), { Cookie: this.cookie, ...headers }, this.#agent, timeoutMs)
  }

  open(body: Buffer): unknown {
    const sealed = body.subarray(32)
    const right = digest('sha256', this.#sig, this.#seq(), sealed)
    assert.ok(right.equals(body.subarray(0, 32)), 'bad signature')
    const decipher = createDecipheriv('aes-128-cbc', this.#key, Buffer.concat([this.#iv, this.#seq()]))
    return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString())
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes.
  async query(message: unknown): Promise<any> {
    const { status, body } = await this.send(message)
    assert.equal(status, 200)
    return this.open(body)
  }

  close(): void {
    this.#agent.destroy()
  }
}

export function xor(data: Buffer, seal: boolean): Buffer {
  let key = 0xab
  return Buffer.from(
    data.map((byte) => {
      const out = byte ^ key
      key = seal ? out : byte
      return out
    }),
  )
}

/** One request of the legacy protocol, sent in pieces; everything that came back until the frame was whole. */
export class TestXorClient {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #wake = () => {}

  constructor(address: string, port: number) {
    this.socket = connect({ host: address, port })
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    this.socket.on('close', () => this.#wake())
    this.socket.on('error', () => {})
  }

  send(message: unknown): void {
    const body = xor(Buffer.from(JSON.stringify(message)), true)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    this.socket.write(length.subarray(0, 3))
    setImmediate(() => this.socket.write(Buffer.concat([length.subarray(3), body])))
  }

  async frame(): Promise<string | 'closed'> {
    for (;;) {
      if (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readUInt32BE()) {
        const end = 4 + this.#received.readUInt32BE()
        const body = this.#received.subarray(4, end)
        this.#received = this.#received.subarray(end)
        return xor(body, false).toString()
      }
      if (this.socket.destroyed) return 'closed'
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes.
  async query(message: unknown): Promise<any> {
    this.send(message)
    return JSON.parse(await this.frame())
  }
}
