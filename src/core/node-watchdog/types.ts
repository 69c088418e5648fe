import type { At } from '../time.ts'
import type { InsideFacts } from './inside.ts'

/**
 * What somebody wants of one node's watchdog, across restarts. HA is armed and disarmed for the whole cluster; only
 * watchdog-mux belongs to one node. Everything that may have to be undone is written here before it is done.
 */
export type DisarmRow = {
  readonly cluster: string
  readonly node: string
  readonly goal: 'disarmed' | 'armed'
  /** The mux, too, and it stays away after a reboot. */
  readonly forGood: boolean
  readonly mode: 'freeze' | 'ignore'
  readonly by: string
  readonly reason?: string
  readonly madeAt: At
  /** Unless for good: for how long, and when it is armed again whatever happens. */
  readonly forMs?: number
  readonly rearmAt?: At
  /** That the node's reset could cost quorum is accepted. */
  readonly acceptsQuorumLoss: boolean
  /** HA was, or was about to be, told to let go. */
  readonly haAsked: boolean
  /** watchdog-mux was, or was about to be, masked or stopped. */
  readonly muxTouched: boolean
  /** Since when this goal is pursued. */
  readonly since: At
  /** When HA was last asked for this goal. */
  readonly askedAt?: At
  /** When the goal was reached. */
  readonly settledAt?: At
  /** How it stands, for people. */
  readonly note: string
}

/** What was last seen that decides the next step. */
export type Sight = {
  readonly now: At
  /** A fresh view with quorum tells. */
  readonly trusted: boolean
  /** `unknown`: before 9.2, or not read. */
  readonly armed: 'armed' | 'standby' | 'disarming' | 'disarmed' | 'unknown'
  /** What HA is doing that must not be disturbed. */
  readonly busy?: string
  /** HA resources that are managed: not `ignored`. */
  readonly services: readonly string[]
  /** Nodes that are there and whose LRM still holds the watchdog, or does not tell. */
  readonly holding: readonly string[]
  /** The node is a member. */
  readonly known: boolean
  readonly online: boolean
  /** Whether its loss would cost quorum; undefined where that is not known. Not of a node that is alone. */
  readonly costsQuorum?: boolean
  /** It can be looked at from inside at all. */
  readonly reached: boolean
  readonly inside?: Inside
  /** Other nodes for whose sake HA is to stay disarmed. */
  readonly others: readonly string[]
}

export type Inside =
  | { readonly ok: true; readonly at: At; readonly facts: InsideFacts }
  | { readonly ok: false; readonly at: At; readonly sentence: string }

/** What is done next. Everything but `wait` and `look` changes the row, which is on disk before it happens. */
export type Step =
  | { readonly do: 'disarm-ha' }
  | { readonly do: 'arm-ha' }
  | { readonly do: 'act'; readonly act: MuxAct; readonly sentence: string }
  | { readonly do: 'look' }
  | { readonly do: 'wait'; readonly sentence: string }
  | { readonly do: 'settle'; readonly sentence: string }
  /** The goal becomes `armed`: what was begun is undone. */
  | { readonly do: 'turn-back'; readonly code: DisarmRefusal; readonly sentence: string }
  /** It is armed again: nothing is left to remember. */
  | { readonly do: 'forget'; readonly sentence: string }

export type MuxAct = 'mask-mux' | 'stop-mux' | 'unload-softdog' | 'unmask-mux' | 'start-mux'

export const DISARM_REFUSALS = {
  'no-such-node': 'The cluster has no node of this name.',
  'not-trusted': 'No fresh view with quorum tells how the cluster stands.',
  'ha-transition': 'HA is fencing, recovering or moving a service.',
  'too-old': 'HA of this version cannot be disarmed by its API; the commands that do it are told.',
  'no-inside': 'The node cannot be looked at from inside, without which its watchdog is not touched.',
  'not-root': 'The user of SSH is not root, so that it is not seen who holds the device.',
  'node-away': 'The node is not there.',
  nowayout: 'The watchdog device cannot be stopped once it runs: ending watchdog-mux would reset the node.',
  'device-held': 'Another process than watchdog-mux holds the watchdog device.',
  'quorum-cost': 'If the node were reset by mistake, the rest would lose quorum.',
  'not-released': 'HA did not let go of the watchdogs in time.',
  'nothing-to-disarm': 'HA manages nothing, so that no node fences itself anyway.',
  'api-refused': 'Proxmox refused to disarm HA.',
  'store-unavailable': 'What could not be remembered is not begun.',
} as const
export type DisarmRefusal = keyof typeof DISARM_REFUSALS

export function keyOf({ cluster, node }: { readonly cluster: string; readonly node: string }): string {
  return `${cluster}/${node}`
}
