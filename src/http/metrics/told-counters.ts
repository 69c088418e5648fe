import { HAPPENINGS } from '../../core/codes.ts'
import type { State, Told } from '../../core/state/types.ts'
import type { Daemon } from '../../ports/daemon.ts'
import type { Put } from './samples.ts'

/** Counts what is told from now on: the only numbers that the metrics keep themselves. */
export class ToldCounters {
  readonly #events = new Map<string, number>()
  readonly #cycles = new Map<string, number>()
  readonly #wouldCycles = new Map<string, number>()
  readonly #refusals = new Map<string, Map<string, number>>()
  readonly #unsubscribe: () => void

  constructor(daemon: Daemon) {
    this.#unsubscribe = daemon.subscribe((told) => this.#count(told))
  }

  #count(told: Told): void {
    raise(this.#events, told.code)
    if (told.host === undefined) return
    if (told.code === 'cycle-begun') raise(this.#cycles, told.host)
    if (told.code === 'cycle-would-begin') raise(this.#wouldCycles, told.host)
    if (told.code === 'refused') {
      const refusals = this.#refusals.get(told.host) ?? new Map<string, number>()
      this.#refusals.set(told.host, refusals)
      for (const guard of told.guards ?? []) raise(refusals, guard)
    }
  }

  /** Every host and every code starts at 0, so that the first increase can be seen by `increase()`. */
  collect(state: State, put: Put): void {
    for (const [code, [severity]] of Object.entries(HAPPENINGS)) {
      put('proxmox_watchdog_events_total', { code, severity }, this.#events.get(code) ?? 0)
    }
    for (const { name, cluster } of state.policy.hosts) {
      const labels = { host: name, cluster }
      put('proxmox_watchdog_host_power_cycles_total', labels, this.#cycles.get(name) ?? 0)
      put('proxmox_watchdog_host_would_power_cycles_total', labels, this.#wouldCycles.get(name) ?? 0)
      for (const [guard, count] of this.#refusals.get(name) ?? []) {
        put('proxmox_watchdog_guard_refusals_total', { ...labels, guard }, count)
      }
    }
  }

  close(): void {
    this.#unsubscribe()
  }
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
