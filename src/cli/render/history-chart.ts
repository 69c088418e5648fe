import type { History, HistoryLine } from '../../api/history.ts'
import { chartRows, columnsOf, niceTop } from '../../core/history/chart.ts'
import { bytes, percent } from '../text/amount.ts'
import { clockTime, localTime } from '../text/span.ts'
import type { HistoryCanvas } from './history.ts'

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const PLAIN = [' ', '.', ':', '#']
const HEIGHT = 8
/** Several lines share the screen. */
const LOW_HEIGHT = 5
const NARROWEST = 12
const WIDEST = 160
const DAY_MS = 86_400_000

/** The chart of one line: the scale at its left, the times below, and a mark under the point that was asked about. */
export function drawLine(history: History, line: HistoryLine, canvas: HistoryCanvas): string[] {
  const { paint, plain, columns, atMs } = canvas
  if (line.max === undefined || history.resolutionS === null) return []
  const top = niceTop(line.max, line.unit)
  const marks = [scale(line.unit, top), scale(line.unit, top / 2), scale(line.unit, 0)]
  const margin = Math.max(...marks.map((mark) => mark.length))
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns - margin - 2))
  const fromS = Date.parse(history.from) / 1000
  const toS = Date.parse(history.to) / 1000
  const samples = line.points.map(({ timeS, value }) => (value === null ? { timeS } : { timeS, value }))
  const values = columnsOf(samples, { fromS, toS, stepS: history.resolutionS }, width)
  const height = history.lines.length > 1 ? LOW_HEIGHT : HEIGHT
  const rows = chartRows(values, top, height, plain ? PLAIN : BLOCKS)
  const [tick, corner, floor] = plain ? ['|', '+', '-'] : ['┤', '└', '─']
  const drawn = rows.map((row, index) => {
    const mark = index === 0 ? marks[0] : index === Math.floor(height / 2) ? marks[1] : ''
    return `${paint('dim', `${(mark ?? '').padStart(margin)} ${tick}`)}${paint('cyan', row.trimEnd())}`
  })
  const indent = ' '.repeat(margin + 2)
  return [
    ...drawn,
    paint('dim', `${(marks[2] ?? '').padStart(margin)} ${corner}${floor.repeat(width)}`),
    ...(atMs === undefined ? [] : [`${indent}${pointer(atMs / 1000, fromS, toS, width, plain)}`]),
    paint('dim', `${indent}${timeAxis(fromS * 1000, toS * 1000, width)}`.trimEnd()),
  ]
}

function pointer(atS: number, fromS: number, toS: number, width: number, plain: boolean): string {
  const column = Math.floor(((atS - fromS) / (toS - fromS)) * width)
  return `${' '.repeat(Math.max(0, Math.min(width - 1, column)))}${plain ? '^' : '▲'}`
}

function scale(unit: HistoryLine['unit'], value: number): string {
  if (unit === 'ratio') return percent(value)
  return unit === 'load' ? String(value) : `${bytes(value)}/s`
}

/** The first, the middle and the last, as many of them as there is room for. */
function timeAxis(fromMs: number, toMs: number, width: number): string {
  const shown = (ms: number) => {
    const iso = new Date(ms).toISOString()
    return toMs - fromMs > 2 * DAY_MS ? localTime(iso).slice(5, 16) : clockTime(iso).slice(0, 5)
  }
  const [first, middle, last] = [shown(fromMs), shown((fromMs + toMs) / 2), shown(toMs)]
  const free = width - first.length - middle.length - last.length
  if (free < 4) return `${first}${' '.repeat(Math.max(1, width - first.length - last.length))}${last}`
  const before = Math.floor((width - middle.length) / 2) - first.length
  return `${first}${' '.repeat(before)}${middle}${' '.repeat(free - before)}${last}`
}
