import { SecretMissing } from '../config/secret.ts'
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts'
import type { BeatOutcome } from '../ports/heartbeat.ts'

/** Why a heartbeat was not taken: stable codes, also metric labels. */
export const HEARTBEAT_FAILURES = [
  'unreachable',
  'timeout',
  'tls',
  'malformed-answer',
  'aborted',
  'secret-missing',
  'bad-address',
  'not-found',
  'ambiguous',
  'credentials-refused',
  'rate-limited',
  'rejected',
  'server-error',
] as const
export type HeartbeatFailureCode = (typeof HEARTBEAT_FAILURES)[number]

type Missed = Extract<BeatOutcome, { ok: false }>

export const TAKEN: BeatOutcome = { ok: true }

export function missed(code: HeartbeatFailureCode, sentence: string, retryAfterMs?: number): Missed {
  return { ok: false, code, sentence, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** No answer at all. */
export function unanswered({ code, sentence }: HttpFailure): Missed {
  return missed(code, sentence)
}

/**
 * What a status means where the service's documentation says nothing else. Its words are left out: they may repeat the
 * address, which is a secret. A redirect is a wrong address: it was not followed, and nobody was told anything.
 */
export function outcomeOf({ status, retryAfterMs }: HttpAnswer): BeatOutcome {
  if (status >= 200 && status < 300) return TAKEN
  const said = `it answered ${status}`
  if (status >= 300 && status < 400) {
    return missed('rejected', `${said}, a redirect, which is not followed: give the final address`)
  }
  if (status === 401 || status === 403) return missed('credentials-refused', `${said}: it does not let us in`)
  if (status === 404 || status === 410) return missed('not-found', `${said}: it knows nothing of this address`)
  if (status === 429) return missed('rate-limited', `${said}: it was called too often`, retryAfterMs)
  if (status >= 500) return missed('server-error', said, retryAfterMs)
  return missed('rejected', said)
}

/** Runs a call; a secret that cannot be read is a failure with its reason, which names no secret. */
export async function withSecrets(call: () => Promise<BeatOutcome>): Promise<BeatOutcome> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof SecretMissing) return missed('secret-missing', error.message)
    throw error
  }
}
