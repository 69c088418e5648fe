import type { ClusterAction } from './cluster/cluster-actions.ts'
import type { SupplyRef } from './spec.ts'

type OnHost =
  /** The kernel dies; it draws watts and says nothing. */
  | { readonly kind: 'hang'; readonly host: string }
  /** The kernel answers, userland is dead. */
  | { readonly kind: 'wedge'; readonly host: string }
  /** The kernel dies; with `rebootsAfterMs` it restarts itself (a watchdog timer, kernel.panic). */
  | { readonly kind: 'panic'; readonly host: string; readonly rebootsAfterMs?: number }
  | { readonly kind: 'cut-net'; readonly host: string }
  /** Network back, later boots succeed, and a hung or wedged host is up again. */
  | { readonly kind: 'heal'; readonly host: string }
  | { readonly kind: 'shutdown'; readonly host: string }
  | { readonly kind: 'reboot'; readonly host: string }
  | { readonly kind: 'press-power-button'; readonly host: string }
  /** Five seconds on the button: off without asking anyone, standby watts. */
  | { readonly kind: 'hold-power-button'; readonly host: string }
  /** Its next `boots` boots end hung. */
  | { readonly kind: 'break-boot'; readonly host: string; readonly boots: number }
  | { readonly kind: 'set-boot-time'; readonly host: string; readonly bootMs: number }
  /** Watts on top of idle, for as long as it runs. */
  | { readonly kind: 'set-load'; readonly host: string; readonly watts: number }
  /** A person moves its plugs to other outlets. */
  | { readonly kind: 'replug'; readonly host: string; readonly supplies: readonly SupplyRef[] }

type OnStrip =
  | { readonly kind: 'person-switches'; readonly strip: string; readonly outlet: number; readonly on: boolean }
  | { readonly kind: 'rename-outlet'; readonly strip: string; readonly outlet: number; readonly alias: string }
  /** Its network goes or comes; the relays stay as they are. */
  | { readonly kind: 'strip-offline' | 'strip-online'; readonly strip: string }
  /** It restarts, forgets its timers and sessions, and comes back with its outlets so. */
  | { readonly kind: 'strip-reboot'; readonly strip: string; readonly outlets: 'on' | 'off' | 'last' }
  /** Whether its firmware has count-down timers; without them, those that are armed are gone. */
  | { readonly kind: 'set-timers'; readonly strip: string; readonly supported: boolean }
  /** Another device answers at its address. Its relays are those of the same hosts: the worst case. */
  | { readonly kind: 'swap-identity'; readonly strip: string; readonly deviceId: string }

type OnUps =
  | { readonly kind: 'set-battery'; readonly ups: string; readonly percent: number }
  /** `ups-heard`: upsd is restarted, and with it goes what was wrong, and a forced shutdown. */
  | { readonly kind: 'ups-silent' | 'ups-stale' | 'ups-driver-gone' | 'ups-heard'; readonly ups: string }
  | { readonly kind: 'ups-fsd'; readonly ups: string }
  /** The breaker in front of this one UPS; the rest of the site keeps its mains. */
  | { readonly kind: 'ups-mains-off' | 'ups-mains-on'; readonly ups: string }
  | { readonly kind: 'ups-command'; readonly ups: string; readonly command: UpsCommand }

/** What the UPS does at once. */
export const UPS_COMMANDS = [
  'beeper.toggle',
  'load.off',
  'load.on',
  'test.battery.start.quick',
  'test.battery.stop',
] as const
export type UpsCommand = (typeof UPS_COMMANDS)[number]

type OnAll = {
  readonly kind: 'gateway-down' | 'gateway-up' | 'isolate-watcher' | 'rejoin-watcher' | 'mains-off' | 'mains-on'
}

/** Everything that can be done to the lab from outside, as data. */
export type Action = OnHost | OnStrip | OnUps | OnAll | ClusterAction
export type HostAction = OnHost
export type StripAction = OnStrip
export type UpsAction = OnUps
export type SiteAction = OnAll

export type ActRefusal =
  | 'no-such-host'
  | 'no-such-strip'
  | 'no-such-outlet'
  | 'no-such-ups'
  | 'no-such-cluster'
  | 'no-such-guest'
  | 'no-such-storage'
  | 'not-possible-now'

/** `sentence` tells a person what happened, or why nothing did. */
export type ActResult =
  | { readonly ok: true; readonly sentence: string }
  | { readonly ok: false; readonly code: ActRefusal; readonly sentence: string }

export const done = (sentence: string): ActResult => ({ ok: true, sentence })
export const refused = (code: ActRefusal, sentence: string): ActResult => ({ ok: false, code, sentence })
