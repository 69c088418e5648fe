import type { Verdict } from '../../core/evidence/types.ts'
import type { HostPolicy } from '../../core/policy.ts'
import { isInHands } from '../../core/power/in-hands.ts'
import type { State } from '../../core/state/types.ts'
import { asNumber, type Put } from './samples.ts'

const VERDICTS: readonly Verdict[] = ['up', 'wedged', 'down', 'unknown']

export function collectHosts(state: State, put: Put): void {
  for (const host of state.policy.hosts) collectHost(host, state, put)
}

function collectHost(host: HostPolicy, state: State, put: Put): void {
  const labels = { host: host.name, cluster: host.cluster }
  const known = state.hostsNow[host.name]
  const record = state.hosts[host.name]
  const verdict = known?.verdict ?? 'unknown'
  put('proxmox_watchdog_host_up', labels, asNumber(verdict === 'up'))
  for (const each of VERDICTS) {
    put('proxmox_watchdog_host_verdict', { ...labels, verdict: each }, asNumber(each === verdict))
  }
  put('proxmox_watchdog_host_consecutive_failures', labels, known?.failures ?? 0)
  if (known?.lastLifeAt !== undefined) {
    put('proxmox_watchdog_host_last_life_timestamp_seconds', labels, known.lastLifeAt.wallMs / 1000)
  }
  put('proxmox_watchdog_host_hands_off', labels, asNumber(isInHands(state, host)))
  put('proxmox_watchdog_host_outage_power_cycles', labels, record?.outage?.cycles ?? 0)
  put('proxmox_watchdog_host_power_cycle_limit', labels, state.policy.maxCyclesPerOutage)
  put('proxmox_watchdog_host_lockout', labels, asNumber(record?.lockout !== undefined))
  put('proxmox_watchdog_host_mapping_suspect', labels, asNumber(record?.mappingSuspect !== undefined))
  for (const guard of new Set(known?.refusals.map((refusal) => refusal.code) ?? [])) {
    put('proxmox_watchdog_guard_holding', { ...labels, guard }, 1)
  }
}

/** Somebody knows why this host is silent, so that its silence is no news. */
