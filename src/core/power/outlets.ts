import { spell } from '../phrase.ts'
import type { DevicePolicy, HostPolicy, OutletPolicy } from '../policy.ts'
import type { Draft } from '../state/draft.ts'
import { recordOf } from '../state/initial.ts'
import type { DeviceNow, OutletRecord, Pin, State } from '../state/types.ts'
import { elapsedMs } from '../time.ts'
import { downByPlan } from '../ups/down-by-plan.ts'
import { endClaim } from './claims.ts'
import { type DeviceRef, outletKey, type Reading } from './types.ts'

/** How long an outlet must draw too much before it is told. */
const HIGH_POWER_AFTER_MS = 300_000
/** Failures in a row before a device is called unreachable aloud; refused credentials are told at once. */
const TELL_AFTER_FAILURES = 2
/** Less than this is nothing: meters show a few tenths of a watt at no load. */
const NOTHING_WATTS = 1

export function deviceOf(state: State, device: string): DevicePolicy | undefined {
  return state.policy.devices.find(({ name }) => name === device)
}

export function outletOf(state: State, ref: DeviceRef): OutletPolicy | undefined {
  return deviceOf(state, ref.device)?.outlets.find(({ outlet }) => outlet === ref.outlet)
}

export function deviceNowOf(draft: Draft, device: string): DeviceNow {
  return (
    draft.state.devicesNow[device] ?? {
      device,
      reachable: undefined,
      since: draft.now,
      readings: {},
      highPower: {},
      troubleTold: false,
      failures: 0,
    }
  )
}

/** Whether a host is without power because somebody ordered that through us. */
export function offOnPurpose(state: State, host: HostPolicy): boolean {
  for (const ref of host.levels.flat()) if (state.outlets[outletKey(ref)]?.offOnPurpose !== undefined) return true
  return Object.values(state.outlets).some(({ offOnPurpose: off }) => off?.target === host.name)
}

const isNot = () => false

/** The same question for many hosts: the outlets are gone through once. */
export function offOnPurposeIn(state: State): (host: HostPolicy) => boolean {
  let targets: Set<string> | undefined
  const keys = new Set<string>()
  for (const key in state.outlets) {
    const off = state.outlets[key]?.offOnPurpose
    if (off === undefined) continue
    targets ??= new Set()
    targets.add(off.target)
    keys.add(key)
  }
  const down = downByPlan(state)
  if (targets === undefined && down === undefined) return isNot
  return ({ name, levels }) =>
    targets?.has(name) === true ||
    down?.has(name) === true ||
    levels.some((level) => level.some((ref) => keys.has(outletKey(ref))))
}

/** Whether a plan of ours is at work on an outlet. */
export function inPlan(state: State, key: string): boolean {
  return Object.values(state.intents).some(({ legs }) => legs.some(({ ref }) => outletKey(ref) === key))
}

/** Takes in a look at a whole device: its identity, and what each outlet does. */
export function observeDevice(
  draft: Draft,
  device: string,
  identity: { readonly deviceId: string; readonly model: string } | undefined,
  taken: Readonly<Record<string, Reading>>,
): void {
  const before = deviceNowOf(draft, device)
  if (before.troubleTold) {
    draft.tell('power-device-back', `The power device ${device} answers again.`, { device })
  }
  const identityOk = identity === undefined ? before.identityOk : checkIdentity(draft, device, identity, taken)
  // What another device says of its outlets is nothing about ours.
  const readings = identityOk === false ? {} : newerThan(before.readings, taken)
  draft.put('devicesNow', device, {
    ...before,
    reachable: true,
    since: before.reachable === true ? before.since : draft.now,
    lastError: undefined,
    failures: 0,
    troubleTold: false,
    readings: { ...before.readings, ...readings },
    highPower: observePower(draft, device, before, readings),
    identityOk,
  })
  if (identityOk === false) return
  for (const [outlet, reading] of Object.entries(readings)) observeSwitch(draft, { device, outlet }, reading)
  for (const host of draft.state.policy.hosts) observeMapping(draft, host, device, before, readings)
}

