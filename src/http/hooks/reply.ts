import type { ServerResponse } from 'node:http'
import { API_ERRORS, type ApiErrorCode } from '../../api/errors.ts'

/** As what a call of a hook is counted; a payload that was taken in part counts as both. */
export type HookResult = 'accepted' | 'unauthorized' | 'invalid' | 'too-large' | 'unavailable'

export type HookReply = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly counts: readonly HookResult[]
}

export function accepted(body: unknown, ...more: HookResult[]): HookReply {
  return { status: 200, body, counts: ['accepted', ...more] }
}

export function refusal(
  code: ApiErrorCode,
  sentence: string,
  count?: HookResult,
  headers?: Readonly<Record<string, string>>,
): HookReply {
  return {
    status: API_ERRORS[code][0],
    body: { error: { code, sentence } },
    counts: count === undefined ? [] : [count],
    ...(headers === undefined ? {} : { headers }),
  }
}

/** A caller that can wait is told how long: what could not be written now may be in a few seconds. */
export function unavailable(sentence: string): HookReply {
  return refusal('unavailable', sentence, 'unavailable', { 'retry-after': '5' })
}

/** To HEAD nothing but the headers is sent; `ServerResponse` sees to that. */
export function sendReply(outgoing: ServerResponse, { status, body, headers }: HookReply): void {
  const text = JSON.stringify(body)
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  outgoing.end(text)
}
