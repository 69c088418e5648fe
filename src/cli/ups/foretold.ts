import type { Situation } from '../../core/plan/situation.ts'
import type { Forecast } from '../../core/ups/forecast/types.ts'
import type { PlanRisk } from '../../core/ups/plan-risks.ts'
import type { Failure } from '../client.ts'
import { NO_UPS } from '../render/ups.ts'
import { type SupposeOptions, suppositionsOf } from './situation-of.ts'

export type Foretold = {
  readonly ok: true
  readonly forecast: Forecast
  readonly risks: readonly PlanRisk[]
  /** `no`: something grave is in the way of the plan, or a host loses its power while it runs. */
  readonly exit: 'ok' | 'no'
}

/** What the plan would do in this situation, reckoned here and not by the watchdog, which has better things to do. */
export async function foretold({ state, at }: Situation, options: SupposeOptions): Promise<Foretold | Failure> {
  const { ups } = state.policy
  if (ups === undefined) return { ok: false, exit: 'no', sentence: NO_UPS }
  const given = await suppositionsOf(
    options,
    ups.units.map(({ name }) => name),
  )
  if (!given.ok) return given
  const { forecastOutage } = await import('../../core/ups/forecast/forecast.ts')
  const { planRisks } = await import('../../core/ups/plan-risks.ts')
  const forecast = forecastOutage(state, at, given.supposed)
  if (forecast === undefined) return { ok: false, exit: 'no', sentence: NO_UPS }
  const risks = planRisks(state, ups)
  const losesPower = forecast.hosts.some(({ lostPowerAfterMs }) => lostPowerAfterMs !== undefined)
  return { ok: true, forecast, risks, exit: losesPower || risks.some(({ grave }) => grave) ? 'no' : 'ok' }
}
