import type { State } from '../../core/state/types.ts'
import type { ProbeStat } from '../../ports/daemon.ts'
import { asNumber, type Put } from './samples.ts'

export function collectProbes(state: State, stats: readonly ProbeStat[], put: Put): void {
  const clusters = new Map(state.policy.hosts.map((host) => [host.name, host.cluster]))
  for (const stat of stats) {
    const cluster = clusters.get(stat.target)
    // A host that a reload took away may still have counters.
    if (stat.of === 'host' && cluster !== undefined) collectProbe(stat, cluster, put)
  }
  for (const { name } of state.policy.references) {
    const asked = stats.filter((stat) => stat.of === 'reference' && stat.target === name && stat.last !== undefined)
    if (asked.length === 0) continue
    put(
      'proxmox_watchdog_reference_up',
      { reference: name },
      asNumber(asked.some((stat) => stat.last?.says === 'life')),
    )
  }
  const round = state.roundNow.now
  put('proxmox_watchdog_self_isolated', {}, asNumber(round?.isolatedSince !== undefined))
  for (const cluster of new Set(clusters.values())) {
    put('proxmox_watchdog_storm', { cluster }, asNumber(round?.storms[cluster] !== undefined))
  }
}

function collectProbe(stat: ProbeStat, cluster: string, put: Put): void {
  const labels = { host: stat.target, cluster, channel: stat.channel, kind: stat.kind }
  if (stat.last !== undefined) {
    put('proxmox_watchdog_probe_success', labels, asNumber(stat.last.says === 'life'))
    put('proxmox_watchdog_probe_duration_seconds', labels, Math.round(stat.last.durationMs * 1000) / 1_000_000)
  }
  put('proxmox_watchdog_probe_attempts_total', labels, stat.life + stat.silence + stat.broken)
  put('proxmox_watchdog_probe_failures_total', labels, stat.silence)
  put('proxmox_watchdog_probe_broken_total', labels, stat.broken)
}
