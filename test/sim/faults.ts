import type { Order } from '../../src/core/state/types.ts'
import type { Action } from '../../src/lab/world/index.ts'
import type { PeerLie } from './cluster/peer-lie.ts'
import type { Mishap } from './mishaps.ts'
import type { Lie } from './prober.ts'
import type { CrashPlan, Fate } from './watch.ts'

/** Everything that may go wrong in a night, as data. Times are seconds of virtual time. */
export type Fault =
  | { readonly kind: 'world'; readonly atS: number; readonly action: Action }
  | { readonly kind: 'order'; readonly atS: number; readonly order: Order }
  | { readonly kind: 'mishap'; readonly mishap: Mishap }
  | { readonly kind: 'crash'; readonly atS: number; readonly fate: Fate }
  | { readonly kind: 'crash-at'; readonly plan: CrashPlan }
  | { readonly kind: 'stop'; readonly atS: number; readonly fate: Fate }
  | { readonly kind: 'pause'; readonly atS: number; readonly forS: number; readonly counted: boolean }
  | { readonly kind: 'disk-full'; readonly atS: number; readonly forS: number }
  | { readonly kind: 'lie'; readonly atS: number; readonly forS: number; readonly lie: Lie }
  | { readonly kind: 'peer-lie'; readonly atS: number; readonly forS: number; readonly lie: PeerLie }
  | { readonly kind: 'wall-jump'; readonly atS: number; readonly errorS: number }
  | { readonly kind: 'reload'; readonly atS: number; readonly to: Reload }
  | { readonly kind: 'slow-rounds'; readonly atS: number; readonly forS: number; readonly delayS: number }
  | { readonly kind: 'slow-looks'; readonly atS: number; readonly delayS: number }

/** What a reload changes. `original` takes all of it back. */
export type Reload = 'dry-run' | 'swap-mapping' | 'drop-host' | 'move-outlet' | 'original'

/** A random night: how the site is set up, and what goes wrong in it. */
export type Night = {
  readonly timers: boolean
  /** The hosts are nodes of a Proxmox cluster that is asked. */
  readonly cluster?: boolean
  readonly onWedged: 'alert' | 'cycle'
  readonly lengthS: number
  readonly faults: readonly Fault[]
}
