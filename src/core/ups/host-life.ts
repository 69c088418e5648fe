import type { HostPolicy } from '../policy.ts'
import { type DeviceRef, outletKey, type Reading } from '../power/types.ts'
import { roundOf } from '../state/initial.ts'
import type { State } from '../state/types.ts'
import { type At, elapsedMs } from '../time.ts'

/** Silence shorter than this after the last life proves nothing: a stack that goes down drops packets. */
const OFF_PROOF_MS = 15_000
/** How old the silence may be that proves a host off. */
const FRESH_MS = 45_000
/** A meter that was last read while the host lived is waited for, but not for ever. */
const METER_WAIT_MS = 90_000

/** When the host last answered anything, as far as this process knows. */
export function lastLifeAt(state: State, host: string): At | undefined {
  return state.hostsNow[host]?.lastLifeAt
}

/** It answered, and after `since`. */
export function livedSince(state: State, host: string, since: At): boolean {
  const life = lastLifeAt(state, host)
  return life !== undefined && elapsedMs(since, life) > 0
}

/**
 * Off: every channel is silent for long enough while our own network is well, and its meters, where it has some, do not
 * contradict. Silence alone is also what a host shows that hangs: its watts tell.
 */
export function isVerifiedOff(state: State, host: string, now: At): boolean {
  const policy = state.policy.hosts.find(({ name }) => name === host)
  if (policy === undefined) return true
  const refs = refsOf(policy)
  const readings = metersOf(state, refs)
  const isCut = readings.length === refs.length && readings.every(({ state: outlet }) => outlet === 'off')
  if (refs.length > 0 && isCut) return true
  const channels = policy.channels.filter(({ proves }) => proves !== 'none')
  const watts = wattsOf(state, policy.name, readings, now)
  if (channels.length === 0) return watts === 'idle'
  return isSilent(state, policy, channels, now) && watts !== 'draws' && watts !== 'wait'
}

/** Its meters show that it only stands by: what boots draws more. `false` also where nobody measures. */
export function drawsNothing(state: State, host: string, now: At): boolean {
  const policy = state.policy.hosts.find(({ name }) => name === host)
  return policy !== undefined && wattsOf(state, host, metersOf(state, refsOf(policy)), now) === 'idle'
}

function isSilent(state: State, policy: HostPolicy, channels: HostPolicy['channels'], now: At): boolean {
  // With our own network down everybody is silent.
  if (roundOf(state).referencesAnswer === false) return false
  const seen = state.hostsNow[policy.name]
  if (seen === undefined) return false
  const life = seen.lastLifeAt
  return channels.every(({ name }) => {
    const latest = seen.latest[name]
    if (latest === undefined || latest.says !== 'silence' || elapsedMs(latest.sentAt, now) > FRESH_MS) return false
    return life === undefined || elapsedMs(life, latest.sentAt) >= OFF_PROOF_MS
  })
}

type Draws = 'idle' | 'draws' | 'wait' | 'unknown'

/** What its meters say since it last lived: `wait` where they have not been read since and may still be. */
function wattsOf(state: State, host: string, readings: readonly Reading[], now: At): Draws {
  const metered = readings.filter(({ watts }) => watts !== undefined)
  if (metered.length === 0 || state.policy.standbyWatts === 0) return 'unknown'
  const life = state.hostsNow[host]?.lastLifeAt
  const fresh = metered.filter(({ at }) => life === undefined || elapsedMs(life, at) > OFF_PROOF_MS)
  if (fresh.length < metered.length) {
    return life !== undefined && elapsedMs(life, now) < METER_WAIT_MS ? 'wait' : 'unknown'
  }
  const sum = fresh.reduce((all, { watts, state: outlet }) => all + (outlet === 'off' ? 0 : (watts ?? 0)), 0)
  return sum <= state.policy.standbyWatts ? 'idle' : 'draws'
}

function metersOf(state: State, refs: readonly DeviceRef[]): readonly Reading[] {
  const readings: Reading[] = []
  for (const ref of refs) {
    const device = state.devicesNow[ref.device]
    const reading = device?.reachable === true ? device.readings[ref.outlet] : undefined
    if (reading !== undefined) readings.push(reading)
  }
  return readings
}

/** The devices of its first level: those feed it; further levels are other ways to the same power. */
function refsOf(policy: HostPolicy): readonly DeviceRef[] {
  const known = new Set<string>()
  return (policy.levels[0] ?? []).filter((ref) => {
    const key = outletKey(ref)
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}
