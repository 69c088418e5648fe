import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOON } from '../../../test/faces/clock.ts'
import { type History, history as historySchema } from '../../api/history.ts'
import { summaryOf } from '../../core/history/lines.ts'
import { painter } from '../text/paint.ts'
import { type HistoryCanvas, renderHistory } from './history.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const paint = painter(false)
const golden = (name: string) => new URL(`../../../test/golden/cli/${name}.txt`, import.meta.url).pathname
const NOW_S = NOON.wallMs / 1000
const draw = (history: History, over: Partial<HistoryCanvas> = {}) =>
  renderHistory(historySchema.parse(history), { paint, columns: 0, plain: false, ...over })

type Wave = (index: number) => number | null

function line(name: string, unit: History['lines'][number]['unit'], wave: Wave, step = 60, count = 60) {
  const points = Array.from({ length: count }, (_, index) => ({
    timeS: NOW_S - step * (count - index),
    value: wave(index),
  }))
  const samples = points.map(({ timeS, value }) => (value === null ? { timeS } : { timeS, value }))
  return { name, unit, points, ...summaryOf(samples) }
}

const hill: Wave = (index) => 0.05 + 0.4 * Math.exp(-(((index - 35) / 8) ** 2))

function history(over: Partial<History> = {}): History {
  return {
    cluster: 'home',
    target: 'cluster',
    title: 'cluster home (3 nodes)',
    metric: 'cpu',
    cf: 'AVERAGE',
    from: new Date((NOW_S - 3600) * 1000).toISOString(),
    to: new Date(NOW_S * 1000).toISOString(),
    timeframe: 'hour',
    resolutionS: 60,
    reaches: true,
    lines: [line('cpu', 'ratio', hill)],
    missing: [],
    ...over,
  }
}

const network = () =>
  history({
    ...{ metric: 'net', target: 'qemu/100', title: 'guest 100 (web1) on pve1' },
    lines: [
      line('in', 'bytes-per-second', (index) => 300_000 * (1 + Math.sin(index / 5))),
      line('out', 'bytes-per-second', (index) => (index < 20 ? null : 2_000_000)),
    ],
    reaches: false,
    firstDataS: NOW_S - 2400,
  })

const week = () =>
  history({
    from: new Date((NOW_S - 7 * 86_400) * 1000).toISOString(),
    timeframe: 'week',
    resolutionS: 10_800,
    lines: [line('load', 'load', (index) => 1 + (index % 8), 10_800, 56)],
    metric: 'load',
    missing: ['pve3: https://10.99.0.3:8006 did not answer within 10 s.'],
  })

describe('the past as a chart', () => {
  it.each([
    ['history-cpu', () => draw(history())],
    ['history-cpu-at', () => draw(history(), { atMs: NOON.wallMs - 25 * 60_000 })],
    ['history-cpu-plain-narrow', () => draw(history(), { plain: true, columns: 40, atMs: NOON.wallMs - 25 * 60_000 })],
    ['history-net', () => draw(network(), { columns: 100 })],
    ['history-load-week', () => draw(week())],
  ])('%s', async (name, text) => {
    await expect(`${text()}\n`).toMatchFileSnapshot(golden(name))
  })

  it.each([20, 40, 80, 200])('fits into %i columns', (columns) => {
    for (const each of [history(), network(), week()]) {
      const rows = draw(each, { columns, atMs: NOON.wallMs - 60_000 }).split('\n')
      for (const row of rows.filter((text) => /[┤└▲]/.test(text))) {
        expect([...row].length, row).toBeLessThanOrEqual(Math.max(columns, 26))
      }
    }
  })

  it('says that nothing was recorded, and draws nothing', () => {
    const text = draw(
      history({ lines: [line('cpu', 'ratio', () => null)], missing: ['pve1 recorded nothing in that time.'] }),
    )
    expect(text).toContain('Nothing was recorded.')
    expect(text).toContain('! pve1 recorded nothing in that time.')
    expect(text).not.toContain('┤')
  })

  it('uses plain characters alone where others may not arrive', () => {
    const text = draw(network(), { plain: true, atMs: NOON.wallMs - 60_000 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of ASCII
    expect(text).toMatch(/^[\x00-\x7f]*$/)
  })

  it('takes nothing from a name as a command to the terminal', () => {
    expect(draw(history({ title: 'guest 1 (\u001b[2J)', missing: ['\u001b[31m'] }))).not.toContain('\u001b')
  })
})
