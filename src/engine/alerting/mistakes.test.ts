import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, MINUTE } from '../testing/alert-samples.ts'

describe('a mistake of ours', () => {
  test('with one row of the inbox keeps no other from its way, and is told', async () => {
    const bench = await new AlertBench().start()
    const broken = { ...alertUpdate('Broken'), annotations: undefined as never }
    await bench.path.accept([alertUpdate('One')])
    await bench.path.accept([broken])
    await bench.path.accept([alertUpdate('Two')])
    await bench.pass(1_000)
    expect(bench.channel('chat').told).toEqual(['firing One', 'firing Two'])
    expect(bench.path.status().inbox).toBe(1)
    expect(bench.observed.filter(({ code }) => code === 'alert-path-mistake')).toHaveLength(1)
    await bench.stop()
  })

  test('with one message puts it aside', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('Broken'))
    const broken = { ...bench.incident('Broken'), annotations: undefined as never }
    bench.store.transact((rows) => rows.updateIncident(broken))
    bench.channel('chat').answer = () => undefined
    await bench.pass(MINUTE)
    await bench.take(alertUpdate('Two'))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing Two'])
    expect(bench.store.listDeliveries({ states: ['dead'], limit: 9 })).toMatchObject([
      { lastError: { code: 'mistake' } },
    ])
    await bench.stop()
  })
})
