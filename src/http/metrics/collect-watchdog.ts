import type { Daemon } from '../../ports/daemon.ts'
import { storeWritable } from '../views/health.ts'
import { modeOf } from '../views/status.ts'
import { asNumber, type Put } from './samples.ts'

export function collectWatchdog(daemon: Daemon, put: Put): void {
  const health = daemon.health()
  put('proxmox_watchdog_loop_lag_seconds', {}, health.loopLagMs / 1000)
  put('proxmox_watchdog_last_round_timestamp_seconds', {}, (health.lastRoundAt?.wallMs ?? 0) / 1000)
  put('proxmox_watchdog_rounds_total', {}, health.rounds)
  put('proxmox_watchdog_rounds_late_total', {}, health.lateRounds)
  put('proxmox_watchdog_store_writable', {}, asNumber(storeWritable(daemon)))
  put('proxmox_watchdog_live', {}, asNumber(health.live))
  const mode = modeOf(daemon.state())
  for (const each of ['dry-run', 'act']) {
    put('proxmox_watchdog_mode_info', { mode: each }, asNumber(each === mode))
  }
  put('proxmox_watchdog_build_info', { version: daemon.about.version, node: process.version }, 1)
  put('process_start_time_seconds', {}, daemon.about.startedAt.wallMs / 1000)
  const { user, system } = process.cpuUsage()
  put('process_cpu_seconds_total', {}, (user + system) / 1_000_000)
  put('process_resident_memory_bytes', {}, process.memoryUsage.rss())
}
