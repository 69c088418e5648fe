import { CANARIES, type EchoReport, nothingKnown } from './echo-report.ts'
import { type FpingRun, look, sweep } from './fping.ts'
import { planFping } from './fping-plan.ts'

export type FpingRound = {
  /** Canaries first: they are asked even where not all fit. */
  readonly addresses: readonly string[]
  readonly timeoutMs: number
  readonly retries: number
  readonly endsMs: number
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string>>
}

const NO_TIME = 'the round leaves no time to wait for ICMP answers'

/**
 * One sweep over all addresses, then one closer look at those that did not answer it, canaries included; none where all
 * answered. Silence is believed only from the look. Neither is ever more than one process.
 */
export async function fpingRound(round: FpingRound): Promise<EchoReport | 'missing'> {
  const { addresses, timeoutMs, retries, endsMs, signal, env } = round
  const budgetMs = endsMs - performance.now()
  const plan = planFping(addresses.length, timeoutMs, [2, retries + 1], budgetMs)
  if (!plan) return nothingKnown(NO_TIME)
  const asked = addresses.slice(0, plan.capacity)
  const leftOut = new Set(addresses.slice(plan.capacity))

  const swept = await sweep({ addresses: asked, plan, budgetMs, signal, env })
  if (swept === 'missing') return 'missing'
  if (swept.distrust !== undefined) return { ...swept, waitedMs: 0, leftOut }
  const pending = asked.filter((address) => !swept.answeredMs.has(address))
  if (pending.length === 0) return { ...swept, waitedMs: 0, leftOut }

  // The canaries again: it is this run whose word about silence they have to back.
  const again = [...asked.filter(isCanary), ...pending.filter((address) => !isCanary(address))]
  const lookMs = endsMs - performance.now()
  const lookPlan = planFping(again.length, timeoutMs - plan.tryMs, [1, plan.tries - 1], lookMs)
  if (!lookPlan) return { ...swept, distrust: NO_TIME, waitedMs: 0, leftOut }
  const fitting = again.slice(0, lookPlan.capacity)
  const looked = await look({ addresses: fitting, plan: lookPlan, budgetMs: lookMs, signal, env })
  if (looked === 'missing') return { ...swept, distrust: 'fping was removed in mid-round', waitedMs: 0, leftOut }
  const waitedMs = plan.tryMs + lookPlan.tryMs * lookPlan.tries
  return { ...merge(swept, looked), waitedMs, leftOut }
}

function merge(swept: FpingRun, looked: FpingRun): FpingRun {
  const answeredMs = new Map(swept.answeredMs)
  for (const canary of CANARIES) answeredMs.delete(canary)
  for (const [address, ms] of looked.answeredMs) answeredMs.set(address, ms)
  return { ...looked, answeredMs }
}

const isCanary = (address: string) => (CANARIES as readonly string[]).includes(address)
