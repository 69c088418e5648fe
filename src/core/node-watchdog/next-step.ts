import { list } from '../phrase.ts'
import { elapsedMs, reached } from '../time.ts'
import { stepForGood } from './for-good.ts'
import { needsHa, refusal } from './refuse.ts'
import { stepToArmed } from './to-armed.ts'
import type { DisarmRow, Sight, Step } from './types.ts'

/** For HA to let go; then everything is armed again. */
export const RELEASE_LIMIT_MS = 900_000
/** A request may have been lost: it is made again. */
export const ASK_AGAIN_MS = 30_000

/** The row as of now: once its time is over it is to be armed again, wherever it stands. */
export function turned(row: DisarmRow, sight: Pick<Sight, 'now'>): DisarmRow {
  if (row.goal === 'armed' || row.rearmAt === undefined || !reached(row.rearmAt, sight.now)) return row
  return armedAgain(row, sight, 'Its time is over: it is armed again.')
}

export function armedAgain(row: DisarmRow, { now }: Pick<Sight, 'now'>, note: string): DisarmRow {
  const { askedAt: _, settledAt: __, ...rest } = row
  return { ...rest, goal: 'armed', since: now, note }
}

/** The one next thing to do. Deterministic; it trusts nothing but what was seen. */
export function nextStep(row: DisarmRow, sight: Sight): Step {
  return row.goal === 'armed' ? stepToArmed(row, sight) : stepToDisarmed(row, sight)
}

function stepToDisarmed(row: DisarmRow, sight: Sight): Step {
  const { node } = row
  if (row.settledAt !== undefined && !row.forGood) return { do: 'wait', sentence: row.note }
  if (!row.haAsked && !row.muxTouched) {
    const no = refusal(row, sight)
    if (no !== undefined) return { do: 'turn-back', ...no }
    // Where somebody else disarmed it, it is still ours to arm again.
    if (needsHa(sight) || (!row.forGood && sight.armed === 'disarmed')) return { do: 'disarm-ha' }
  }
  const waiting = row.haAsked ? letGo(row, sight) : undefined
  if (waiting !== undefined) return waiting
  if (row.forGood) return stepForGood(row, sight)
  const until = 'No node fences itself until then; HA neither starts nor moves anything.'
  return { do: 'settle', sentence: `HA of ${row.cluster} is disarmed for the sake of ${node}. ${until}` }
}

/** What is still to be waited for until HA has let go; undefined once it has. */
function letGo(row: DisarmRow, sight: Sight): Step | undefined {
  if (row.settledAt !== undefined) return undefined
  if (sight.trusted && sight.armed === 'disarmed' && sight.holding.length === 0) return undefined
  if (elapsedMs(row.since, sight.now) > RELEASE_LIMIT_MS) {
    const sentence = `HA of ${row.cluster} did not let go of the watchdogs: ${stand(sight)} It is armed again.`
    return { do: 'turn-back', code: 'not-released', sentence }
  }
  const lost = sight.trusted && (sight.armed === 'armed' || sight.armed === 'standby')
  if (lost && sight.busy === undefined && mayAskAgain(row, sight)) return { do: 'disarm-ha' }
  return { do: 'wait', sentence: stand(sight) }
}

export function mayAskAgain({ askedAt }: DisarmRow, { now }: Sight): boolean {
  return askedAt === undefined || elapsedMs(askedAt, now) >= ASK_AGAIN_MS
}

function stand({ trusted, armed, holding, busy }: Sight): string {
  if (!trusted) return 'No fresh view with quorum tells how far it is.'
  if (armed !== 'disarmed') return `HA is ${armed}.${busy === undefined ? '' : ` ${busy}`}`
  return `HA is disarmed, but ${list(holding)} still ${holding.length === 1 ? 'holds its' : 'hold their'} watchdog.`
}
