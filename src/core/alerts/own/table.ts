import { CLUSTER_ALERTS } from './cluster-table.ts'
import { POWER_ALERTS } from './power-table.ts'
import type { OwnAlert } from './types.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Every alert of ours. Names are stable: routes, silences and `disabledAlerts` hold them. */
export const OWN_ALERTS = {
  ProxmoxHostDown: {
    severity: 'critical',
    about: 'host',
    kind: 'condition',
    means: 'A host is dead by all its probes, and nobody wanted that: no maintenance, no OFF on order, no boot grace.',
    forMs: 0,
    keepFiringMs: MINUTE,
  },
  ProxmoxHostWedged: {
    severity: 'critical',
    about: 'host',
    kind: 'condition',
    means: 'A host’s kernel answers, but its userland does not.',
    forMs: 0,
    keepFiringMs: MINUTE,
  },
  ProxmoxHostUnknown: {
    severity: 'warning',
    about: 'host',
    kind: 'condition',
    means: 'Nothing certain is known about a host: its probes cannot work or bring nothing fresh.',
    forMs: 5 * MINUTE,
    keepFiringMs: MINUTE,
  },
  ProxmoxPowerCycle: {
    severity: 'critical',
    about: 'target',
    kind: 'condition',
    means: 'The power of a host is being cut and will be turned on again. Resolves when every outlet is verified on.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  ProxmoxPowerCycleFailed: {
    severity: 'critical',
    about: 'host',
    kind: 'raised',
    means: 'A dead host could not be switched off, so the power cycle could not be carried out.',
    forMs: 0,
    keepFiringMs: 0,
  },
  ProxmoxOutletNotOn: {
    severity: 'emergency',
    about: 'target',
    kind: 'condition',
    means: 'An outlet that we turned off cannot be turned on, or is off for longer than it may be. Go there.',
    forMs: 0,
    keepFiringMs: MINUTE,
  },
  ProxmoxMaxPowerCycles: {
    severity: 'critical',
    about: 'host',
    kind: 'condition',
    means: 'The limit of power cycles is reached: the watchdog has stopped trying and needs a person.',
    forMs: 0,
    keepFiringMs: 0,
  },
  ProxmoxRecoveryHeld: {
    severity: 'critical',
    about: 'host',
    kind: 'condition',
    means: 'A guard has held a dead host for longer than `heldAlertAfter`.',
    forMs: 0,
    keepFiringMs: 0,
  },
  ProxmoxWouldPowerCycle: {
    severity: 'warning',
    about: 'host',
    kind: 'condition',
    means: 'In mode act a dead host would have been power-cycled; in dry-run nothing is switched.',
    forMs: 0,
    keepFiringMs: 0,
  },
  ProxmoxStorm: {
    severity: 'critical',
    about: 'cluster',
    kind: 'condition',
    means: 'Too many hosts of a cluster are silent at once: that is rarely the hosts. None is power-cycled meanwhile.',
    forMs: 0,
    keepFiringMs: MINUTE,
  },
  ProxmoxSwitchedOff: {
    severity: 'warning',
    about: 'target',
    kind: 'notice',
    means: 'A host or outlet is being turned off on order.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  ProxmoxSwitchedOn: {
    severity: 'info',
    about: 'target',
    kind: 'notice',
    means: 'A host or outlet was turned on, and was verified to be on.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  ProxmoxPowerCycleCutShort: {
    severity: 'warning',
    about: 'target',
    kind: 'notice',
    means: 'A plan to switch was ended early; what was off is turned on.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  ProxmoxPowerCycleFallback: {
    severity: 'warning',
    about: 'target',
    kind: 'notice',
    means: 'A power device could not do it; the host’s next level of power devices takes over.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  ProxmoxBreadcrumbHonoured: {
    severity: 'critical',
    about: 'target',
    kind: 'notice',
    means: 'An outlet that we turned off was found without its plan; it is turned on.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  OutletSwitchedByPerson: {
    severity: 'warning',
    about: 'outlet',
    kind: 'notice',
    means: 'Somebody else has switched an outlet; it is left alone.',
    forMs: 0,
    keepFiringMs: 0,
    everyTime: true,
  },
  OutletMappingSuspect: {
    severity: 'critical',
    about: 'host',
    kind: 'condition',
    means: 'What was seen contradicts the configured outlet: the host is not power-cycled until that is verified.',
    forMs: 0,
    keepFiringMs: 0,
  },
  KasaOutletHighPower: {
    severity: 'warning',
    about: 'outlet',
    kind: 'condition',
    means: 'An outlet draws more than its configured limit.',
    forMs: 5 * MINUTE,
    keepFiringMs: MINUTE,
  },
  PowerDeviceUnreachable: {
    severity: 'critical',
    about: 'device',
    kind: 'condition',
    means: 'A power device does not answer: its hosts could not be recovered.',
    forMs: MINUTE,
    keepFiringMs: MINUTE,
  },
  PowerDeviceCredentialsRefused: {
    severity: 'critical',
    about: 'device',
    kind: 'condition',
    means: 'A power device refuses our credentials: its hosts could not be recovered.',
    forMs: 0,
    keepFiringMs: 0,
  },
  PowerDeviceIdentityMismatch: {
    severity: 'critical',
    about: 'device',
    kind: 'condition',
    means: 'A power device is not the one that was pinned on first use; nothing is switched on it.',
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogSelfIsolated: {
    severity: 'critical',
    about: 'watchdog',
    kind: 'condition',
    means: 'No reference target answers: the watchdog cannot see, and power-cycles nothing.',
    forMs: MINUTE,
    keepFiringMs: MINUTE,
  },
  WatchdogStateStore: {
    severity: 'critical',
    about: 'watchdog',
    kind: 'condition',
    means: 'The state cannot be written: nothing is begun that could be forgotten half way.',
    forMs: 0,
    keepFiringMs: MINUTE,
  },
  WatchdogDryRunForced: {
    severity: 'critical',
    about: 'watchdog',
    kind: 'condition',
    means: 'The state was lost: nothing is begun until an operator has looked and resumed.',
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogLate: {
    severity: 'warning',
    about: 'watchdog',
    kind: 'notice',
    means: 'A round was late or lost, or the process stood still. Told at most every ten minutes.',
    forMs: 0,
    keepFiringMs: 10 * MINUTE,
  },
  WatchdogProbeBroken: {
    severity: 'critical',
    about: 'probe',
    kind: 'condition',
    means: 'A probe cannot work: its silence proves nothing, so no host that it asks is recovered.',
    forMs: MINUTE,
    keepFiringMs: MINUTE,
  },
  WatchdogConfigurationRefused: {
    severity: 'warning',
    about: 'watchdog',
    kind: 'raised',
    means: 'A new configuration was refused; the old one stays in force.',
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogHttpUnavailable: {
    severity: 'warning',
    about: 'watchdog',
    kind: 'raised',
    means: 'The HTTP side cannot be served: no metrics, no hooks. Everything else goes on.',
    forMs: MINUTE,
    keepFiringMs: MINUTE,
  },
  WatchdogChannelFailing: {
    severity: 'warning',
    about: 'channel',
    kind: 'observed',
    means: 'A channel takes no messages; what is meant for it is kept, and the next channel is tried.',
    // It was watched for 15 minutes before it was said.
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogDeadLetters: {
    severity: 'warning',
    about: 'channel',
    kind: 'observed',
    means: 'Messages were refused for good or have expired: they reached nobody by that channel.',
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogUplinkDown: {
    severity: 'critical',
    about: 'watchdog',
    kind: 'observed',
    means: 'No channel that leaves this site can be reached: the trouble is our own uplink. Messages are kept.',
    forMs: 2 * MINUTE,
    keepFiringMs: MINUTE,
  },
  WatchdogDrillFailed: {
    severity: 'critical',
    about: 'watchdog',
    kind: 'observed',
    means: 'The last drill did not come through on every channel: an alert would not, either.',
    forMs: 0,
    keepFiringMs: 0,
  },
  WatchdogNodeLeftDisarmed: {
    severity: 'critical',
    about: 'node',
    kind: 'observed',
    means: 'The watchdog of a node that we disarmed for a time could not be armed again in time. We go on trying.',
    forMs: 0,
    keepFiringMs: 0,
  },
  ...POWER_ALERTS,
  ...CLUSTER_ALERTS,
} as const satisfies Record<string, OwnAlert>

export type OwnAlertName = keyof typeof OWN_ALERTS
type OfKind<K extends OwnAlert['kind']> = {
  [N in OwnAlertName]: (typeof OWN_ALERTS)[N]['kind'] extends K ? N : never
}[OwnAlertName]

/** Alerts that have a begin and an end. */
export type ConditionName = OfKind<'condition' | 'raised' | 'observed'>
/** Alerts that other parts may raise and end by an `observed` event. */
export type ObservedName = OfKind<'observed'>
export type NoticeName = OfKind<'notice'>

/** Where docs/runbook.md says what to do about an alert. */
export function runbookOf(name: string): string {
  return `docs/runbook.md#${name.toLowerCase()}`
}
