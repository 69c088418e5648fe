import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHistory } from '../../proxmox/reading/history.ts'
import { coarser, lineOf, resolutionS, sampleAt, summaryOf, within } from './lines.ts'
import { type Point, recipesFor } from './metrics.ts'
import { timeframeFor } from './timeframe.ts'

const point = (timeS: number, values: Point['values'] = {}): Point => ({ timeS, values })
const recorded = (name: string): readonly Point[] => {
  const file = new URL(`../../../test/fixtures/pve/responses/healthy/${name}.json`, import.meta.url)
  return readHistory(JSON.parse(readFileSync(file, 'utf8')).data) ?? []
}

describe('a line over the nodes of a cluster', () => {
  const [cpu] = recipesFor('node', 'cpu')!

  it('weighs cpu by the cores', () => {
    const small = [point(60, { cpu: 1, maxcpu: 2 }), point(120, { cpu: 1, maxcpu: 2 })]
    const large = [point(60, { cpu: 0, maxcpu: 6 }), point(120, {})]
    expect(lineOf(cpu!, [small, large]).samples).toEqual([
      { timeS: 60, value: 0.25 },
      // A node that was away takes nothing from the others.
      { timeS: 120, value: 1 },
    ])
  })

  it('says nothing where nobody recorded anything', () => {
    expect(lineOf(cpu!, [[point(60)], [point(60)]]).samples).toEqual([{ timeS: 60 }])
    expect(summaryOf([{ timeS: 60 }])).toBeUndefined()
  })

  it('sums what flows, and divides used memory by all that there is', () => {
    const nodes = [
      [point(60, { netin: 10, netout: 1, memused: 1, memtotal: 4 })],
      [point(60, { netin: 30, netout: 2, memused: 6, memtotal: 10 })],
    ]
    expect(recipesFor('node', 'net')!.map((recipe) => lineOf(recipe, nodes).samples[0]?.value)).toEqual([40, 3])
    expect(lineOf(recipesFor('node', 'mem')![0]!, nodes).samples[0]?.value).toBe(0.5)
  })
})

describe('nodes that keep data of different fineness', () => {
  it('meet in the coarsest', () => {
    const fine = Array.from({ length: 60 }, (_, index) => point(index * 60, { netin: index < 30 ? 10 : 30, netout: 1 }))
    const [first, second, ...others] = coarser(fine, 1800)
    expect([first, second]).toEqual([point(0, { netin: 10, netout: 1 }), point(1800, { netin: 30, netout: 1 })])
    expect(others).toEqual([])
    expect(coarser(fine, 60)).toBe(fine)
    const coarse = [point(0, { netin: 5 }), point(1800, { netin: 5 })]
    const [net] = recipesFor('node', 'net')!
    expect(lineOf(net!, [coarser(fine, 1800), coarse]).samples.map(({ value }) => value)).toEqual([15, 35])
  })
})

describe('recorded answers', () => {
  it.each([
    ['node', 'nodes_pve1_rrddata_timeframe_hour', ['cpu', 'mem', 'disk', 'net', 'load']],
    ['guest', 'nodes_pve1_qemu_100_rrddata_timeframe_hour', ['cpu', 'mem', 'disk', 'net']],
  ] as const)('of a %s have every line', (subject, name, metrics) => {
    const points = recorded(name)
    expect(points).toHaveLength(60)
    expect(resolutionS(points)).toBe(60)
    for (const metric of metrics) {
      for (const recipe of recipesFor(subject, metric)!) {
        const line = lineOf(recipe, [points])
        expect(summaryOf(line.samples), `${metric} ${recipe.name}`).toBeDefined()
        // The machine had been running for half of that hour.
        expect(line.samples[0]?.value).toBeUndefined()
      }
    }
  })

  it('give the numbers that Proxmox shows', () => {
    const line = lineOf(recipesFor('node', 'cpu')![0]!, [recorded('nodes_pve1_rrddata_timeframe_hour')])
    expect(line.samples.at(-1)?.value).toBeCloseTo(0.562980982390428, 12)
  })
})

describe('points', () => {
  const points = [60, 120, 180, 300, 360].map((timeS) => ({ timeS, value: timeS }))

  it('tell their own resolution, also with some missing', () => {
    expect(resolutionS(points)).toBe(60)
    expect(resolutionS(points.slice(0, 1))).toBeUndefined()
  })

  it('are found by the time that they cover', () => {
    expect(within(points, 130, 300, 60).map(({ timeS }) => timeS)).toEqual([120, 180, 300])
    expect(sampleAt(points, 179, 60)?.timeS).toBe(120)
    expect(sampleAt(points, 250, 60)).toBeUndefined()
  })
})

describe('the timeframe', () => {
  const NOW = 1_000_000_000
  it.each([
    [30 * 60, 'hour', true],
    [3600, 'hour', true],
    [2 * 3600, 'day', true],
    [3 * 86_400, 'week', true],
    [20 * 86_400, 'month', true],
    [200 * 86_400, 'year', true],
    [700 * 86_400, 'year', false],
  ])('that covers %i s and is the finest', (agoS, timeframe, reaches) => {
    expect(timeframeFor(NOW - agoS, NOW)).toEqual({ timeframe, reaches })
  })
})
