import type { At } from '../time.ts'
import type { HaWish } from './errands.ts'
import type { FedHost, StagePolicy } from './policy.ts'
import type { UpsReading } from './reading.ts'

export type Supply = 'mains' | 'battery' | 'unknown'

/** What is known of one UPS across restarts. Written when something of it changes, and now and then on battery. */
export type UnitRow = {
  readonly unit: string
  /** As it was last heard. */
  readonly supply: Supply
  /** Since when it is that. */
  readonly since: At
  readonly heardAt: At
  readonly low: boolean
  /**
   * `latched`: FSD was there when we first looked; told, not obeyed. `ordered`: it came while we watched; obeyed until
   * the plan that it made has run.
   */
  readonly fsd: 'none' | 'latched' | 'ordered'
  readonly chargePercent?: number
  readonly runtimeMs?: number
}

/** What is known of one UPS now. Lost at a restart on purpose. */
export type UnitNow = {
  readonly unit: string
  /** The newest look, heard or not. */
  readonly reading: UpsReading
  /** The newest that was heard. */
  readonly heard?: UpsReading
  /** Since when it has not been heard. */
  readonly silentSince?: At
  /** What is told as long as it lasts, so that each is told once. */
  readonly told: readonly ('silent' | 'replace-battery' | 'overload')[]
}

/** Something that is asked of the world until it is done. */
export type Ask = {
  readonly attempts: number
  /** The errand that is out, if any: answers to others count for nothing. */
  readonly errand?: string
  readonly askedAt?: At
  /** An errand without an answer by then was lost. */
  readonly lostAt?: At
  /** It was taken: asking again is only for what did not follow. */
  readonly taken?: boolean
  /** Not before this is it asked again. */
  readonly nextAt?: At
  readonly lastError?: string
}

/** A power failure from its first minute until everything is back. At most one is live; ended ones are kept. */
export type PowerOutage = {
  readonly id: string
  readonly startedAt: At
  /**
   * `on-battery`: the plan runs. `returning`: mains is back for good, and so is what was shut down, one after the other.
   * `over`: kept for the history.
   */
  readonly phase: 'on-battery' | 'returning' | 'over'
  /** Only told, because of the mode. */
  readonly dryRun: boolean
  /** Everything that is left goes now, and why. */
  readonly urgent?: { readonly at: At; readonly code: 'low-battery' | 'forced-shutdown'; readonly sentence: string }
  readonly mainsBackAt?: At
  readonly returningAt?: At
  readonly endedAt?: At
  /** How often mains failed again while we were coming back. */
  readonly relapses: number
  readonly units: Readonly<Record<string, OutageUnit>>
  readonly stages: readonly StageProgress[]
  readonly hosts: Readonly<Record<string, HostProgress>>
  readonly clusters: Readonly<Record<string, ClusterProgress>>
  /** By cluster and guest, such as `main/qemu/100`. */
  readonly guests: Readonly<Record<string, GuestProgress>>
  /** What a person should read of it, oldest first, at most 200. */
  readonly story: readonly { readonly at: At; readonly sentence: string }[]
  readonly toldNotBack?: boolean
}

export type OutageUnit = {
  readonly unit: string
  /** Time on battery up to `since`, or all of it where that is missing. Begins anew when mains fails again. */
  readonly onBatteryMs: number
  /** What it was before that. */
  readonly earlierMs?: number
  readonly since?: At
  /** Energy taken from the battery, as far as the UPS tells its power. */
  readonly wattMs: number
  readonly meteredAt?: At
  readonly lowestChargePercent?: number
  readonly lowestRuntimeMs?: number
}

/** With the stage as it was configured when the failure began: a reload does not change a plan that runs. */
export type StageProgress = {
  readonly name: string
  readonly plan: StagePolicy
  readonly begunAt?: At
  readonly why?: string
  /** The first node's shutdown was written down: from here on the stage is finished whatever mains does. */
  readonly committedAt?: At
  readonly finishedAt?: At
  /** It would cost quorum while HA is armed: it goes together with the last one. */
  readonly deferred?: string
}

export type HostStep =
  /** Untouched. */
  | 'running'
  /** Its stage has begun: HA first, then Ceph's flags, then those that go before it. */
  | 'preparing'
  | 'stopping-guests'
  | 'shutting-down'
  | 'off'
  /** It did not shut down in time. */
  | 'not-off'
  | 'starting'
  | 'on'

export type HostProgress = {
  readonly host: string
  readonly cluster: string
  readonly node: string
  readonly fed: FedHost
  /** Of its stage; -1 where it is in none and stays as long as the battery does. */
  readonly stage: number
  readonly step: HostStep
  readonly since: At
  /** Nothing of it is waited for any more before it is ordered down. */
  readonly ready?: boolean
  /** The order to shut down. */
  readonly ask: Ask
  readonly shutdownAt?: At
  readonly offAt?: At
  /** When it was last asked by probe outside the rounds. */
  readonly lookedAt?: At
  readonly startBegunAt?: At
  /** Which of its ways is tried now, and since when. */
  readonly way?: number
  readonly wayAt?: At
  readonly rounds?: number
  readonly onAt?: At
  readonly toldLate?: boolean
}

export type ClusterProgress = {
  readonly cluster: string
  /** `free`: there was nothing to be quieted. `refused`: it could not be; the plan goes on as far as that is safe. */
  readonly ha: 'armed' | 'quieting' | 'quiet' | 'free' | 'refused' | 'arming' | 'rearmed'
  readonly haWay?: 'disarm' | 'ignore'
  readonly haServices: readonly HaWish[]
  readonly haSince?: At
  readonly haAsk: Ask
  readonly ceph: 'clear' | 'setting' | 'set' | 'clearing'
  readonly cephAsk: Ask
  readonly replicated: readonly string[]
  readonly replicateAsk: Ask
  readonly toldLate?: boolean
}

export type GuestProgress = {
  readonly cluster: string
  readonly guest: string
  readonly name: string
  readonly node: string
  readonly host?: string
  readonly order?: number
  readonly downMs: number
  readonly upMs: number
  /** Shut down to spare the battery, not because its node goes. */
  readonly shed: boolean
  readonly ha: boolean
  readonly onboot: boolean
  readonly step: 'to-stop' | 'stopping' | 'stopped' | 'left' | 'to-start' | 'starting' | 'running' | 'given-up'
  readonly ask: Ask
  readonly stopAskedAt?: At
  readonly stoppedAt?: At
  readonly startedAt?: At
}

/** How long something took the last times, newest last, at most five. Key: `guest:main/qemu/100`, `node:pve2`, `boot:pve2`. */
export type LearnedTime = { readonly key: string; readonly tookMs: readonly number[] }
