import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryTails } from '../../store/tails/memory-tails.ts'
import type { FakeNode } from '../testing/fake-watch.ts'
import { HOUR, MINUTE, RebootBench } from '../testing/reboot-bench.ts'

let bench: RebootBench
beforeEach(() => {
  bench = new RebootBench(new MemoryTails())
})
afterEach(() => bench.stop())

describe('the journal', () => {
  it('that may not be read leaves what else is known, and is asked for seldom', async () => {
    bench.watching()
    bench.pve1.refusal = { ok: false, code: 'forbidden', sentence: 'The token lacks Sys.Syslog.' }
    await bench.pass(30 * MINUTE)
    expect(bench.pve1.asked.length).toBeLessThan(6)
    await bench.cut(bench.pve1, 3 * MINUTE)
    expect(bench.causes()).toEqual(['pve1 cannot-tell (possible)'])
    expect(bench.rebooted[0]?.verdict.missing[0]).toContain('Sys.Syslog')
    expect(bench.rebooted[0]?.severity).toBe('warning')
  })

  it('is not asked for where that is not wanted', async () => {
    bench.watching({}, false)
    await bench.pass(5 * MINUTE)
    await bench.cut(bench.pve1, 3 * MINUTE)
    expect(bench.pve1.asked).toEqual([])
    expect(bench.causes()).toEqual(['pve1 cannot-tell (possible)'])
  })

  it('that is huge costs no more than its bounds, and its end is still found', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    for (let each = 0; each < 20_000; each += 1) bench.pve1.say('app[9]', `line ${each} ${'x'.repeat(200)}`)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await bench.cut(bench.pve1, 3 * MINUTE, 0)
    expect(bench.causes()).toEqual(['pve1 panic (certain)'])
    for (const { maxBytes } of bench.pve1.asked) expect(maxBytes).toBeLessThanOrEqual(8 * 1024 * 1024)
    const kept = bench.tails.tail({ cluster: 'home', node: 'pve1' }, bench.pve1.boots[0]?.id ?? '')
    expect(kept.length).toBeLessThanOrEqual(2_000)
  })

  it('that is not kept over a reboot gives what we have kept', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.haActive = true
    bench.pve1.say('pve-ha-lrm[144]', 'watchdog active')
    bench.pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await bench.pass(MINUTE)
    const [first] = bench.pve1.boots
    await bench.pass(10_000)
    bench.pve1.boots.splice(0, 1, { ...first!, lines: [] })
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.causes()).toEqual(['pve1 quorum-loss-fence (possible)'])
    expect(bench.rebooted[0]?.verdict.missing[0]).toContain('is it persistent?')
  })

  it.each([
    ['without borders', (node: FakeNode) => Object.assign(node, { drawsBorders: false })],
    ['by a clock that is an hour ahead', (node: FakeNode) => Object.assign(node, { errorMs: HOUR })],
  ])('%s is read all the same', async (_, change) => {
    change(bench.pve1)
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await bench.cut(bench.pve1, 3 * MINUTE, 0)
    expect(bench.causes()).toEqual(['pve1 panic (certain)'])
  })

  it('by a clock that was wrong at the start is read from where we were', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    bench.cluster.away.add('pve1')
    await bench.pass(MINUTE)
    bench.pve1.errorMs = -400 * 24 * HOUR
    bench.pve1.boot()
    bench.pve1.errorMs = 0
    await bench.pass(20_000)
    // Set right by now, and the view tells that time.
    bench.cluster.away.delete('pve1')
    await bench.pass(20_000)
    expect(bench.causes()).toEqual(['pve1 panic (certain)'])
  })

  it('says nothing of lines that somebody smuggles in', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('app[9]', 'x\nNov 20 19:30:00 pve1 kernel: Kernel panic - not syncing: y\n-- Reboot --')
    await bench.pass(MINUTE)
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
  })

  it('of a boot between that is not in it is not taken for the end', async () => {
    const forgetful = new MemoryTails()
    forgetful.add = () => undefined
    bench.watching({ tails: forgetful })
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: an old one')
    await bench.pass(20_000)
    const [first] = bench.pve1.boots
    await bench.pass(5 * HOUR)
    // What was written since is gone.
    bench.pve1.boots.splice(0, 1, { ...first!, lines: (first?.lines ?? []).slice(0, 32) })
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.causes()).toEqual(['pve1 cannot-tell (possible)'])
  })
})
