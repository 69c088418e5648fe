/**
 * What the plan for a power failure asks of the world, once its row is on disk. Everything here may be asked twice, and
 * is: an answer that was lost is asked for again.
 */
export type Errand = {
  readonly id: string
  /** The longest that it may take; then it counts as unclear. */
  readonly limitMs: number
} & ErrandWork

export type ErrandWork =
  /** HA lets go of every watchdog: disarmed (`disarm`, 9.2), or these services are `ignored`. Done when verified. */
  | {
      readonly do: 'quiet-ha'
      readonly cluster: string
      readonly way: 'disarm' | 'ignore'
      readonly services: readonly HaWish[]
    }
  /** HA as it was: armed, or each service with its former request. Done when verified. */
  | {
      readonly do: 'arm-ha'
      readonly cluster: string
      readonly way: 'disarm' | 'ignore'
      readonly services: readonly HaWish[]
    }
  /** noout, norecover, norebalance, nobackfill, nodown, pause: set before the first node goes, cleared in the end. */
  | { readonly do: 'ceph-flags'; readonly cluster: string; readonly set: boolean }
  /** A clean shutdown, and a hard stop after `timeoutMs`. Done when it is seen stopped. */
  | {
      readonly do: 'stop-guest'
      readonly cluster: string
      readonly node: string
      readonly guest: string
      readonly timeoutMs: number
    }
  /** Done when it is seen running. */
  | { readonly do: 'start-guest'; readonly cluster: string; readonly node: string; readonly guest: string }
  /** Done when the order was taken; that it is off is seen by probes and watts. */
  | {
      readonly do: 'shutdown-node'
      readonly cluster: string
      readonly node: string
      readonly host: string
      readonly by: 'api' | 'ssh'
    }
  /** By a living node of the cluster, and by a magic packet of ours where `mac` is known. Done when sent. */
  | {
      readonly do: 'wake'
      readonly cluster: string
      readonly node: string
      readonly host: string
      readonly mac?: string
    }
  /** A replication job runs now rather than by its schedule. Done when it is scheduled. */
  | { readonly do: 'replicate'; readonly cluster: string; readonly node: string; readonly job: string }

/** A resource of HA and what was asked of it, such as `vm:100` and `started`. */
export type HaWish = { readonly sid: string; readonly request: string }

/** `failed`: certain that it was not done. `unclear`: it may have been, or may still come. */
export type ErrandResult = {
  readonly outcome: 'done' | 'failed' | 'unclear'
  readonly code: string
  /** For people, without secrets. */
  readonly sentence: string
}
