import type { NotifyFailure, SendOutcome } from '../../ports/notifier.ts'

export const never: AbortSignal = new AbortController().signal

type Fault = {
  readonly mode: 'ratelimit' | 'error' | 'not-found' | 'reset' | 'hang' | 'garbage' | 'lost'
  readonly code: NotifyFailure
  readonly advice: 'later' | 'never'
  readonly mayHaveArrived: boolean
}

/** What every channel answers where its service fails in one of the usual ways. */
export const FAULTS: readonly Fault[] = [
  { mode: 'ratelimit', code: 'rate-limited', advice: 'later', mayHaveArrived: false },
  { mode: 'error', code: 'server-error', advice: 'later', mayHaveArrived: false },
  { mode: 'not-found', code: 'not-found', advice: 'never', mayHaveArrived: false },
  { mode: 'reset', code: 'unreachable', advice: 'later', mayHaveArrived: true },
  { mode: 'hang', code: 'timeout', advice: 'later', mayHaveArrived: true },
  { mode: 'garbage', code: 'malformed-answer', advice: 'later', mayHaveArrived: true },
  { mode: 'lost', code: 'unreachable', advice: 'later', mayHaveArrived: true },
]

export type Refusal = Extract<SendOutcome, { ok: false }>

/** The refusal of a try; a success is an error of the test. */
export function refusalOf(outcome: SendOutcome): Refusal {
  if (outcome.ok) throw new Error('a refusal was expected')
  return outcome
}
