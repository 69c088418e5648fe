import type { State } from '../../core/state/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import { budgetOf } from '../../core/ups/budget.ts'
import { planRisks } from '../../core/ups/plan-risks.ts'
import type { UpsPolicy } from '../../core/ups/policy.ts'
import { isHeard, liveOutage, supplyOf } from '../../core/ups/supply.ts'
import type { HostStep, PowerOutage } from '../../core/ups/types.ts'
import { asNumber, type Put } from './samples.ts'

const PHASES: readonly PowerOutage['phase'][] = ['on-battery', 'returning']
const STEPS: readonly HostStep[] = [
  'running',
  'preparing',
  'stopping-guests',
  'shutting-down',
  'off',
  'not-off',
  'starting',
  'on',
]

export function collectUps(state: State, now: At, put: Put): void {
  const { ups } = state.policy
  if (ups === undefined) return
  for (const { name } of ups.units) collectUnit(state, ups, name, now, put)
  put('proxmox_watchdog_power_plan_obstacles', {}, planRisks(state, ups).filter(({ grave }) => grave).length)
  const live = liveOutage(state)
  for (const phase of PHASES) put('proxmox_watchdog_power_failure', { phase }, asNumber(live?.phase === phase))
  const lastedMs = live === undefined ? 0 : elapsedMs(live.startedAt, now)
  put('proxmox_watchdog_power_failure_seconds', {}, lastedMs / 1_000)
  const isStuck = live?.phase === 'returning' && live.toldNotBack === true
  put('proxmox_watchdog_power_failure_return_stuck', {}, asNumber(isStuck))
  for (const { name } of ups.stages) {
    const begunAt = live?.stages.find((stage) => stage.name === name)?.begunAt
    put('proxmox_watchdog_power_failure_stage_begun', { stage: name }, asNumber(begunAt !== undefined))
  }
  for (const { host } of ups.hosts) collectHost(state, live, host, put)
}

function collectUnit(state: State, policy: UpsPolicy, name: string, now: At, put: Put): void {
  const labels = { ups: name }
  const unit = policy.units.find((each) => each.name === name)
  const row = state.upsUnits[name]
  const known = state.upsNow[name]
  if (unit === undefined) return
  put('proxmox_watchdog_ups_heard', labels, asNumber(isHeard(state, unit, now)))
  if (known?.heard !== undefined) {
    put('proxmox_watchdog_ups_heard_age_seconds', labels, elapsedMs(known.heard.at, now) / 1_000)
  }
  const supply = supplyOf(state, unit, now)
  if (supply !== 'unknown') {
    const isOn = supply === 'battery'
    put('proxmox_watchdog_ups_on_battery', labels, asNumber(isOn))
    const lastedMs = isOn && row !== undefined ? elapsedMs(row.since, now) : 0
    put('proxmox_watchdog_ups_on_battery_seconds', labels, lastedMs / 1_000)
  }
  if (row !== undefined) {
    put('proxmox_watchdog_ups_low_battery', labels, asNumber(row.low))
    put('proxmox_watchdog_ups_forced_shutdown', labels, asNumber(row.fsd === 'ordered'))
  }
  put('proxmox_watchdog_ups_login_refused', labels, asNumber(known?.reading.loginRefused !== undefined))
  const budget = budgetOf(state, policy, name)
  if (budget !== undefined) put('proxmox_watchdog_ups_budget_need_seconds', labels, budget.needMs / 1_000)
  if (budget?.marginMs !== undefined) {
    put('proxmox_watchdog_ups_budget_margin_seconds', labels, budget.marginMs / 1_000)
  }
}

function collectHost(state: State, live: PowerOutage | undefined, host: string, put: Put): void {
  const cluster = state.policy.hosts.find(({ name }) => name === host)?.cluster ?? ''
  const part = live?.hosts[host]
  const step = part?.step ?? 'running'
  for (const each of STEPS) {
    put('proxmox_watchdog_power_failure_host_step', { host, cluster, step: each }, asNumber(each === step))
  }
  const isMissing = part?.toldLate === true && step === 'starting'
  put('proxmox_watchdog_power_failure_host_not_back', { host, cluster }, asNumber(isMissing))
}
