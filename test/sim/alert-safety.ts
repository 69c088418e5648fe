import { fingerprintOf } from '../../src/core/alerts/fingerprint.ts'
import { OWN_ALERTS, type OwnAlertName } from '../../src/core/alerts/own/table.ts'
import type { AlertUpdate } from '../../src/core/alerts/types.ts'
import type { HostPolicy } from '../../src/core/policy.ts'
import { type Command, type Intent, outletKey } from '../../src/core/power/types.ts'
import type { Decision, State } from '../../src/core/state/types.ts'
import { type At, reached } from '../../src/core/time.ts'
import { findOutlet } from '../../src/lab/world/index.ts'
import type { Ledger } from './ledger.ts'
import { SECOND } from './setup.ts'
import type { Simulation } from './simulation.ts'
import type { Fate } from './watch.ts'

/** What nobody is to be alarmed by while the host is in somebody's hands. */
const ABOUT_DEAD_HOSTS: readonly OwnAlertName[] = [
  'ProxmoxHostDown',
  'ProxmoxHostWedged',
  'ProxmoxHostUnknown',
  'ProxmoxRecoveryHeld',
  'ProxmoxWouldPowerCycle',
  'ProxmoxMaxPowerCycles',
  'ProxmoxPowerCycleFailed',
]
/** How long an overdue ON may be tried before everybody is called. */
const OVERDUE_MS = 75 * SECOND

/** What people know by the alerts alone, checked at every step against what is so. */
export class AlertSafety {
  readonly #sim: Simulation
  readonly #ledger: Ledger
  readonly #fail: (rule: string) => never
  /** By fingerprint: what fires for whoever has read everything that was announced. */
  firing = new Map<string, AlertUpdate>()
  /** The same for whoever reads only what is on the disk. */
  #onDisk = new Map<string, AlertUpdate>()
  /** Fingerprint and begin of everything that ever fired. */
  readonly #begun = new Set<string>()
  /** Targets whose OFF on order was announced since it was planned. */
  readonly #offTold = new Set<string>()
  /** When each host was last silent for a good reason. */
  readonly #excusedMs = new Map<string, number>()
  readonly #overdueSinceMs = new Map<string, number>()

  constructor(sim: Simulation, ledger: Ledger, fail: (rule: string) => never) {
    this.#sim = sim
    this.#ledger = ledger
    this.#fail = fail
  }

