import type { ClusterAlert } from '../../alerts/own/cluster-table.ts'
import type { RebootVerdict } from '../../reboots/types.ts'
import type { At } from '../../time.ts'
import type { BootMemory } from '../boots.ts'
import type { StopSigns } from '../clean-stops.ts'
import type { ClusterModel } from '../model-types.ts'

/** What other parts know of the same cluster, by node. Whatever is not there says nothing. */
export type Clues = {
  /** By its living journal a node is about to be reset. */
  readonly fences?: Readonly<Record<string, { readonly at: At; readonly sentence: string }>>
  /** The last reboot of each node, once it was classified. */
  readonly reboots?: Readonly<Record<string, { readonly at: At; readonly verdict: RebootVerdict }>>
  /** Nodes that somebody has in hand: maintenance or an update of ours. */
  readonly inHands?: readonly string[]
  /** The plan for power failures is at work in the cluster: what it causes is told by itself. */
  readonly powerFailure?: string
}

/** Everything that a condition may look at. */
export type Scene = {
  readonly model: ClusterModel
  readonly boots: BootMemory
  readonly stops: StopSigns
  readonly clues: Clues
}

/** Something that holds now, of one subject within the cluster; empty for the cluster itself. */
export type Held = {
  readonly subject: string
  /** For people. It changes only when what it says does: no ages. */
  readonly sentence: string
  /** Why it is no alert for now, such as a backup in progress: what fires goes on, and nothing begins. */
  readonly rests?: string
  /** What is told anew each time although it never ceased: the event that it comes from. */
  readonly episode?: string
}

/** One alert as a level: what holds, and of what else it is known that it does not. */
export type Rule = {
  readonly name: ClusterAlert
  holding(scene: Scene): readonly Held[]
  /**
   * Whether a subject that is not among those is known not to hold. Where what it depends on could not be read lately
   * the answer is no, and nothing is said.
   */
  isKnown(scene: Scene, subject: string): boolean
  /** How it ended. */
  over(subject: string): string
}

/** For what the believed view tells. */
export function byBelievedView({ model }: Scene): boolean {
  return model.trusted
}
