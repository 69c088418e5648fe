import type { History, HistoryLine } from '../../api/history.ts'
import { sampleAt } from '../../core/history/lines.ts'
import { bytes, percent } from '../text/amount.ts'
import { tame } from '../text/paint.ts'
import { localTime, span } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import { drawLine } from './history-chart.ts'
import type { Canvas } from './status.ts'

export type HistoryCanvas = Canvas & {
  /** Without block characters. */
  readonly plain: boolean
  /** The point that was asked about. */
  readonly atMs?: number
}

const TITLES: Readonly<Record<History['metric'], string>> = {
  cpu: 'CPU',
  mem: 'Memory',
  disk: 'Disk',
  net: 'Network',
  load: 'Load',
}

/** Of how long one chart may be where nobody looks. */
const WIDTH = 80

/** What was asked, a chart for each line, the numbers, and what the data cannot tell. */
export function renderHistory(history: History, canvas: HistoryCanvas): string {
  const { paint } = canvas
  const columns = canvas.columns === 0 ? WIDTH : canvas.columns
  const weighted = history.target === 'cluster' && ['cpu', 'load'].includes(history.metric) ? ', weighted by cores' : ''
  const heading = `${TITLES[history.metric]} of ${tame(history.title)}${weighted}`
  const charts = history.lines.map((line) => [
    ...(history.lines.length > 1 ? [paint('bold', line.name)] : []),
    ...drawLine(history, line, { ...canvas, columns }),
    wrap(numbers(history, line, canvas), columns, '  '),
  ])
  return [
    [paint('bold', heading), ...wrap(`${spanWords(history)}; ${resolutionWords(history)}`, columns, '  ').split('\n')],
    ...charts,
    remarks(history).map((text) => paint('yellow', wrap(`! ${tame(text)}`, columns, '  '))),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function spanWords({ from, to }: History): string {
  const [begin, end] = [shortTime(from), shortTime(to)]
  return `${begin} to ${end.slice(0, 10) === begin.slice(0, 10) ? end.slice(11) : end}`
}

/** Seconds are noise here. */
export function shortTime(iso: string): string {
  return localTime(iso).slice(0, -3)
}

function resolutionWords({ resolutionS, cf, timeframe }: History): string {
  if (resolutionS === null) return 'no two points'
  const what = cf === 'MAX' ? 'the highest value' : 'the average'
  return `a point is ${what} of ${span(resolutionS * 1000).replace(/0s$/, '')} (Proxmox's data of ${timeframe === 'hour' ? 'an' : 'a'} ${timeframe})`
}

function numbers(history: History, line: HistoryLine, { atMs, paint }: HistoryCanvas): string {
  const { unit, min, avg, max } = line
  if (min === undefined || avg === undefined || max === undefined) return paint('yellow', 'Nothing was recorded.')
  const all = `min ${amount(unit, min)}, avg ${amount(unit, avg)}, max ${amount(unit, max)}`
  if (atMs === undefined) return all
  const samples = line.points.map(({ timeS, value }) => (value === null ? { timeS } : { timeS, value }))
  const then = sampleAt(samples, atMs / 1000, history.resolutionS ?? 0)?.value
  const words = then === undefined ? 'nothing was recorded' : paint('bold', amount(unit, then))
  return `at ${shortTime(new Date(atMs).toISOString())}: ${words}; ${all}`
}

export function amount(unit: HistoryLine['unit'], value: number): string {
  if (unit === 'ratio') return percent(value)
  return unit === 'load' ? value.toFixed(2) : `${bytes(value)}/s`
}

function remarks({ reaches, firstDataS, missing, lines }: History): string[] {
  const nothing = lines.every(({ min }) => min === undefined)
  const begin =
    reaches || nothing
      ? []
      : [
          firstDataS === undefined
            ? 'The data of Proxmox do not reach back that far.'
            : `The data do not reach back that far: they begin at ${shortTime(new Date(firstDataS * 1000).toISOString())}.`,
        ]
  return [...begin, ...missing]
}
