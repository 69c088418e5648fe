import { apply, snapshotOf } from '../../src/core/state/apply.ts'
import { decide } from '../../src/core/state/decide.ts'
import { initialState } from '../../src/core/state/initial.ts'
import { owesPower } from '../../src/core/state/restart.ts'

/** What the simulation drives. Passed in, so that a mutant can stand in for the real one. */
export type Core = {
  readonly decide: typeof decide
  readonly apply: typeof apply
  readonly snapshotOf: typeof snapshotOf
  readonly initialState: typeof initialState
  readonly owesPower: typeof owesPower
}

export const realCore: Core = { decide, apply, snapshotOf, initialState, owesPower }

/** Mistakes that an engine could make around a perfect core: mutants of the harness itself. */
export type EngineFlaws = {
  /** Commands leave before the transaction that plans them is on disk. */
  readonly sendsBeforeCommit?: boolean
  /** With the disk full the ON is refused as well. */
  readonly onNeedsCommit?: boolean
  /** What is announced goes to the alerts' inbox in a transaction of its own, after that of the decision. */
  readonly announcesAfterCommit?: boolean
}
