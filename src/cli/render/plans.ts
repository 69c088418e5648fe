import type { Claim, Plan } from '../../api/plans.ts'
import type { Paint } from '../text/paint.ts'
import { span, until } from '../text/span.ts'
import { outletName, watts } from './outlets.ts'

const NOUN = { cycle: 'Power cycle', off: 'Turning off', on: 'Turning on' } as const
const STAGES = {
  cycle: ['checking', 'all-off', 'holding', 'all-on'],
  off: ['checking', 'all-off'],
  on: ['all-on'],
} as const
const STAGE_NAMES = { checking: 'checking', 'all-off': 'turning off', holding: 'off', 'all-on': 'turning on' } as const

/** A plan with its stages, what it waits for, and each of its outlets. */
export function planLines(plan: Plan, paint: Paint): string[] {
  const head = `${NOUN[plan.kind]} of ${plan.target.replace(/^outlet:/, '')} by ${plan.purpose} (${plan.id}): ${plan.reason}`
  const lines = [paint('bold', head), `  ${stages(plan, paint)}`]
  if (plan.aborted !== undefined) lines.push(paint('yellow', `  ended early: ${plan.aborted.sentence}`))
  for (const leg of plan.legs) {
    const parts = [
      outletName(leg),
      leg.step,
      watts(leg.watts),
      leg.attempts > 1 ? `try ${leg.attempts}` : '',
      leg.deviceTimer === undefined ? '' : `its own timer turns it on ${until(leg.deviceTimer.inMs)} at the latest`,
      leg.lastError === undefined ? '' : paint('red', leg.lastError.sentence),
    ]
    lines.push(`  ${parts.filter((part) => part !== '').join('  ')}`)
  }
  return lines
}

function stages(plan: Plan, paint: Paint): string {
  const names: readonly string[] = STAGES[plan.kind]
  const at = names.indexOf(plan.barrier === 'stuck' ? 'all-on' : plan.barrier)
  return names
    .map((name, index) => {
      const title = STAGE_NAMES[name as keyof typeof STAGE_NAMES]
      if (index < at) return `${paint('green', '✓')} ${title}`
      if (index > at) return paint('dim', `· ${title}`)
      return `${paint('cyan', '▸')} ${paint('bold', title)}${detail(plan, paint)}`
    })
    .join('  ')
}

function detail(plan: Plan, paint: Paint): string {
  if (plan.barrier === 'stuck') return paint('red', ', which fails and is tried again')
  const overdue = plan.mustBeOnBy !== undefined && plan.mustBeOnBy.inMs < -1000
  if (overdue) return paint('red', `, ${until(plan.mustBeOnBy?.inMs ?? 0)}`)
  if (plan.barrier !== 'holding' || plan.holdEnds === undefined || plan.kind === 'off') return ''
  return `, on ${until(plan.holdEnds.inMs)}`
}

/** What is being waited for, in a few words, for a line that is drawn again and again. */
export function planBrief(plan: Plan): string {
  if (plan.barrier === 'checking') return 'looking once more before anything is switched'
  if (plan.barrier === 'all-off') return 'turning off'
  if (plan.barrier === 'holding') return plan.holdEnds === undefined ? 'off' : `off, on ${until(plan.holdEnds.inMs)}`
  if (plan.barrier === 'stuck') return 'turning on fails and is tried again'
  return 'turning on'
}

export function claimLine(claim: Claim): string {
  const target = claim.target === '*' ? 'every host' : claim.target.replace(/^outlet:/, '')
  const what = claim.goal === 'hands-off' ? `${claim.purpose === 'operator' ? 'paused' : claim.purpose}` : claim.goal
  const end = claim.ends === undefined ? 'until it is ended' : `for another ${span(claim.ends.inMs)}`
  return `${target}: ${what} by ${claim.by} ${end}${claim.reason === '' ? '' : `: ${claim.reason}`}`
}
