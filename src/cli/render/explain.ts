import type { HostReport } from '../../api/hosts.ts'
import { VERDICT_STYLE } from '../text/paint.ts'
import { span, until, withDue } from '../text/span.ts'
import { table, wrap } from '../text/table.ts'
import { outletName, outletRemarks, watts } from './outlets.ts'
import { claimLine, planLines } from './plans.ts'
import type { Canvas } from './status.ts'

const SAYS_STYLE = { life: 'green', silence: 'red', 'probe-broken': 'yellow' } as const

/** One host: verdict, evidence, power, every guard with its word, and what happens next and when. */
export function renderExplanation(report: HostReport, { paint, columns }: Canvas): string {
  const { host } = report
  const line = (text: string) => `  ${wrap(text, columns === 0 ? 0 : columns - 2, '    ')}`
  const holding = report.guards.filter(({ holds }) => holds)
  const others = report.guards.filter(({ holds }) => !holds).map(({ code }) => code)
  const next = host.next === undefined ? 'Nothing is known yet.' : withDue(host.next.sentence, host.next.due)
  const sections: (readonly [string, readonly string[]])[] = [
    ['Evidence', evidence(report, paint).map((text) => `  ${text}`)],
    ['Power', power(report).map(line)],
    ['Guards that hold', holding.map(({ code, sentence }) => line(`${paint('yellow', code)}: ${sentence}`))],
    ['Guards that do not', others.length === 0 ? [] : [line(others.join(', '))]],
    ['Wishes', report.claims.map((claim) => line(claimLine(claim)))],
    ['Plans', report.plans.flatMap((plan) => planLines(plan, paint).map((text) => `  ${text}`))],
    ['Next', [line(next)]],
  ]
  return [
    heading(report, paint),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .map(([title, lines]) => [paint('bold', title), ...lines].join('\n')),
  ].join('\n\n')
}

function heading({ host }: HostReport, paint: Canvas['paint']): string {
  const since = host.since === undefined ? '' : ` for ${span(host.since.agoMs)}`
  const verdict = paint(VERDICT_STYLE[host.verdict], host.verdict)
  return `${paint('bold', host.name)} (${host.address}, cluster ${host.cluster}) is ${verdict}${since}`
}

function evidence({ host }: HostReport, paint: Canvas['paint']): string[] {
  const columns = [
    { title: 'CHANNEL' },
    { title: 'SAYS' },
    { title: 'DETAIL' },
    { title: 'PROVES' },
    { title: 'ASKED', right: true },
  ]
  const rows = host.channels.map(({ name, says, detail, proves, asked }) => [
    name,
    { text: says ?? 'not asked yet', style: says === undefined ? undefined : SAYS_STYLE[says] },
    detail ?? '',
    proves,
    asked === undefined ? '' : `${span(asked.agoMs)} ago`,
  ])
  const life =
    host.lastLife === undefined ? 'no sign of life seen yet' : `last sign of life ${span(host.lastLife.agoMs)} ago`
  return [
    ...table(columns, rows, paint),
    `${life}; ${host.failures} silent rounds in a row, ${host.failureThreshold} count as dead`,
  ]
}

function power({ host }: HostReport): string[] {
  if (host.watchedOnly) return ['No power device: it is only watched.']
  const lines = host.outlets.map((outlet) => {
    const level = (outlet.level ?? 0) === 0 ? '' : `(fallback ${outlet.level})`
    const parts = [outletName(outlet), outlet.state, watts(outlet.watts), level, outletRemarks(outlet)]
    return parts.filter((part) => part !== '').join('  ')
  })
  const outage =
    host.outage === undefined ? 'no outage' : `outage ${host.outage.id} for ${span(host.outage.started.agoMs)}`
  lines.push(
    `${host.outage?.cycles ?? 0} of ${host.maxCycles} power cycles in this outage (${outage}), ${host.cyclesInDay} in 24 hours`,
  )
  if (host.lockout !== undefined) lines.push(`lockout for ${span(host.lockout.since.agoMs)}: ${host.lockout.sentence}`)
  if (host.bootGraceUntil !== undefined) lines.push(`boot grace ends ${until(host.bootGraceUntil.inMs)}`)
  const { suspect, verified, verifying } = host.mapping
  if (suspect !== undefined) lines.push(`mapping suspect: ${suspect.sentence}`)
  else if (verifying !== undefined) lines.push('mapping: a supervised cycle waits for the host to answer')
  else if (verified !== undefined) lines.push(`mapping verified ${span(verified.agoMs)} ago`)
  else lines.push(`mapping not verified: \`outlets verify ${host.name}\` proves it`)
  return lines
}
