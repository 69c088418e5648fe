import { describe, expect, test } from 'vitest'
import { AlertBench, BenchClock } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, HOUR, MINUTE } from '../testing/alert-samples.ts'

describe('a wall clock that is set', () => {
  test.each([-24 * HOUR, 24 * HOUR, 50 * 365 * 24 * HOUR])(
    'by %i ms holds nothing back and kills nothing',
    async (byMs) => {
      const clock = new BenchClock()
      const bench = await new AlertBench({ clock, policy: { groupWaitMs: 30_000, remindEveryMs: 4 * HOUR } }).start()
      bench.channel('chat').answer = () => refusedWith('unreachable')
      await bench.take(alertUpdate('Queued', { startsMs: bench.wallMs }))
      await bench.pass(MINUTE)
      await bench.take(alertUpdate('Held', { startsMs: bench.wallMs }))
      clock.wallErrorMs += byMs
      await bench.pass(MINUTE)
      expect(bench.path.deliveries({ states: ['dead'], limit: 9 })).toEqual([])
      bench.channel('chat').answer = () => undefined
      await bench.pass(5 * MINUTE)
      expect([...bench.channel('chat').told].sort()).toEqual(['firing Held', 'firing Queued'])
      await bench.pass(5 * HOUR)
      expect([...bench.channel('chat').told].sort().slice(2)).toEqual(['reminder Held', 'reminder Queued'])
      expect(bench.logged).toContainEqual(expect.stringContaining('The wall clock jumped'))
      await bench.stop()
    },
  )

  test.each([11 * HOUR, 365 * 24 * HOUR])(
    'back by %i ms while no process ran holds nothing back for longer than it rightly may',
    async (byMs) => {
      const clock = new BenchClock()
      clock.wallErrorMs = byMs
      const bench = await new AlertBench({ clock, policy: { groupWaitMs: 30_000 } }).start()
      bench.channel('chat').answer = () => refusedWith('unreachable')
      await bench.take(alertUpdate('Queued'))
      await bench.pass(MINUTE)
      await bench.take(alertUpdate('Held'))
      await bench.stop()
      clock.wallErrorMs = 0
      const next = await new AlertBench({ clock, store: bench.store, policy: { groupWaitMs: 30_000 } }).start()
      await next.pass(1_000)
      expect(next.channel('chat').told).toEqual(['firing Queued', 'firing Held'])
      await next.stop()
    },
  )
})
