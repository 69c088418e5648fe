import { HOOKS, MOST_RELAY_KEYS, relayAnswer } from '../api/hooks.ts'
import { type Revealable, SecretMissing } from '../config/secret.ts'
import { type HttpAnswer, httpCall } from '../http-client/call.ts'
import type { KeyState, RelayAnswer, RelayPeer } from '../ports/relay-peer.ts'
import type { Pinning } from '../tls/pinning.ts'

export type RelaySettings = {
  /** Where the other relay's HTTP port is: `http://10.0.0.8:8000`. */
  readonly peer: string
  /** The secret that both share. */
  readonly token: Revealable
  readonly tls?: Pinning
  /** For one question. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 5_000

/** Asks the other relay by `POST /relay/states`. A relay that cannot be asked, or answers oddly, has told nothing. */
export function relayPeer(settings: RelaySettings): RelayPeer {
  return { ask: (keys, signal) => askAll(settings, [...new Set(keys)], signal) }
}

async function askAll(settings: RelaySettings, keys: readonly string[], signal: AbortSignal): Promise<RelayAnswer> {
  const states: [string, KeyState][] = []
  for (let from = 0; from < keys.length; from += MOST_RELAY_KEYS) {
    const some = keys.slice(from, from + MOST_RELAY_KEYS)
    const answer = await ask(settings, some, signal)
    if (!answer.ok) return answer
    states.push(...Object.entries(answer.states))
  }
  return { ok: true, states: Object.fromEntries(states) }
}

async function ask(settings: RelaySettings, keys: readonly string[], signal: AbortSignal): Promise<RelayAnswer> {
  const { peer, token, tls, timeoutMs = TIMEOUT_MS } = settings
  let authorization: string
  try {
    authorization = `Bearer ${token.reveal()}`
  } catch (error) {
    if (error instanceof SecretMissing) return no('secret-missing', error.message)
    throw error
  }
  const answer = await httpCall({
    url: peer.replace(/\/+$/, '') + HOOKS.relay.path,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ keys }),
    timeoutMs,
    signal,
    ...(tls === undefined ? {} : { tls }),
  })
  return answer.ok ? readAnswer(answer, keys) : no(answer.code, answer.sentence)
}

function readAnswer({ status, text }: HttpAnswer, keys: readonly string[]): RelayAnswer {
  if (status === 401 || status === 403) {
    return no('credentials-refused', 'it does not take our token: both relays need the same one')
  }
  if (status === 404) return no('not-found', 'it has no relay configured, or is another program')
  if (status >= 500) return no('server-error', `it answered ${status}`)
  if (status !== 200) return no('rejected', `it answered ${status}`)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return no('malformed-answer', 'its answer is not JSON')
  }
  const parsed = relayAnswer.safeParse(body)
  if (!parsed.success) return no('malformed-answer', 'its answer is no answer of a relay')
  const { states } = parsed.data
  // Only what was asked for: an answer is from outside, and a key that is missing in it is not known there.
  const told = keys.map((key) => [key, Object.hasOwn(states, key) ? (states[key] as KeyState) : 'unknown'] as const)
  return { ok: true, states: Object.fromEntries(told) }
}

function no(code: string, sentence: string): RelayAnswer {
  return { ok: false, code, sentence }
}
