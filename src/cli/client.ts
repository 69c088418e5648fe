import { Agent, type IncomingMessage, request } from 'node:http'
import type { z } from 'zod'
import { apiError, ROUTES, type RouteName } from '../api/api.ts'
import type { Cli } from './cli.ts'
import type { Exit } from './exit-codes.ts'
import { notReached } from './not-reached.ts'
import { socketPath } from './socket-path.ts'

export type Failure = { readonly ok: false; readonly exit: Exit; readonly sentence: string }
export type Reply<T> = { readonly ok: true; readonly value: T } | Failure

type AnswerOf<Name extends RouteName> = z.output<(typeof ROUTES)[Name]['answer']>

export type CallOptions = {
  /** For the `:host` of a path. */
  readonly host?: string
  /** For the `:cluster` of a path. */
  readonly cluster?: string
  /** For the `:node` of a path. */
  readonly node?: string
  /** For the `:id` of a path. */
  readonly id?: number
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/** Speaks to the watchdog over its control socket. Expected failures are values with a sentence. */
export class Client {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async call<Name extends RouteName>(name: Name, options: CallOptions = {}): Promise<Reply<AnswerOf<Name>>> {
    const route = ROUTES[name]
    const answer = await this.#send(route.method, addressOf(route.path, options), options)
    if (!answer.ok) return answer
    const { status, text } = answer.value
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return this.#stranger('its answer is not JSON')
    }
    if (status >= 400 && !('noWith' in route && route.noWith === status)) return this.#refused(status, body)
    const parsed = route.answer.safeParse(body)
    if (parsed.success) return { ok: true, value: parsed.data as AnswerOf<Name> }
    const issue = parsed.error.issues[0]
    return this.#stranger(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'its answer is another one'}`)
  }

  #refused(status: number, body: unknown): Failure {
    const error = apiError.safeParse(body)
    if (!error.success) return this.#stranger(`it answers ${status}`)
    const exit = status === 503 ? 'unavailable' : status >= 500 ? 'software' : 'no'
    return { ok: false, exit, sentence: error.data.error.sentence }
  }

  #stranger(what: string): Failure {
    const sentence = `What answers on ${this.path} does not speak as this version does (${what}): restart the watchdog after an update.`
    return { ok: false, exit: 'protocol', sentence }
  }

  #send(method: string, path: string, options: CallOptions): Promise<Reply<{ status: number; text: string }>> {
    return new Promise((resolve) => {
      const fail = (error: NodeJS.ErrnoException) => resolve(notReached(this.path, error))
      const outgoing = request({ socketPath: this.path, method, path, agent: new Agent({ keepAlive: false }) })
      const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
      const clock = setTimeout(
        () => outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
        timeoutMs,
      )
      outgoing.once('close', () => clearTimeout(clock))
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => {
        incoming.on('error', fail)
        void textOf(incoming).then((text) => {
          if (text === undefined) outgoing.destroy(Object.assign(new Error('too large'), { code: 'EMSGSIZE' }))
          else resolve({ ok: true, value: { status: incoming.statusCode ?? 0, text } })
        }, fail)
      })
      if (options.body !== undefined) outgoing.setHeader('content-type', 'application/json')
      outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body))
    })
  }
}

export function addressOf(path: string, { host, cluster, node, id, query = {} }: CallOptions): string {
  const address = path
    .replace(':host', encodeURIComponent(host ?? ''))
    .replace(':cluster', encodeURIComponent(cluster ?? ''))
    .replace(':node', encodeURIComponent(node ?? ''))
    .replace(':id', `${id ?? ''}`)
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]]))
  return given.length === 0 ? address : `${address}?${new URLSearchParams(given as [string, string][])}`
}

async function textOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The client of a command, or why there is none. */
export async function clientOf(cli: Cli): Promise<{ readonly ok: true; readonly client: Client } | Failure> {
  const found = await socketPath(cli)
  return found.ok ? { ok: true, client: new Client(found.path ?? '') } : found
}