/** A look that was overtaken by a command's own reading tells nothing new: it is older. */
function newerThan(
  known: Readonly<Record<string, Reading>>,
  taken: Readonly<Record<string, Reading>>,
): Readonly<Record<string, Reading>> {
  const stale = (outlet: string, { at }: Reading) => {
    const last = known[outlet]?.at
    return last !== undefined && last.bootId === at.bootId && last.monoMs > at.monoMs
  }
  const entries = Object.entries(taken)
  if (!entries.some(([outlet, reading]) => stale(outlet, reading))) return taken
  return Object.fromEntries(entries.filter(([outlet, reading]) => !stale(outlet, reading)))
}

export function observeDeviceFailure(draft: Draft, device: string, code: string, sentence: string): void {
  const before = deviceNowOf(draft, device)
  const failures = before.failures + 1
  const loud = !before.troubleTold && (failures >= TELL_AFTER_FAILURES || code === 'credentials-refused')
  if (loud) {
    draft.tell('power-device-unreachable', `The power device ${device} cannot be used: ${sentence}`, { device })
  }
  draft.put('devicesNow', device, {
    ...before,
    reachable: false,
    since: before.reachable === false ? before.since : draft.now,
    failures,
    lastError: { code, sentence },
    troubleTold: before.troubleTold || loud,
  })
}

/** Pins what is seen first; true where it is what was pinned. */
export function checkIdentity(
  draft: Draft,
  device: string,
  identity: { readonly deviceId: string; readonly model: string },
  readings: Readonly<Record<string, Reading>>,
): boolean {
  const pin = draft.state.pins[device]
  if (pin === undefined) {
    draft.put('pins', device, { device, ...identity, at: draft.now, aliases: aliasesOf(readings) })
    draft.tell('identity-pinned', `${device} is ${identity.model} with id ${identity.deviceId}: pinned.`, { device })
    return true
  }
  if (pin.deviceId !== identity.deviceId) {
    if (draft.state.devicesNow[device]?.identityOk !== false) {
      draft.tell(
        'identity-mismatch',
        `${device} says it is ${identity.deviceId} (${identity.model}), but ${pin.deviceId} (${pin.model}) was pinned. Nothing is switched on it. If it was replaced: proxmox-watchdog devices accept ${device}.`,
        { device },
      )
    }
    return false
  }
  rememberAliases(draft, pin, readings)
  return true
}

function aliasesOf(readings: Readonly<Record<string, Reading>>): Record<string, string> {
  const aliases: Record<string, string> = {}
  for (const [outlet, { alias }] of Object.entries(readings)) if (alias !== undefined) aliases[outlet] = alias
  return aliases
}

/** A renamed outlet may be a moved plug: its host's mapping is not trusted until that is verified. */
function rememberAliases(draft: Draft, pin: Pin, readings: Readonly<Record<string, Reading>>): void {
  const fresh: Record<string, string> = {}
  for (const [outlet, alias] of Object.entries(aliasesOf(readings))) {
    const pinned = pin.aliases[outlet]
    if (pinned === undefined) fresh[outlet] = alias
    if (pinned === undefined || pinned === alias) continue
    const ref = { device: pin.device, outlet }
    for (const host of hostsOn(draft.state, ref)) {
      suspectMapping(
        draft,
        host.name,
        `Outlet ${outletKey(ref)} was named “${pinned}” and is now “${alias}”: the plug of ${host.name} may have moved.`,
      )
    }
    fresh[outlet] = alias
  }
  if (Object.keys(fresh).length === 0) return
  draft.put('pins', pin.device, { ...pin, aliases: { ...pin.aliases, ...fresh } })
}

export function hostsOn(state: State, ref: DeviceRef): HostPolicy[] {
  const key = outletKey(ref)
  return state.policy.hosts.filter(({ levels }) => levels.some((level) => level.some((leg) => outletKey(leg) === key)))
}

export function suspectMapping(draft: Draft, host: string, sentence: string): void {
  if (recordOf(draft.state, host).mappingSuspect !== undefined) return
  draft.putRecord(host, { mappingSuspect: { at: draft.now, sentence }, mappingVerifiedAt: undefined })
  draft.tell(
    'mapping-suspect',
    `${sentence} ${host} is not power-cycled until the mapping is verified: proxmox-watchdog outlets verify ${host}.`,
    { host },
  )
}

