import { describe, expect, test } from 'vitest'
import { UNKNOWN_PERIOD_MS } from '../../../core/alerts/heartbeats/expect.ts'
import type { CommitOutcome } from '../../../ports/journal.ts'
import { Watch } from './testing/watch.ts'

const MINUTE = 60_000

describe('a restart', () => {
  test('of ours pages nobody for our own absence', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    await watch.switch.close()
    await watch.clock.pass(60 * MINUTE)
    watch.restart()
    await watch.clock.pass(2 * MINUTE - 1)
    expect(watch.told()).toEqual([])
    expect(watch.switch.status()).toMatchObject([{ state: 'well', periodMs: MINUTE }])
    await watch.clock.pass(1)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    await watch.switch.close()
  })

  test('by a crash loses neither the period nor who is missing, and tells it no second time', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    await watch.clock.pass(5 * MINUTE)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    watch.clock.boot = 'next'
    watch.restart()
    await watch.clock.pass(60 * MINUTE)
    expect(watch.told()).toHaveLength(1)
    expect(watch.switch.status()).toMatchObject([{ state: 'missing', periodMs: MINUTE }])
    watch.beat('site')
    await watch.clock.settle()
    expect(watch.told().at(-1)).toBe('resolved HeartbeatMissing site')
    expect(watch.emitted[1]?.startsMs).toBe(watch.emitted[0]?.startsMs)
    await watch.switch.close()
  })

  test('in a loop does not put off for ever that somebody was never heard of', async () => {
    const watch = new Watch({ name: 'site' })
    for (let start = 0; start < 3; start += 1) {
      await watch.clock.pass(UNKNOWN_PERIOD_MS)
      watch.restart()
    }
    await watch.clock.pass(UNKNOWN_PERIOD_MS)
    expect(watch.told()).toContain('firing HeartbeatMissing site')
    await watch.switch.close()
  })

  test('hands over what the last process decided and could not', async () => {
    const watch = new Watch({ name: 'site' })
    watch.accepts = async () => ({ ok: false, code: 'full', sentence: 'the disk is full' })
    await watch.beats('site', 10, MINUTE)
    await watch.clock.pass(5 * MINUTE)
    watch.beat('site')
    await watch.clock.pass(MINUTE)
    expect(watch.told()).toEqual([])
    watch.accepts = async () => ({ ok: true })
    watch.restart()
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatMissing site', 'resolved HeartbeatMissing site'])
    watch.restart()
    await watch.clock.settle()
    expect(watch.told()).toHaveLength(2)
    await watch.switch.close()
  })

  test('with rows of another form begins anew', async () => {
    const watch = new Watch({ name: 'site' })
    for (const value of [1, null, [], { name: 'site' }, { name: 'other', since: {}, intervalsMs: [], owed: [] }]) {
      watch.disk.put('site', value)
      watch.restart()
      expect(watch.switch.status()).toMatchObject([{ name: 'site', state: 'waiting' }])
      await watch.switch.close()
    }
  })
})

describe('a disk that takes nothing', () => {
  test('is given what it owes as soon as it takes something', async () => {
    const watch = new Watch({ name: 'site' })
    watch.disk.writable = false
    watch.beat('site', { well: false, reasons: ['x'] })
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll site'])
    watch.disk.writable = true
    await watch.clock.pass(MINUTE)
    watch.restart()
    expect(watch.switch.status()).toMatchObject([{ state: 'ill' }])
    await watch.switch.close()
  })

  test('costs no alert', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    watch.disk.writable = false
    watch.accepts = async () => ({ ok: false, code: 'full', sentence: 'the disk is full' })
    await watch.clock.pass(30 * MINUTE)
    expect(watch.told()).toEqual([])
    expect(watch.switch.status()).toMatchObject([{ state: 'missing' }])
    watch.disk.writable = true
    watch.accepts = async () => ({ ok: true })
    await watch.clock.pass(MINUTE)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    await watch.switch.close()
  })

  test('nor does a hand-over that breaks, or that does not end while more is decided', async () => {
    const watch = new Watch({ name: 'a' }, { name: 'b' })
    let take: (outcome: CommitOutcome) => void = () => {}
    watch.accepts = () => new Promise((resolve) => (take = resolve))
    watch.beat('a', { well: false, reasons: ['x'] })
    await watch.clock.settle()
    watch.beat('b', { well: false, reasons: ['y'] })
    watch.accepts = async () => ({ ok: true })
    take({ ok: true })
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll a', 'firing HeartbeatIll b'])
    watch.accepts = async () => {
      throw new TypeError('a mistake')
    }
    watch.beat('a')
    await watch.clock.settle()
    watch.accepts = async () => ({ ok: true })
    await watch.clock.pass(MINUTE)
    expect(watch.told().at(-1)).toBe('resolved HeartbeatIll a')
    await watch.switch.close()
  })
})
