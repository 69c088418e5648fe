import type { Command } from '../../src/core/power/types.ts'
import type { Decision, Effect, Event, State, Told } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'

/** Where in the life of a decision the process dies. */
export type CrashPoint = 'before-commit' | 'after-commit' | 'after-send' | 'before-result'
/** Dies at the `nth` passage (from 0) of this point that has to do with a command. */
export type CrashPlan = { readonly point: CrashPoint; readonly nth: number; readonly fate: Fate }
/** How the machine and its state look when the process is back. */
export type Fate = {
  readonly downMs: number
  readonly reboots?: boolean
  /** The wall clock after it, as an offset to the right one. */
  readonly wallErrorMs?: number
  readonly storeLost?: boolean
}

export type ToldThen = Told & { readonly trueMs: number }
export type Answer = Extract<Effect, { kind: 'answer' }>

/** What looks over the simulation's shoulder. Every part may throw. */
export interface Watch {
  event?(event: Event, now: At): void
  decided?(before: State, decision: Decision, after: State, event: Event, now: At): void
  /** A message is on the wire. */
  sent?(command: Command, now: At): void
  started?(now: At, fate: Fate | undefined): void
  died?(now: At): void
}