/** An outlet that is off without a plan of ours was turned off by a person. */
function observeSwitch(draft: Draft, ref: DeviceRef, reading: Reading): void {
  const key = outletKey(ref)
  if (reading.state === 'unknown' || inPlan(draft.state, key)) return
  const before: OutletRecord = draft.state.outlets[key] ?? { key }
  const about = { device: ref.device, outlet: ref.outlet, host: hostsOn(draft.state, ref)[0]?.name }
  if (reading.state === 'off') {
    if (before.offOnPurpose !== undefined || before.personOffSince !== undefined) return
    draft.put('outlets', key, { ...before, personOffSince: draft.now, lastState: 'off' })
    const mapped = about.host !== undefined || outletOf(draft.state, ref) !== undefined
    if (mapped) {
      const of = about.host === undefined ? '' : ` of ${about.host}`
      draft.tell('person-switched-off', `Outlet ${key}${of} is off and we did not do it: it is left alone.`, about)
    }
    return
  }
  if (before.lastState === 'on' && before.personOffSince === undefined && before.offOnPurpose === undefined) return
  const { timerUntil } = before
  draft.put('outlets', key, { key, lastState: 'on', ...(timerUntil === undefined ? {} : { timerUntil }) })
  if (before.offOnPurpose !== undefined) {
    endClaim(draft, before.offOnPurpose.claim)
    draft.tell(
      'person-switched-on',
      `Outlet ${key} is on again, and we did not do it: the order of ${before.offOnPurpose.by} to keep it off is over.`,
      about,
    )
  } else if (before.personOffSince !== undefined && about.host !== undefined) {
    draft.tell('person-switched-on', `Outlet ${key} of ${about.host} is on again.`, about)
  }
}

/** A host that answers between two readings that say it has no power is not on that outlet. */
function observeMapping(
  draft: Draft,
  host: HostPolicy,
  device: string,
  before: DeviceNow,
  readings: Readonly<Record<string, Reading>>,
): void {
  const legs = host.levels[0] ?? []
  if (legs.length === 0 || legs.some((leg) => leg.device !== device || inPlan(draft.state, outletKey(leg)))) return
  const lifeAt = draft.state.hostsNow[host.name]?.lastLifeAt
  if (lifeAt === undefined) return
  const powerless = (reading: Reading | undefined) =>
    reading !== undefined &&
    (reading.state === 'off' || (reading.watts !== undefined && reading.watts < NOTHING_WATTS)) &&
    reading
  for (const leg of legs) {
    const earlier = powerless(before.readings[leg.outlet])
    const newer = powerless(readings[leg.outlet])
    if (!earlier || !newer || lifeAt.monoMs <= earlier.at.monoMs || lifeAt.monoMs >= newer.at.monoMs) return
  }
  const keys = legs.map(outletKey).join(', ')
  suspectMapping(draft, host.name, `${host.name} answers although outlet ${keys} is off or draws nothing.`)
}

function observePower(
  draft: Draft,
  device: string,
  before: DeviceNow,
  readings: Readonly<Record<string, Reading>>,
): DeviceNow['highPower'] {
  const high: Record<string, { since: DeviceNow['since']; told: boolean }> = {}
  for (const [outlet, { watts }] of Object.entries(readings)) {
    const maxWatts = outletOf(draft.state, { device, outlet })?.maxWatts
    const known = before.highPower[outlet]
    if (watts === undefined || maxWatts === undefined || watts <= maxWatts) {
      if (known?.told === true) {
        draft.tell('high-power-over', `Outlet ${device}/${outlet} is within its limit again.`, { device, outlet })
      }
      continue
    }
    const since = known?.since ?? draft.now
    const ms = elapsedMs(since, draft.now)
    const told = known?.told === true || ms >= HIGH_POWER_AFTER_MS
    if (told && known?.told !== true) {
      draft.tell(
        'high-power',
        `Outlet ${device}/${outlet} has drawn more than its limit of ${maxWatts} W for ${spell(ms)}: ${Math.round(watts)} W now.`,
        { device, outlet },
      )
    }
    high[outlet] = { since, told }
  }
  return high
}
