import { holdsTurnOnRule } from './iot-answer.ts'
import { addTimerMessage, clearTimersMessage, listTimersMessage, type Target } from './iot-message.ts'
import type { QueryFailure, QueryLine } from './query.ts'

/** `table is full`: an outlet holds one rule. */
const TABLE_FULL = -10

type Done = { readonly ok: true } | QueryFailure

const done: Done = { ok: true }

/** Whether the device itself answered, in whatever way: then the next question has a meaning. */
const answered = (result: Done): boolean => result.ok || result.errorCode !== undefined

/** Empties the table, then adds the rule. */
async function replaceRule(line: QueryLine, target: Target, seconds: number, signal: AbortSignal): Promise<Done> {
  const cleared = await line.ask(clearTimersMessage(target), signal)
  if (!answered(cleared) || (!cleared.ok && cleared.code === 'not-supported')) return cleared as Done
  return line.ask(addTimerMessage(target, seconds), signal)
}

/**
 * Whether the rule is there as it should be. Firmware that cannot list its rules is taken at its word; one that lists
 * the opposite of what it acknowledged is not.
 */
async function verify(line: QueryLine, target: Target, wanted: boolean, signal: AbortSignal): Promise<Done> {
  const listed = await line.ask(listTimersMessage(target), signal)
  if (!listed.ok) {
    const unlisted = listed.errorCode !== undefined || listed.code === 'malformed-answer'
    return unlisted ? done : { ...listed, mayHaveLanded: true }
  }
  const holds = holdsTurnOnRule(listed.value)
  if (holds === undefined || holds === wanted) return done
  const what = wanted
    ? 'it acknowledged the timer, but lists none'
    : 'it acknowledged that its timers are deleted, but lists one'
  return { ok: false, code: 'refused', what, mayHaveLanded: true }
}

/**
 * Arms the device's own countdown (`count_down`, one rule an outlet) to turn the outlet on after `seconds`. A table
 * that is full all the same is emptied once more: the answer to the first rule may have been lost.
 */
export async function armTimer(line: QueryLine, target: Target, seconds: number, signal: AbortSignal): Promise<Done> {
  let added = await replaceRule(line, target, seconds, signal)
  if (!added.ok && added.errorCode === TABLE_FULL) added = await replaceRule(line, target, seconds, signal)
  return added.ok ? verify(line, target, true, signal) : added
}

export async function disarmTimer(line: QueryLine, target: Target, signal: AbortSignal): Promise<Done> {
  const cleared = await line.ask(clearTimersMessage(target), signal)
  return cleared.ok ? verify(line, target, false, signal) : cleared
}
