import type { UpsAnswer, UpsOutage, UpsUnit } from '../../api/ups.ts'
import { spell } from '../../core/phrase.ts'
import { tame } from '../text/paint.ts'
import { localTime } from '../text/span.ts'
import { table, wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

export const NO_UPS = 'No UPS is configured. docs/power-management-setup.md says how.'
const SHOWN_STORY = 8

/** Each UPS on a line, and the power failure that is not over with every host. */
export function renderUps({ configured, units, outage }: UpsAnswer, canvas: Canvas): string {
  if (!configured) return NO_UPS
  const lines = unitLines(units, canvas)
  if (outage === undefined) return [...lines, '', 'No power failure.'].join('\n')
  return [...lines, '', ...outageLines(outage, canvas)].join('\n')
}

function unitLines(units: readonly UpsUnit[], { paint, columns }: Canvas): string[] {
  const titles = ['UPS', 'ON', 'FOR', 'CHARGE', 'LEFT', 'LOAD', 'STATUS'].map((title) => ({ title }))
  const rows = units.map((unit) => [
    unit.name,
    { text: unit.supply, style: unit.supply === 'mains' ? ('green' as const) : ('red' as const) },
    unit.since === undefined ? '' : spell(unit.since.agoMs),
    unit.chargePercent === undefined ? '' : `${Math.round(unit.chargePercent)} %`,
    unit.runtimeMs === undefined ? '' : spell(unit.runtimeMs),
    loadOf(unit),
    unit.heard ? unit.status.join(' ') : 'not heard',
  ])
  const silent = units.filter(({ heard }) => !heard)
  return [
    ...table(titles, rows, paint),
    ...silent.map(({ name, why }) => wrap(`${name}: ${tame(why ?? '')}`, columns, '  ')),
  ]
}

function loadOf({ loadPercent, watts }: UpsUnit): string {
  const parts = [
    ...(loadPercent === undefined ? [] : [`${Math.round(loadPercent)} %`]),
    ...(watts === undefined ? [] : [`${Math.round(watts)} W`]),
  ]
  return parts.join(', ')
}

function outageLines(outage: UpsOutage, { paint, columns }: Canvas): string[] {
  const state = outage.phase === 'returning' ? 'mains is back, hosts return' : 'on battery'
  const head = `Power failure since ${localTime(outage.started)}: ${state}${outage.dryRun ? ' (dry-run: nothing is done)' : ''}`
  const stages = outage.stages.map(({ name, begun, finished, why, waits }) => {
    const how = finished !== undefined ? 'finished' : begun === undefined ? 'not begun' : 'under way'
    return wrap(
      `  ${name}: ${how}${why === undefined ? '' : `, ${tame(why)}`}${waits === undefined ? '' : ` (${tame(waits)})`}`,
      columns,
      '    ',
    )
  })
  const rows = outage.hosts.map(({ host, step, since, error }) => [host, step, spell(since.agoMs), error ?? ''])
  const titles = ['HOST', 'STEP', 'FOR', 'LAST ERROR'].map((title) => ({ title }))
  const story = outage.story
    .slice(-SHOWN_STORY)
    .map(({ at, sentence }) => wrap(`${localTime(at)}  ${tame(sentence)}`, columns, '    '))
  return [paint('bold', head), ...stages, '', ...table(titles, rows, paint), '', ...story]
}

/** The reports of power failures that are over, the newest first. */
export function renderUpsHistory({ ended }: UpsAnswer, { paint, columns }: Canvas): string {
  if (ended.length === 0) return 'No power failure is on record.'
  return ended
    .map(
      ({ started, report }) =>
        `${paint('bold', localTime(started))}\n${wrap(`  ${tame(report ?? '')}`, columns, '  ')}`,
    )
    .join('\n\n')
}
