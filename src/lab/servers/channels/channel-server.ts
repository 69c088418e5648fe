import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LabFault } from '../lab-fault.ts'

/**
 * What a channel's server does with the next calls. `up`: as documented. `ratelimit`: 429 with the service's own word
 * when to come back. `error`: 500. `not-found`: 404. `reset`: the connection is reset after the request was read.
 * `hang`: no answer. `slow`: an answer after `slowMs`. `garbage`: 200 and no JSON. `lost`: it takes the message and then
 * resets the connection: it arrived, and nobody knows.
 */
export type ChannelMode = 'up' | 'ratelimit' | 'error' | 'not-found' | 'reset' | 'hang' | 'slow' | 'garbage' | 'lost'

export type ChannelRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

export type ChannelReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** How one service behaves: the answer to a call, and its own form of a 429. */
export interface ChannelManners {
  readonly name: string
  reply(request: ChannelRequest): ChannelReply
  rateLimited(request: ChannelRequest): ChannelReply
}

const MOST_BODY_BYTES = 4 * 1024 * 1024

/** One service that takes messages, on a loopback port, with the faults that such services have. */
export class ChannelServer {
  mode: ChannelMode = 'up'
  slowMs = 500
  /** Only so many of the next calls are answered by `mode`; then it is `up` again. Missing: all. */
  modeCalls: number | undefined
  /** Every call, whatever became of it. */
  readonly requests: ChannelRequest[] = []
  readonly #manners: ChannelManners
  readonly #server: Server
  readonly #watchers = new Set<() => void>()
  readonly #slow = new Set<NodeJS.Timeout>()

  private constructor(manners: ChannelManners) {
    this.#manners = manners
    this.#server = createServer((incoming, outgoing) => void this.#take(incoming, outgoing))
  }

  /** `port` 0 takes a free one. Throws `LabFault` where it cannot listen. */
  static async open(manners: ChannelManners, address = '127.0.0.1', port = 0): Promise<ChannelServer> {
    const server = new ChannelServer(manners)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = error.code === 'EADDRINUSE'
        const sentence = `the lab cannot listen on ${address}:${port} (${error.code ?? error.message})`
        reject(new LabFault(inUse ? 'address-in-use' : 'cannot-listen', sentence))
      })
      server.#server.listen(port, address, resolve)
    })
    return server
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address}:${port}`
  }

  /** Called after each request was taken in. Answers how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  async stop(): Promise<void> {
    for (const timer of this.#slow) clearTimeout(timer)
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await read(incoming)
    if (request === undefined) return
    this.requests.push(request)
    const mode = this.#nextMode()
    if (mode === 'reset') incoming.socket.resetAndDestroy()
    else if (mode !== 'hang') {
      const reply = this.#replyOf(request, mode)
      const answer = () => outgoing.writeHead(reply.status, reply.headers).end(reply.body)
      if (mode === 'lost') incoming.socket.resetAndDestroy()
      else if (mode === 'slow') this.#later(answer)
      else answer()
    }
    for (const watcher of [...this.#watchers]) watcher()
  }

  #nextMode(): ChannelMode {
    if (this.modeCalls === undefined) return this.mode
    if (this.modeCalls === 0) return 'up'
    this.modeCalls -= 1
    return this.mode
  }

  #replyOf(request: ChannelRequest, mode: ChannelMode): ChannelReply {
    if (mode === 'ratelimit') return this.#manners.rateLimited(request)
    if (mode === 'error') return { status: 500, body: 'Internal Server Error' }
    if (mode === 'not-found') return { status: 404, body: '{"message":"Not Found"}' }
    if (mode === 'garbage') return { status: 200, body: '<html>It works!</html>' }
    return this.#manners.reply(request)
  }

  #later(answer: () => void): void {
    const timer = setTimeout(() => {
      this.#slow.delete(timer)
      answer()
    }, this.slowMs)
    this.#slow.add(timer)
  }
}

/** Undefined where the caller went away or sent more than any service takes. */
async function read(incoming: IncomingMessage): Promise<ChannelRequest | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MOST_BODY_BYTES) {
        incoming.destroy()
        return undefined
      }
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  const url = new URL(incoming.url ?? '/', 'http://channel')
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
  const { method = 'GET' } = incoming
  return { method, path: url.pathname, query: url.searchParams, headers, text: Buffer.concat(chunks).toString('utf8') }
}