  started(fate: Fate | undefined): void {
    if (fate?.storeLost === true) this.#onDisk.clear()
    this.firing = new Map(this.#onDisk)
    this.#excusedMs.clear()
    this.#overdueSinceMs.clear()
  }

  decided(before: State, decision: Decision, after: State, now: At): void {
    if (decision.incoming.length > 0) {
      this.#inOrder(decision)
      for (const each of decision.incoming) if (each.kind === 'alert') this.#take(each)
    }
    if (!this.#sim.diskFull && decision.incoming.length + this.firing.size + this.#onDisk.size > 0) {
      this.#onDisk = new Map(this.firing)
    }
    for (const { command } of offsOf(decision)) this.#cutIsTold(command, after)
    if (before.intents !== after.intents) this.#forgetEnded(before, after)
    if (before.alerts !== after.alerts) this.#recordsAgree(after)
    this.#hostsAreTold(after, now)
    this.#overdueIsTold(after, now)
  }

  /** On the wire: whoever reads the disk knows of it. */
  sent(command: Command): void {
    const intent = this.#sim.durable.intents[command.intent]
    if (command.op !== 'off' || intent?.kind !== 'cycle' || isDisabled(this.#sim, 'ProxmoxPowerCycle')) return
    const told = this.#sim.inbox.rows.findLast(
      ({ incoming }) => incoming.kind === 'alert' && isAbout(incoming, 'ProxmoxPowerCycle', intent.target),
    )
    if (told?.incoming.kind !== 'alert' || told.incoming.status !== 'firing')
      this.#fail(`the OFF of ${outletKey(command.ref)} left, and its announcement is not on the disk`)
  }

  /** A host that was held back for long fires as such, unless it is, or was until a moment ago, in somebody's hands. */
  knowsHold(host: string, now: At): boolean {
    const excusedMs = this.#excusedMs.get(host) ?? Number.NEGATIVE_INFINITY
    return this.fires('ProxmoxRecoveryHeld', host) || now.monoMs - excusedMs < 2 * this.#sim.policy.intervalMs
  }

  fires(name: OwnAlertName, subject: string): boolean {
    for (const update of this.firing.values()) if (isAbout(update, name, subject)) return true
    return false
  }

  /** What fires before what is noted, and that before what ends. */
  #inOrder({ incoming }: Decision): void {
    const rank = incoming.map((each) => (each.kind === 'note' ? 2 : each.status === 'resolved' ? 3 : 1))
    if (rank.some((each, at) => at > 0 && each < (rank[at - 1] as number))) this.#fail('alerts and notes out of order')
  }

  #take(update: AlertUpdate): void {
    const { fingerprint, labels, status, startsMs, annotations } = update
    const name = labels.alertname as OwnAlertName
    const what = `${name} (${annotations.summary})`
    if (fingerprint !== fingerprintOf(labels) || OWN_ALERTS[name].severity !== labels.severity)
      this.#fail(`${what} is not what its labels say`)
    if (isDisabled(this.#sim, name) && status !== 'resolved') this.#fail(`${what} is disabled`)
    const known = this.firing.get(fingerprint)
    if (status === 'resolved') {
      if (known?.startsMs !== startsMs) this.#fail(`${what} is resolved and did not fire`)
      this.firing.delete(fingerprint)
      return
    }
    if (known !== undefined) this.#fail(`${what} fires a second time`)
    const begin = `${fingerprint}:${status}:${startsMs}`
    if (this.#begun.has(begin)) this.#fail(`${what} cannot be told from an earlier one`)
    this.#begun.add(begin)
    if (status === 'firing') this.firing.set(fingerprint, update)
    if (name === 'ProxmoxSwitchedOff') this.#offTold.add(targetOf(labels))
  }

  /** In the decision that hands out an OFF, or before it. */
  #cutIsTold(command: Command, after: State): void {
    const intent = after.intents[command.intent] as Intent
    const { target, kind } = intent
    const key = outletKey(command.ref)
    if (kind === 'off' && !this.#offTold.has(nameOf(target))) this.#fail(`the OFF of ${key} on order is not announced`)
    if (kind !== 'cycle' || isDisabled(this.#sim, 'ProxmoxPowerCycle')) return
    if (!this.fires('ProxmoxPowerCycle', target)) this.#fail(`the OFF of ${key} in a cycle is not announced`)
  }

  #forgetEnded(before: State, after: State): void {
    for (const { id, target } of Object.values(before.intents)) {
      if (after.intents[id] !== undefined) continue
      this.#offTold.delete(nameOf(target))
      this.#overdueSinceMs.delete(id)
    }
  }

  /** What the core remembers to fire is what people were told. */
  #recordsAgree(after: State): void {
    const records = Object.values(after.alerts).filter(({ state }) => state === 'firing')
    const lost = records.find(({ fired }) => fired === undefined || !this.firing.has(fired.fingerprint))
    if (lost !== undefined) this.#fail(`${lost.key} fires, and nobody was told`)
    if (records.length !== this.firing.size) this.#fail('an alert fires that the core has forgotten')
  }

  #hostsAreTold(after: State, now: At): void {
    const { policy } = this.#sim
    for (const host of policy.hosts) {
      if (isInHands(after, host)) {
        this.#excusedMs.set(host.name, now.monoMs)
        const alarm = ABOUT_DEAD_HOSTS.find((name) => this.fires(name, host.name))
        if (alarm !== undefined) this.#fail(`${alarm} fires for ${host.name}, which is in somebody’s hands`)
        continue
      }
      if (isSilencedByUs(after, host, now)) this.#excusedMs.set(host.name, now.monoMs)
      const heard = this.#ledger.heard.get(host.name)
      if (heard === undefined || heard.deadSinceMs === 0) continue
      const sinceMs = Math.max(heard.deadSinceMs, this.#excusedMs.get(host.name) ?? Number.NEGATIVE_INFINITY)
      if (now.monoMs - sinceMs < 2 * policy.intervalMs || isDisabled(this.#sim, 'ProxmoxHostDown')) continue
      if (!this.fires('ProxmoxHostDown', host.name)) this.#fail(`${host.name} is dead, and nobody was told`)
    }
  }

  /** An outlet of ours that is off for longer than was promised has everybody's attention. */
  #overdueIsTold(after: State, now: At): void {
    for (const intent of Object.values(after.intents)) {
      const { id, target, barrier, mustBeOnBy, onFailedTold } = intent
      const turningOn = barrier === 'all-on' || barrier === 'stuck'
      const overdue = turningOn && mustBeOnBy !== undefined && reached(mustBeOnBy, now) && this.#hasOff(intent)
      if (!overdue) this.#overdueSinceMs.delete(id)
      else if (!this.#overdueSinceMs.has(id)) this.#overdueSinceMs.set(id, now.monoMs)
      const sinceMs = this.#overdueSinceMs.get(id) ?? now.monoMs
      const loud = turningOn && (onFailedTold === true || barrier === 'stuck' || now.monoMs - sinceMs > OVERDUE_MS)
      if (loud && !this.fires('ProxmoxOutletNotOn', target)) this.#fail(`${target} is not on, and nobody was called`)
    }
  }

  #hasOff({ legs }: Intent): boolean {
    return legs.some(({ ref, offCommittedAt }) => {
      return offCommittedAt !== undefined && findOutlet(this.#sim.world, ref.device, Number(ref.outlet))?.on === false
    })
  }
}

function offsOf({ effects }: Decision): { readonly command: Command }[] {
  return effects.flatMap((effect) => (effect.kind === 'command' && effect.command.op === 'off' ? [effect] : []))
}

function isDisabled({ policy }: Simulation, name: OwnAlertName): boolean {
  return policy.disabledAlerts?.includes(name) === true
}

/** As a label says it: a bare outlet is `DEVICE/OUTLET`. */
function nameOf(target: string): string {
  return target.replace(/^outlet:/, '')
}

function targetOf({ host, device, outlet }: AlertUpdate['labels']): string {
  return host ?? `${device}/${outlet}`
}

function isAbout({ labels }: AlertUpdate, name: OwnAlertName, subject: string): boolean {
  return labels.alertname === name && targetOf(labels) === nameOf(subject)
}

function isInHands(state: State, host: HostPolicy): boolean {
  const keys = host.levels.flat().map(outletKey)
  const names = new Set([host.name, '*', ...keys.map((key) => `outlet:${key}`)])
  const isOff = Object.values(state.outlets).some(
    ({ key, offOnPurpose }) => offOnPurpose !== undefined && (offOnPurpose.target === host.name || keys.includes(key)),
  )
  return (
    isOff ||
    Object.values(state.claims).some(
      ({ target, purpose, goal }) =>
        names.has(target) &&
        (goal === 'off' || (goal === 'hands-off' && (purpose === 'maintenance' || purpose === 'update'))),
    )
  )
}

function isSilencedByUs(state: State, host: HostPolicy, now: At): boolean {
  const grace = state.hosts[host.name]?.bootGraceUntil
  if (grace !== undefined && !reached(grace, now)) return true
  const keys = new Set(host.levels.flat().map(outletKey))
  return Object.values(state.intents).some(
    ({ target, barrier, legs }) =>
      barrier !== 'checking' && (target === host.name || legs.some(({ ref }) => keys.has(outletKey(ref)))),
  )
}
