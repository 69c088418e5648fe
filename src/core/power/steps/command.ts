import type { Draft } from '../../state/draft.ts'
import { metaOf } from '../../state/initial.ts'
import { later } from '../../time.ts'
import { deviceOf } from '../outlets.ts'
import type { CommandOp, Intent, Leg } from '../types.ts'

/** A command that could not leave within this is not sent: what it was decided on is no longer fresh. */
const SEND_WITHIN_MS = 5_000
const FALLBACK_SLOWEST_MS = 60_000
/** How much longer than the hold the timer inside the device runs: it must never be the first to turn on. */
export const TIMER_SLACK_MS = 60_000

/** Puts one leg into its place. */
export function putLeg(draft: Draft, intent: string, index: number, part: Partial<Leg>): void {
  const before = draft.state.intents[intent]
  if (before === undefined) return
  const legs = before.legs.map((leg, at) => (at === index ? { ...leg, ...part } : leg))
  draft.put('intents', intent, { ...before, legs })
}

export function putIntent(draft: Draft, intent: string, part: Partial<Intent>): void {
  const before = draft.state.intents[intent]
  if (before !== undefined) draft.put('intents', intent, { ...before, ...part })
}

/** Writes a command down and hands it over; it leaves only after the commit. One a leg at a time. */
export function issue(draft: Draft, intent: Intent, index: number, op: CommandOp, armSeconds?: number): void {
  const leg = draft.state.intents[intent.id]?.legs[index]
  if (leg === undefined || leg.command !== undefined) return
  const id = draft.newId('cmd')
  const command = {
    id,
    intent: intent.id,
    leg: index,
    ref: leg.ref,
    op,
    attempt: leg.attempts + 1,
    epoch: metaOf(draft.state).epoch,
    sendBefore: later(draft.now, SEND_WITHIN_MS),
    ...(armSeconds === undefined ? {} : { armSeconds }),
  }
  draft.put('commands', id, command)
  putLeg(draft, intent.id, index, { command: id, attempts: leg.attempts + 1, nextAt: undefined })
  draft.effect({ kind: 'command', command })
}

/** The longest that one switching command of a leg's device can take, milliseconds. */
export function slowestMs(draft: Draft, leg: Leg): number {
  return deviceOf(draft.state, leg.ref.device)?.slowestCommandMs ?? FALLBACK_SLOWEST_MS
}

/** 1 s, 2 s, 4 s ... up to `maxMs`. */
export function backoffMs(attempts: number, maxMs: number): number {
  return Math.min(maxMs, 1000 * 2 ** Math.max(0, Math.min(attempts, 16) - 1))
}
