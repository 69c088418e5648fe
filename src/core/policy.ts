import type { DeviceRef } from './power/types.ts'
import type { UpsPolicy } from './ups/policy.ts'

/** What the core needs to know of the configuration. Times in milliseconds, power in watts. Never holds a secret. */
export type Policy = {
  readonly mode: 'dry-run' | 'act'
  readonly intervalMs: number
  readonly failureThreshold: number
  /** How long a host that needs it stays off, between the verified OFF and the ON. */
  readonly offHoldMs: number
  /** How long after an ON a host may stay silent before it counts against it. */
  readonly bootGraceMs: number
  readonly startupGraceMs: number
  readonly maxCyclesPerOutage: number
  readonly maxCyclesPerDay: number
  readonly clearAfterHealthyMs: number
  /** Least time between the end of one cycle and the begin of the next, over all hosts. */
  readonly cycleSpacingMs: number
  readonly onWedged: 'alert' | 'cycle'
  /** A guard that holds a dead host for longer than this is told again, as an alert. */
  readonly heldAlertAfterMs: number
  /** A silent host that draws this much or less is shut down rather than hung; 0 turns the guard off. */
  readonly standbyWatts: number
  /** A storm with good references lets one canary host through after this. */
  readonly stormCanaryAfterMs: number
  /** The time between two looks at each power device, so that a broken one is known before it is needed. */
  readonly deviceCheckMs: number
  readonly hosts: readonly HostPolicy[]
  readonly references: readonly ReferencePolicy[]
  readonly devices: readonly DevicePolicy[]
  /** Alerts of ours that are never told, by name. */
  readonly disabledAlerts?: readonly string[]
  /** Missing where no UPS is configured. */
  readonly ups?: UpsPolicy
}

export type HostPolicy = {
  readonly name: string
  readonly address: string
  readonly cluster: string
  /** Channel names, such as `icmp`, `https:8006`; each with what it can prove at best. */
  readonly channels: readonly { readonly name: string; readonly proves: 'kernel' | 'userland' | 'none' }[]
  /** Devices of one level act together; the next level is the fallback. Empty: the host is only watched. */
  readonly levels: readonly (readonly DeviceRef[])[]
  readonly mappingHash: string
  /** The watchdog itself runs on this host or on a guest of it. */
  readonly runsHere: boolean
  /** Overrides of the defaults, for this host alone. */
  readonly offHoldMs: number
  readonly bootGraceMs: number
  readonly onWedged: 'alert' | 'cycle'
}

/** Something that answers when our own network is well: a gateway, a DNS server. */
export type ReferencePolicy = { readonly name: string; readonly address: string; readonly channels: readonly string[] }

export type DevicePolicy = {
  readonly name: string
  readonly driver: string
  /** The longest that one switching command can take; ambiguity settles after this. */
  readonly slowestCommandMs: number
  readonly outlets: readonly OutletPolicy[]
}

export type OutletPolicy = {
  readonly outlet: string
  readonly label?: string
  /** Never switched but by an operator who says `--protected`. */
  readonly protected: boolean
  readonly maxWatts?: number
}
