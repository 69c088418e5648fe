import type { HostPlan, Plan } from '../../core/plan/plan.ts'
import { tame, VERDICT_STYLE } from '../text/paint.ts'
import { localTime } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

const WELL = 'Nothing: it is well.'

/** What would be done and why, host by host, then the next step as a whole. */
export function renderPlan(plan: Plan, canvas: Canvas): string {
  const { paint } = canvas
  const time = localTime(new Date(plan.at.wallMs).toISOString())
  const well = plan.hosts.filter(({ next }) => next.sentence === WELL).map(({ host }) => host)
  const lines = [paint('bold', `The situation of ${time}, mode ${plan.mode}`), '']
  if (well.length > 0) lines.push(labelled(paint('green', 'well'), 'well     ', well.join(', '), canvas))
  for (const host of plan.hosts) if (host.next.sentence !== WELL) lines.push(...hostLines(host, canvas))
  lines.push('', paint('bold', 'The next step'))
  if (plan.tells.length === 0 && plan.does.length === 0) lines.push('  Nothing is told and nothing is done.')
  for (const { severity, sentence } of plan.tells) lines.push(indented('tells', `${severity}: ${sentence}`, canvas))
  for (const sentence of plan.does) lines.push(indented('does', `${sentence}.`, canvas))
  if (plan.againInMs !== undefined && plan.againInMs < 1000) lines.push('  Then it looks again at once.')
  return lines.join('\n')
}

function hostLines({ verdict, sentence, refusals, next }: HostPlan, canvas: Canvas): string[] {
  const name = canvas.paint(VERDICT_STYLE[verdict], verdict)
  return [
    labelled(name, verdict.padEnd(9), sentence, canvas),
    ...refusals.map((refusal) => indented('held', `${refusal.code}: ${refusal.sentence}`, canvas)),
    indented('next', next.sentence, canvas),
  ]
}

function indented(label: string, text: string, canvas: Canvas): string {
  return labelled(`  ${label}`, `  ${label.padEnd(7)}`, text, canvas)
}

/** `plain` is the label as wide as it is shown, `painted` the same with its colour and without its space. */
function labelled(painted: string, plain: string, text: string, { columns }: Canvas): string {
  const width = columns === 0 ? 0 : Math.max(20, columns - plain.length)
  const space = ' '.repeat(plain.length - plain.trimEnd().length)
  return painted + space + wrap(tame(text), width, ' '.repeat(plain.length))
}
