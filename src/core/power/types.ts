import type { At } from '../time.ts'

/** Who wishes something about a target's power. Earlier wins. */
export const PURPOSES = ['operator', 'ups', 'maintenance', 'update', 'recovery'] as const
export type Purpose = (typeof PURPOSES)[number]

export type Goal = 'on' | 'off' | 'cycle' | 'hands-off'

/** When a claim ends by itself. `release` never does: only its owner ends it. */
export type Until = { readonly at: At } | { readonly renewedAt: At; readonly ttlMs: number } | 'release'

/** A wish about a target's power. Claims never act; the arbiter picks the winner. */
export type Claim = {
  readonly id: string
  /** Raised by each change of the claim, so that an intent knows which wish it carries out. */
  readonly revision: number
  /** A host's name, `outlet:DEVICE/OUTLET` for a bare outlet, or `*` for every host (hands-off only). */
  readonly target: string
  readonly purpose: Purpose
  /** The person or the part that made it, such as `cli:root` or `recovery`. */
  readonly by: string
  readonly reason: string
  readonly goal: Goal
  /** Purposes whose claims on the same target do not count while this one stands. */
  readonly blocks: readonly Purpose[]
  readonly until: Until
  readonly madeAt: At
  /** An operator's word that a protected outlet may be switched this once. */
  readonly overridesProtected?: boolean
  /** A supervised cycle that proves the mapping of host and outlet. */
  readonly verifiesMapping?: boolean
  /** Overrides the configured time between OFF and ON, for an operator's cycle. */
  readonly holdMs?: number
}

/** One switchable thing of one device: an outlet of a strip, a BMC's chassis (`outlet` is then an empty string). */
export type DeviceRef = { readonly device: string; readonly outlet: string }

export function outletKey(ref: DeviceRef): string {
  return `${ref.device}/${ref.outlet}`
}

/** One reading of an outlet. `watts` is missing where the device has no meter. */
export type Reading = {
  readonly state: 'on' | 'off' | 'unknown'
  readonly watts?: number
  readonly alias?: string
  readonly at: At
}

export type LegStep = 'planned' | 'arming' | 'turning-off' | 'off' | 'turning-on' | 'settling' | 'on'

/** One outlet's part in an intent. */
export type Leg = {
  readonly ref: DeviceRef
  /** What it was before we touched it; missing until it was read. */
  readonly before?: Reading
  readonly last?: Reading
  readonly step: LegStep
  readonly identityOk?: boolean
  /** Tries of the present step. */
  readonly attempts: number
  /** Not before this does the next command of this leg go out. */
  readonly nextAt?: At
  /** When the timer inside the device will turn it on by itself, if one is armed. */
  readonly deviceTimerAt?: At
  readonly timerArmed?: 'yes' | 'refused' | 'disarmed'
  /** An OFF was sent whose effect may still come until then. */
  readonly offMayLandUntil?: At
  /** Set in the transaction that queues the first OFF: from then on we owe an ON. */
  readonly offCommittedAt?: At
  readonly offConfirmedAt?: At
  readonly onSentAt?: At
  /** The command in flight, if any. */
  readonly command?: string
  readonly lastError?: { readonly code: string; readonly sentence: string }
}

export type Barrier = 'checking' | 'all-off' | 'holding' | 'all-on' | 'stuck'

/** A durable plan to switch one target. Removed when it is done; its story stays in the event history. */
export type Intent = {
  readonly id: string
  readonly target: string
  readonly kind: 'cycle' | 'off' | 'on'
  readonly purpose: Purpose
  readonly reason: string
  /** Which level of the target's power devices: 0 is the first choice, the next is its fallback. */
  readonly level: number
  readonly outage?: string
  readonly epoch: number
  readonly claim: { readonly id: string; readonly revision: number }
  /** Hash of the target's levels when the plan was made: a reload cannot retarget it. */
  readonly mappingHash: string
  readonly legs: readonly Leg[]
  /** The evidence that decided, as sentences. */
  readonly basis: readonly string[]
  readonly barrier: Barrier
  readonly createdAt: At
  readonly holdMs: number
  readonly allOffAt?: At
  /** When this process first saw the hold, if it was restored: the hold never lasts longer than `holdMs` from then. */
  readonly holdSeenAt?: At
  readonly mustBeOnBy?: At
  /** The last look at the host before the first OFF. */
  readonly finalProbe?: {
    readonly askedAt: At
    readonly answeredAt?: At
    readonly alive?: boolean
    readonly sentence?: string
  }
  /** Why it is being ended early. The legs that we turned off are turned on all the same. */
  readonly aborted?: { readonly code: string; readonly sentence: string }
  readonly overridesProtected?: boolean
  readonly verifiesMapping?: boolean
  /** After the OFF the target was seen silent, as a right mapping demands. */
  readonly sawSilence?: boolean
  /** Hosts that answered when the OFF was decided: one of them falling silent right after it is a wrong mapping. */
  readonly othersAlive?: readonly string[]
  /** Those of them seen silent once since; asked again before it counts. */
  readonly othersSilent?: readonly string[]
  readonly mappingProbes?: number
  readonly turningOnSince?: At
  readonly onFailedTold?: boolean
}

export type CommandOp = 'identify' | 'read' | 'arm' | 'disarm' | 'off' | 'on'

/** One message to a device. Committed before it is sent, so a restart knows what may have been sent. */
export type Command = {
  readonly id: string
  readonly intent: string
  readonly leg: number
  readonly ref: DeviceRef
  readonly op: CommandOp
  readonly attempt: number
  readonly epoch: number
  /** An OFF that could not be sent by then is not sent at all. */
  readonly sendBefore: At
  /** For `arm`: seconds after which the device turns the outlet on by itself. */
  readonly armSeconds?: number
}

/** What came of a command. `ambiguous`: it may have worked, and may still. `not-sent`: certain that nothing left. */
export type CommandResult =
  | {
      readonly outcome: 'ok'
      readonly reading?: Reading
      readonly identity?: { readonly deviceId: string; readonly model: string }
    }
  | { readonly outcome: 'ambiguous' | 'failed' | 'not-sent'; readonly code: string; readonly sentence: string }
