import type { ApiFailure } from '../../core/cluster/types.ts'
import type { RawAnswer } from './connection.ts'

/** Goes on from the name of the endpoint. */
export type Refusal = { readonly code: ApiFailure; readonly sentence: string }

const MOST_WORDS = 300

/**
 * What an answer other than 200 means. pveproxy puts the error's text into the reason phrase and, in most versions, into
 * `message`; errors of parameters are in `errors`. `veiled` takes out what must not be told.
 */
export function refusalOf(
  answer: RawAnswer,
  method: 'GET' | 'POST' | 'PUT',
  veiled: (text: string) => string,
): Refusal {
  const { status } = answer
  // Before anything is cut from it: half a secret would not be known for one.
  const words = tidy(veiled(wordsOf(answer)))
  if (status === 401) return refusal('unauthorized', 'does not accept our credentials', words)
  if (status === 403) return forbidden(words)
  if (status === 404 || status === 501) return refusal('not-supported', 'does not know this call', words)
  // AnyEvent::HTTP's own codes: pveproxy could not reach the node, or pvedaemon, that it passed the call on to.
  if (status >= 595 && status <= 599) return refusal('peer-unreachable', 'could not pass the call on', words)
  if (status >= 300 && status < 400) {
    return refusal('malformed-answer', `answers ${status}, a redirect: this is not the address of a Proxmox API`, '')
  }
  if (status >= 400 && status < 500) return refusal('rejected', `refuses the call (${status})`, words)
  if (status >= 500) return serverError(status, words, method)
  return refusal('malformed-answer', `answers ${status}, which the Proxmox API never does`, words)
}

/** `Permission check failed (/nodes/pve1, Sys.Modify)`, or two privileges with `|`. */
function forbidden(words: string): Refusal {
  const [, path, privileges] = /\((\/[^,)]*),\s*([A-Za-z.|, ]+)\)/.exec(words) ?? []
  if (path === undefined || privileges === undefined) return refusal('forbidden', 'does not permit the call', words)
  const needed = privileges.split(/[|,\s]+/).filter((each) => each !== '')
  return { code: 'forbidden', sentence: `does not permit the call: it needs ${needed.join(' or ')} on ${path}` }
}

function serverError(status: number, words: string, method: 'GET' | 'POST' | 'PUT'): Refusal {
  if (/no quorum|not quorate|cluster not ready/i.test(words)) {
    return refusal('no-quorum', 'has no quorum', words)
  }
  // pmxcfs is read-only without quorum, and that is all that a write learns.
  if (method !== 'GET' && /permission denied/i.test(words)) {
    return refusal('no-quorum', 'could not write, as without quorum', words)
  }
  if (/binary not installed|not (?:fully )?initiali[sz]ed|rados_connect failed - No such file/i.test(words)) {
    return refusal('not-supported', 'does not have that', words)
  }
  if (/migrated to rules/i.test(words)) return refusal('not-supported', 'no longer has that', words)
  if (/hostname lookup .* failed|no such (?:cluster )?node|Configuration file .* does not exist/i.test(words)) {
    return refusal('not-found', 'does not know it', words)
  }
  return refusal('server-error', `answers ${status}`, words)
}

function refusal(code: ApiFailure, sentence: string, words: string): Refusal {
  return { code, sentence: words === '' ? sentence : `${sentence}: ${words}` }
}

function wordsOf({ reason, text }: RawAnswer): string {
  const body = asRecord(text)
  const message = typeof body?.message === 'string' ? body.message : reason
  const errors = body?.errors
  const details =
    typeof errors === 'object' && errors !== null
      ? Object.entries(errors).map(([name, why]) => `${name}: ${String(why)}`)
      : []
  return [message, ...details].join('; ')
}

/** From outside: one line, no control characters, of bounded length. */
export function tidy(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').replace(/^[\s;]+|[\s;]+$/g, '')
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}...` : line
}

function asRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
