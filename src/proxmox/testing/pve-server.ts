import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { violations } from './schema.ts'

export type Asked = {
  readonly method: string
  /** Without `/api2/json`, still encoded. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Which of the connections it came on. */
  readonly connection: number
}

export type Answer = {
  readonly status?: number
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly data?: unknown
  /** In place of `{ data }`. */
  readonly body?: string
  readonly gzip?: boolean
  /** Ends the connection after so many bytes of the body. */
  readonly cutAt?: number
  /** Answers only when this is done. */
  readonly after?: Promise<unknown>
  /** Closes the connection without a word. */
  readonly hangUp?: boolean
}

/** `undefined`: as pveproxy answers what it does not know. */
export type Script = (asked: Asked) => Answer | undefined

/** A server that answers as told, and notes where a request is not as the schema of the API wants it. */
export class PveServer {
  readonly asked: Asked[] = []
  readonly violations: string[] = []
  script: Script
  #server: Server
  #connections = 0
  readonly #open = new Set<Socket>()

  constructor(key: { readonly key: string; readonly cert: string }, script: Script) {
    this.script = script
    this.#server = createServer(key, (request, response) => void this.#serve(request, response))
    this.#server.on('connection', (socket: Socket) => {
      this.#open.add(socket)
      socket.on('close', () => this.#open.delete(socket))
      socket.on('error', () => {})
    })
    this.#server.on('secureConnection', (socket: Socket) => {
      this.#connections += 1
      Object.assign(socket, { number: this.#connections })
      socket.on('error', () => {})
    })
    this.#server.on('tlsClientError', () => {})
  }

  get connections(): number {
    return this.#connections
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Requests whose path is this one. */
  askedFor(path: string): readonly Asked[] {
    return this.asked.filter((each) => each.path === path)
  }

  start(port = 0): Promise<this> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve(this)))
  }

  /** Ends every connection, as a node that dies does. */
  dropConnections(): void {
    for (const socket of this.#open) socket.destroy()
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.dropConnections()
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const form = Buffer.concat(chunks).toString()
    const [target = '', query = ''] = (request.url ?? '').split('?')
    const raw = request.method === 'POST' ? form : query
    if (/[; ]|=[^&]*=/.test(raw)) this.violations.push(`${raw} is not percent-encoded`)
    const asked: Asked = {
      method: request.method ?? '',
      path: target.replace(/^\/api2\/json/, ''),
      params: Object.fromEntries(new URLSearchParams(raw)),
      headers: request.headers,
      connection: (request.socket as unknown as { readonly number: number }).number,
    }
    this.asked.push(asked)
    this.violations.push(...violations(asked.method, asked.path, asked.params))
    await reply(response, this.script(asked) ?? { status: 501, reason: 'Unknown method', data: null })
  }
}

async function reply(response: ServerResponse, answer: Answer): Promise<void> {
  await answer.after
  if (response.destroyed) return
  if (answer.hangUp === true) {
    response.socket?.destroy()
    return
  }
  const text = answer.body ?? JSON.stringify({ data: answer.data })
  const body = answer.gzip === true ? gzipSync(text) : Buffer.from(text)
  response.writeHead(answer.status ?? 200, answer.reason ?? 'OK', {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': body.length,
    ...(answer.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  })
  if (answer.cutAt === undefined) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, answer.cutAt), () => response.socket?.destroy())
}
