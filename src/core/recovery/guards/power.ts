import { spell } from '../../phrase.ts'
import { claimsOn } from '../../power/claims.ts'
import { outletOf } from '../../power/outlets.ts'
import { type Intent, outletKey } from '../../power/types.ts'
import { feedsOf, metaOf, roundOf } from '../../state/initial.ts'
import { sinceMs } from '../../state/since.ts'
import type { HostRecord, State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import { liveOutage } from '../../ups/supply.ts'
import { levelFor } from '../level.ts'
import { AUTOMATIC, EVERYONE, type Guard, RECOVERY, type Situation } from './guard.ts'

/** A plan that cannot turn its outlets on for this long no longer keeps hosts on other devices waiting. */
export const STUCK_AFTER_MS = 900_000
const DAY_MS = 86_400_000

/** Guards about outlets and devices, budgets, and what switches already. */
export const powerGuards: readonly Guard[] = [
  { code: 'unmapped', purposes: EVERYONE, check: unmapped },
  { code: 'protected-outlet', purposes: EVERYONE, check: protectedOutlet },
  { code: 'runs-here', purposes: EVERYONE, check: runsHere },
  { code: 'identity-mismatch', purposes: EVERYONE, check: identityMismatch },
  { code: 'power-device-unreachable', purposes: EVERYONE, check: unreachable },
  { code: 'store-unavailable', purposes: EVERYONE, check: storeUnavailable },
  { code: 'cycle-in-flight', purposes: EVERYONE, check: cycleInFlight },
  { code: 'mapping-suspect', purposes: AUTOMATIC, check: mappingSuspect },
  { code: 'switched-off-by-operator', purposes: AUTOMATIC, check: switchedOff },
  { code: 'shut-down', purposes: RECOVERY, check: drawsStandby },
  { code: 'cycle-limit', purposes: RECOVERY, check: cycleLimit },
  { code: 'boot-grace', purposes: ['ups'], check: mayBoot },
]

/** It was verified off and draws power again: something has started it. */
function mayBoot({ state, host }: Situation): string | undefined {
  if (liveOutage(state)?.hosts[host.name]?.offAt === undefined || state.policy.standbyWatts === 0) return undefined
  const watts = (host.levels[0] ?? []).map(
    ({ device, outlet }) => state.devicesNow[device]?.readings[outlet]?.watts ?? 0,
  )
  const sum = watts.reduce((all, one) => all + one, 0)
  return sum > state.policy.standbyWatts ? `${host.name} draws ${sum.toFixed(0)} W: it is booting.` : undefined
}

function unmapped({ host }: Situation): string | undefined {
  return host.levels.length > 0 ? undefined : `No power device is configured for ${host.name}: it is only watched.`
}

function protectedOutlet({ state, host, self }: Situation): string | undefined {
  if (self?.overridesProtected === true) return undefined
  const ref = host.levels.flat().find((each) => outletOf(state, each)?.protected === true)
  if (ref === undefined) return undefined
  const label = outletOf(state, ref)?.label
  return `Outlet ${outletKey(ref)}${label === undefined ? '' : ` (${label})`} is protected: it is switched only by hand with --protected.`
}

function runsHere({ state, host }: Situation): string | undefined {
  if (feedsOf(state).peers[host.cluster]?.carriesUs.includes(host.name) === true) {
    return `The guest in which the watchdog runs is on ${host.name}.`
  }
  if (!host.runsHere) return undefined
  return `The watchdog runs on ${host.name}: with its power cut nobody would be left to turn it on.`
}

function identityMismatch({ state, host }: Situation): string | undefined {
  const bad = host.levels.flat().find(({ device }) => state.devicesNow[device]?.identityOk === false)
  if (bad === undefined) return undefined
  return `${bad.device} is not the device that was pinned. If it was replaced: proxmox-watchdog devices accept ${bad.device}.`
}

function unreachable({ state, host, self }: Situation): string | undefined {
  if (host.levels.length === 0 || levelFor(state, host, self?.level ?? 0) !== undefined) return undefined
  const devices = [...new Set(host.levels.flat().map(({ device }) => device))]
  const reasons = devices.map((device) => {
    const error = state.devicesNow[device]?.lastError
    return `${device}: ${error?.sentence ?? 'not asked yet'}`
  })
  return `No power device of ${host.name} can be used (${reasons.join('; ')}).`
}

function storeUnavailable({ state }: Situation): string | undefined {
  return roundOf(state).storeOk ? undefined : 'The state cannot be written: a cycle could be forgotten half way.'
}

/** One host at a time, and a pause between two. */
function cycleInFlight({ state, now, host, self, purpose }: Situation): string | undefined {
  for (const intent of Object.values(state.intents)) {
    if (intent.id === self?.id) continue
    if (isSettled(intent) && !sharesDevice(intent, host.levels.flat())) continue
    return `${intent.target} is being switched (${intent.kind}): one host at a time.`
  }
  if (purpose === 'operator' || (self !== undefined && self.barrier !== 'checking')) return undefined
  const ended = metaOf(state).lastCycleEndedAt
  if (ended === undefined) return undefined
  const leftMs = state.policy.cycleSpacingMs - sinceMs(state, ended, now)
  if (leftMs <= 0) return undefined
  return `A power cycle ended a moment ago; the next may begin in ${spell(leftMs)}.`
}

/** Cutting nothing more, and not soon done: an ON that fails, or a timer that cannot be disarmed under an OFF. */
function isSettled({ barrier, kind }: Intent): boolean {
  return barrier === 'stuck' || (kind === 'off' && barrier === 'holding')
}

function sharesDevice(intent: Intent, refs: readonly { readonly device: string }[]): boolean {
  return intent.legs.some(({ ref }) => refs.some(({ device }) => device === ref.device))
}

function mappingSuspect({ record }: Situation): string | undefined {
  return record.mappingSuspect?.sentence
}

function switchedOff({ state, host }: Situation): string | undefined {
  const order = claimsOn(state, host.name).find(({ goal, purpose }) => goal === 'off' && purpose !== 'recovery')
  if (order !== undefined) return `${host.name} is to stay off on order of ${order.by}: ${order.reason}.`
  for (const ref of host.levels[0] ?? []) {
    const outlet = state.outlets[outletKey(ref)]
    if (outlet?.offOnPurpose !== undefined)
      return `Outlet ${outletKey(ref)} is off on order of ${outlet.offOnPurpose.by}.`
    if (outlet?.personOffSince !== undefined) {
      return `Outlet ${outletKey(ref)} is off and we did not do it: a person did. Turn it on when you are done.`
    }
  }
  return undefined
}

/** A machine that was shut down draws a little for its standby; one that hangs draws what it always does. */
function drawsStandby({ state, host }: Situation): string | undefined {
  const limit = state.policy.standbyWatts
  const legs = host.levels[0] ?? []
  if (limit <= 0 || legs.length === 0) return undefined
  let total = 0
  for (const { device, outlet } of legs) {
    const reading = state.devicesNow[device]?.readings[outlet]
    if (reading?.watts === undefined || reading.state !== 'on') return undefined
    total += reading.watts
  }
  if (total > limit) return undefined
  return `${host.name} draws only ${total.toFixed(1)} W: it was shut down, or lost its own supply. A cycle would not tell why.`
}

export function cyclesInADay(state: State, record: HostRecord, now: At): number {
  return record.cycleTimes.filter((at) => sinceMs(state, at, now) < DAY_MS).length
}

/** The budget of this outage, the rolling day, and the lockout that outlasts both. */
function cycleLimit({ state, now, record, self }: Situation): string | undefined {
  // Once it has begun, a cycle is counted already.
  if (self !== undefined && self.barrier !== 'checking') return undefined
  if (record.lockout !== undefined) return record.lockout.sentence
  const { maxCyclesPerOutage, maxCyclesPerDay } = state.policy
  const cycles = record.outage?.cycles ?? 0
  if (cycles >= maxCyclesPerOutage) return `${cycles} power cycles in this outage did not help; more will not.`
  const recent = cyclesInADay(state, record, now)
  if (recent >= maxCyclesPerDay) return `${recent} power cycles within a day: something else is wrong.`
  return undefined
}
