import type { HostNow } from '../../state/types.ts'
import { liveOutage } from '../../ups/supply.ts'
import { conditionOf, type Known } from './conditions.ts'
import { open } from './lifecycle.ts'
import { hasCut, isCycle, isNotOn } from './plan-conditions.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'

const known = (names: readonly ConditionName[]) => names.map((name) => conditionOf(name) as Known)

/** What a host that does not answer may have. */
const WHILE_DEAD = known([
  'ProxmoxHostDown',
  'ProxmoxHostWedged',
  'ProxmoxHostUnknown',
  'ProxmoxRecoveryHeld',
  'ProxmoxWouldPowerCycle',
])
/** What its record says, whether it answers or not. */
const ON_RECORD = known(['ProxmoxMaxPowerCycles', 'OutletMappingSuspect'])
const OF_DEVICES = known(['PowerDeviceUnreachable', 'PowerDeviceCredentialsRefused', 'PowerDeviceIdentityMismatch'])
const OF_UNITS = known([
  'UpsOnBattery',
  'UpsLowBattery',
  'UpsNotHeard',
  'UpsLoginRefused',
  'UpsReplaceBattery',
  'UpsOverload',
])
const OF_RETURNS = known(['PowerReturnStuck'])
const OF_PLAN = known(['PowerPlanImpossible'])
const OF_BUDGETS = known(['UpsBudgetTooSmall'])
const OF_OUTAGES = known(['PowerNodeNotOff', 'PowerHostNotBack'])

/**
 * Finds alerts that begin to hold by what this decision changed. A host that answers costs one look at its verdict, one
 * that is known to be dead a few more.
 */
export function discover(sight: Sight): void {
  const { changes, state } = sight.draft
  discoverPlans(sight)
  // What is opened here is a change as well.
  const count = changes.length
  for (let at = 0; at < count; at += 1) {
    const change = changes[at]
    switch (change?.collection) {
      case 'hostsNow':
        if (state.hostsNow[change.key]?.verdict !== 'up') discoverDead(sight, change.key)
        break
      case 'hosts':
        discoverRecord(sight, change.key)
        break
      case 'devicesNow':
        discoverDevice(sight, change.key)
        break
      case 'roundNow':
        discoverSite(sight)
        break
      case 'meta':
        discoverForcedDryRun(sight)
        break
      case 'upsNow':
        openWhatHolds(sight, OF_UNITS, change.key)
        break
      case 'powerOutages':
        discoverOutage(sight)
        break
      case 'powerSites':
        discoverPowerPlan(sight)
    }
  }
}

/** After a start and a reload everything is looked at: what was judged by another policy may hold now. */
export function discoverAll(sight: Sight): void {
  const { hosts, hostsNow, devicesNow, upsNow } = sight.state
  discoverPlans(sight)
  discoverSite(sight)
  discoverForcedDryRun(sight)
  for (const name in hosts) discoverRecord(sight, name)
  for (const name in hostsNow) discoverDead(sight, name)
  for (const name in devicesNow) discoverDevice(sight, name)
  for (const name in upsNow) openWhatHolds(sight, OF_UNITS, name)
  discoverOutage(sight)
  discoverPowerPlan(sight)
}

function discoverOutage(sight: Sight): void {
  const outage = liveOutage(sight.state)
  if (outage === undefined) return
  for (const host in outage.hosts) openWhatHolds(sight, OF_OUTAGES, host)
  openWhatHolds(sight, OF_RETURNS, '')
}

/** Of the plan itself: by what its clusters have told last. */
function discoverPowerPlan(sight: Sight): void {
  const { ups } = sight.state.policy
  if (ups === undefined) return
  openWhatHolds(sight, OF_PLAN, '')
  for (const { name } of ups.units) openWhatHolds(sight, OF_BUDGETS, name)
}

/** There are never many plans, and what is overdue becomes so by itself. */
function discoverPlans(sight: Sight): void {
  for (const plan of Object.values(sight.state.intents)) {
    const isNew = sight.anew || sight.before.intents[plan.id] !== plan
    if (isNew && isCycle(plan) && hasCut(plan)) open(sight, 'ProxmoxPowerCycle', plan.target)
    if (isNotOn(sight, plan)) open(sight, 'ProxmoxOutletNotOn', plan.target)
  }
}

function discoverDead(sight: Sight, host: string): void {
  const now = sight.state.hostsNow[host]
  if (now === undefined || now.verdict === 'up' || isKnownDead(sight, host, now)) return
  openWhatHolds(sight, WHILE_DEAD, host)
}

/** Nothing has changed since it was looked at, and the alert that says so is there already. */
function isKnownDead(sight: Sight, host: string, now: HostNow): boolean {
  const was = sight.before.hostsNow[host]
  if (sight.anew || was === undefined || was.verdict !== now.verdict || was.heldTold !== now.heldTold) return false
  const key = sight.saysDead(host, now.verdict)
  const said = key === undefined ? undefined : sight.state.alerts[key]
  return said !== undefined && said.state !== 'quiet'
}

function discoverRecord(sight: Sight, host: string): void {
  const { hosts, hostsNow } = sight.state
  if (!sight.anew && hosts[host] === sight.before.hosts[host]) return
  openWhatHolds(sight, ON_RECORD, host)
  if (hostsNow[host] !== undefined && hostsNow[host]?.verdict !== 'up') openWhatHolds(sight, WHILE_DEAD, host)
}

function discoverDevice(sight: Sight, device: string): void {
  const now = sight.state.devicesNow[device]
  if (now === undefined) return
  if (now.reachable === false || now.identityOk === false) openWhatHolds(sight, OF_DEVICES, device)
  for (const outlet in now.highPower) {
    if (sight.device(device) !== undefined) open(sight, 'KasaOutletHighPower', `${device}/${outlet}`)
  }
}

function openWhatHolds(sight: Sight, alerts: readonly Known[], subject: string): void {
  for (const { name, condition } of alerts) {
    if (condition.judge(sight, subject, undefined) === 'holds') open(sight, name, subject)
  }
}

function discoverSite(sight: Sight): void {
  const round = sight.state.roundNow.now
  if (round === undefined) return
  if (round.isolatedSince !== undefined) open(sight, 'WatchdogSelfIsolated', '')
  if (!round.storeOk) open(sight, 'WatchdogStateStore', '')
  for (const cluster in round.storms) open(sight, 'ProxmoxStorm', cluster)
  for (const probe of round.brokenChannels) open(sight, 'WatchdogProbeBroken', probe)
}

function discoverForcedDryRun(sight: Sight): void {
  if (sight.state.meta.meta?.forcedDryRun !== undefined) open(sight, 'WatchdogDryRunForced', '')
}
