import type { Proof } from '../core/evidence/types.ts'
import type { DeviceRef } from '../core/power/types.ts'
import type { AlertingConfiguration } from './alerting.ts'
import type { ProxmoxConfiguration } from './proxmox.ts'
import type { UpsConfiguration } from './ups.ts'

/** A configuration that was accepted, in the program's units. Secrets are references (`Secret`), never values. */
export type Configuration = {
  /** The file it came from; missing where the environment alone gave it. */
  readonly file?: string
  readonly mode: 'dry-run' | 'act'
  /** Absolute. */
  readonly stateDirectory: string
  readonly http: { readonly listen: string; readonly port: number }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
  readonly history: { readonly keepMs: number }
  readonly rounds: { readonly intervalMs: number; readonly failureThreshold: number }
  readonly recovery: RecoveryConfiguration
  readonly deviceCheckMs: number
  readonly references: readonly ReferenceConfiguration[]
  readonly powerDevices: readonly PowerDeviceConfiguration[]
  readonly hosts: readonly HostConfiguration[]
  readonly alerting: AlertingConfiguration
  readonly proxmox: readonly ProxmoxConfiguration[]
  /** Missing where no UPS is configured. */
  readonly ups?: UpsConfiguration
  readonly netconsole?: { readonly listen: string; readonly port: number }
}

export type RecoveryConfiguration = {
  readonly offHoldMs: number
  readonly bootGraceMs: number
  readonly startupGraceMs: number
  readonly maxCyclesPerOutage: number
  readonly maxCyclesPerDay: number
  readonly clearAfterHealthyMs: number
  readonly cycleSpacingMs: number
  readonly onWedged: 'alert' | 'cycle'
  readonly heldAlertAfterMs: number
  readonly standbyWatts: number
  readonly stormCanaryAfterMs: number
}

/** One probe of one host. `settings` is the output of the kind's own schema: only its kind knows what is in it. */
export type ProbeChannel = {
  /** Unique within the host: the kind, with the port where it has one, such as `https:8006`. */
  readonly name: string
  readonly kind: string
  readonly settings: unknown
  readonly proves: Proof
}

export type ReferenceConfiguration = {
  readonly name: string
  readonly address: string
  readonly channels: readonly ProbeChannel[]
}

export type HostConfiguration = {
  readonly name: string
  readonly address: string
  readonly cluster: string
  readonly channels: readonly ProbeChannel[]
  /** First choice, then fallback; empty where the host is only watched. */
  readonly levels: readonly (readonly DeviceRef[])[]
  readonly runsHere: boolean
  readonly offHoldMs: number
  readonly bootGraceMs: number
  readonly onWedged: 'alert' | 'cycle'
}

export type OutletConfiguration = {
  readonly outlet: string
  readonly label?: string
  readonly protected: boolean
  readonly maxWatts: number
}

export type PowerDeviceConfiguration = {
  readonly name: string
  readonly driver: string
  /** What is spoken to, such as its address; empty where the driver has nothing of the kind. */
  readonly endpoint: string
  /** The output of the driver's own schema: only its driver knows what is in it. */
  readonly settings: unknown
  readonly slowestCommandMs: number
  /** Those that were listed; `toPolicy` adds those that hosts use. */
  readonly outlets: readonly OutletConfiguration[]
}
