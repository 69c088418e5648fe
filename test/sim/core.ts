import { goneCleanly, watchStops } from '../../src/core/cluster/clean-stops.ts'
import { peersOf } from '../../src/core/cluster/feeds.ts'
import { judgeCluster } from '../../src/core/cluster/model.ts'
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
  /** How the views of a Proxmox cluster are judged. */
  readonly cluster: ClusterCore
}

export type ClusterCore = {
  readonly judgeCluster: typeof judgeCluster
  readonly peersOf: typeof peersOf
  readonly watchStops: typeof watchStops
  readonly goneCleanly: typeof goneCleanly
}

const realCluster: ClusterCore = { judgeCluster, peersOf, watchStops, goneCleanly }

export const realCore: Core = { decide, apply, snapshotOf, initialState, owesPower, cluster: realCluster }

/** Mistakes that an engine could make around a perfect core: mutants of the harness itself. */
export type EngineFlaws = {
  /** Commands leave before the transaction that plans them is on disk. */
  readonly sendsBeforeCommit?: boolean
  /** With the disk full the ON is refused as well. */
  readonly onNeedsCommit?: boolean
  /** What is announced goes to the alerts' inbox in a transaction of its own, after that of the decision. */
  readonly announcesAfterCommit?: boolean
}
