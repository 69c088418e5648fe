import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../core/alerts/fingerprint.ts'
import { type Expectation, NEVER_SEEN_MS } from '../../../core/alerts/heartbeats/expect.ts'
import type { AlertUpdate } from '../../../core/alerts/types.ts'
import { Watch } from './testing/watch.ts'

const MINUTE = 60_000
const WELL = { well: true, reasons: [] }

function alertOf(labels: Record<string, string>, more: Partial<AlertUpdate> = {}): AlertUpdate {
  return {
    kind: 'alert',
    source: 'alertmanager',
    status: 'firing',
    fingerprint: fingerprintOf(labels),
    labels,
    annotations: {},
    severity: 'info',
    startsMs: 0,
    ...more,
  }
}

describe('a sender', () => {
  test('that falls silent is told, and again when it is back', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    expect(watch.switch.status()).toMatchObject([{ name: 'site', state: 'well', periodMs: MINUTE }])
    await watch.clock.pass(2 * MINUTE - 1)
    expect(watch.told()).toEqual([])
    await watch.clock.pass(1)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    expect(watch.switch.status()).toMatchObject([{ state: 'missing' }])
    await watch.clock.pass(24 * 60 * MINUTE)
    watch.beat('site')
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatMissing site', 'resolved HeartbeatMissing site'])
    expect(watch.changes).toEqual(['site waiting', 'site well', 'site missing', 'site well'])
    await watch.switch.close()
  })

  test('that is ill is told at once', async () => {
    const watch = new Watch({ name: 'site', severity: 'warning' })
    expect(watch.beat('site', { well: false, reasons: ['The outbox is stuck.'] })).toEqual({
      ok: true,
      code: 'taken',
      sentence: 'The sign of life of site was taken.',
    })
    await watch.clock.settle()
    expect(watch.emitted).toMatchObject([
      { status: 'firing', severity: 'warning', labels: { alertname: 'HeartbeatIll', severity: 'warning' } },
    ])
    watch.beat('site')
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll site', 'resolved HeartbeatIll site'])
    await watch.switch.close()
  })

  test('that nobody expects is not known', async () => {
    const watch = new Watch({ name: 'site' })
    expect(watch.beat('other')).toBeUndefined()
    expect(watch.switch.status()).toHaveLength(1)
    await watch.switch.close()
  })

  test('does not keep the others: each has its own time', async () => {
    const watch = new Watch({ name: 'a', everyMs: MINUTE }, { name: 'b', everyMs: 10 * MINUTE }, { name: 'c' })
    watch.beat('a')
    watch.beat('b')
    await watch.clock.pass(NEVER_SEEN_MS)
    expect(watch.told()).toEqual([
      'firing HeartbeatMissing a',
      'firing HeartbeatMissing b',
      'firing HeartbeatMissing c',
    ])
    expect(watch.emitted[2]?.annotations.summary).toBe('c was never heard of')
    await watch.switch.close()
  })
})

describe("Alertmanager's Watchdog", () => {
  const expectation: Expectation = { name: 'prometheus', alertMatchers: ['alertname=Watchdog', 'cluster=~"a|b"'] }
  const WATCHDOG = { alertname: 'Watchdog', cluster: 'a' }
  const take = (watch: Watch, update: AlertUpdate) => watch.switch.takesAlert(update, watch.clock.now().wallMs)

  test('is a sign of life, and no alert', async () => {
    const watch = new Watch(expectation)
    expect(take(watch, alertOf(WATCHDOG))).toBe(true)
    expect(take(watch, alertOf({ ...WATCHDOG, cluster: 'c' }))).toBe(false)
    expect(take(watch, alertOf({ alertname: 'HostDown' }))).toBe(false)
    expect(take(watch, alertOf(WATCHDOG, { source: 'own' }))).toBe(false)
    expect(watch.switch.status()).toMatchObject([{ state: 'well' }])
    await watch.clock.settle()
    expect(watch.emitted).toEqual([])
    await watch.switch.close()
  })

  test('from two replicas, at every second group interval, is missed in its own time', async () => {
    const watch = new Watch(expectation)
    for (let beat = 0; beat < 6; beat += 1) {
      take(watch, alertOf(WATCHDOG))
      await watch.clock.pass(15_000)
      take(watch, alertOf(WATCHDOG))
      await watch.clock.pass(10 * MINUTE - 15_000)
    }
    expect(watch.switch.status()[0]?.periodMs).toBe(10 * MINUTE)
    await watch.clock.pass(20 * MINUTE)
    expect(watch.told()).toEqual([])
    await watch.clock.pass(MINUTE)
    expect(watch.told()).toEqual(['firing HeartbeatMissing prometheus'])
    await watch.switch.close()
  })

  test('that is resolved means that Prometheus has stopped', async () => {
    const watch = new Watch(expectation)
    take(watch, alertOf(WATCHDOG))
    expect(take(watch, alertOf(WATCHDOG, { status: 'resolved' }))).toBe(true)
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll prometheus'])
    expect(watch.emitted[0]?.annotations.description).toContain('its Prometheus has stopped')
    take(watch, alertOf(WATCHDOG))
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll prometheus', 'resolved HeartbeatIll prometheus'])
    await watch.switch.close()
  })

  test('is not taken by half a matcher', async () => {
    const watch = new Watch({ name: 'prometheus', alertMatchers: ['alertname=Watchdog', 'cluster=~"("'] })
    expect(take(watch, alertOf(WATCHDOG))).toBe(false)
    await watch.switch.close()
  })
})

describe('clocks', () => {
  test.each([-86_400_000, 86_400_000])(
    'a wall clock that is set by %i ms pages nobody and hides nobody',
    async (byMs) => {
      const watch = new Watch({ name: 'site' })
      await watch.beats('site', 10, MINUTE)
      watch.clock.aheadMs = byMs
      await watch.beats('site', 10, MINUTE)
      expect(watch.told()).toEqual([])
      expect(watch.switch.status()).toMatchObject([{ periodMs: MINUTE }])
      await watch.clock.pass(2 * MINUTE)
      expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
      await watch.switch.close()
    },
  )

  test('a process that stood still gives everybody a period', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    await watch.clock.standStill(60 * MINUTE)
    expect(watch.told()).toEqual([])
    await watch.beats('site', 10, MINUTE)
    expect(watch.told()).toEqual([])
    expect(watch.switch.status()).toMatchObject([{ periodMs: MINUTE }])
    await watch.clock.standStill(60 * MINUTE)
    await watch.clock.pass(2 * MINUTE)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    await watch.switch.close()
  })

  test('even for less than what is allowed: the beats of that time are lost', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    await watch.clock.standStill(100_000)
    await watch.clock.pass(100_000)
    expect(watch.told()).toEqual([])
    await watch.clock.pass(20_000)
    expect(watch.told()).toEqual(['firing HeartbeatMissing site'])
    await watch.switch.close()
  })

  test('a sign of life that waited in the inbox over a restart counts from when it came', async () => {
    const watch = new Watch({ name: 'site' })
    await watch.beats('site', 10, MINUTE)
    const cameMs = watch.clock.now().wallMs
    await watch.clock.pass(30_000)
    watch.switch.take('site', WELL, cameMs)
    expect(watch.switch.status()).toMatchObject([{ lastMs: cameMs }])
    await watch.switch.close()
  })
})

test('our own absences are never learned as the period of a sender, however many they are', async () => {
  const watch = new Watch({ name: 'site' })
  await watch.beats('site', 10, MINUTE)
  for (let time = 0; time < 25; time += 1) {
    watch.beat('site')
    await watch.clock.standStill(150_000)
    watch.beat('site')
    await watch.clock.pass(100_000)
    watch.restart()
  }
  expect(watch.switch.status()).toMatchObject([{ periodMs: MINUTE }])
  await watch.switch.close()
})

describe('a reload', () => {
  test('ends what fires about a sender that is expected no more, and forgets it', async () => {
    const watch = new Watch({ name: 'a' }, { name: 'b' })
    watch.beat('a', { well: false, reasons: ['x'] })
    watch.beat('b')
    await watch.clock.settle()
    watch.switch.reconfigure([{ name: 'b' }, { name: 'c' }])
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll a', 'resolved HeartbeatIll a'])
    expect(watch.switch.status().map(({ name, state }) => [name, state])).toEqual([
      ['b', 'well'],
      ['c', 'waiting'],
    ])
    expect(watch.disk.keys()).toEqual(['heartbeat/b', 'heartbeat/c'])
    expect(watch.beat('a')).toBeUndefined()
    await watch.switch.close()
  })

  test('while the process was down, too', async () => {
    const watch = new Watch({ name: 'a' })
    watch.beat('a', { well: false, reasons: ['x'] })
    await watch.clock.settle()
    await watch.switch.close()
    watch.restart([])
    await watch.clock.settle()
    expect(watch.told()).toEqual(['firing HeartbeatIll a', 'resolved HeartbeatIll a'])
    expect(watch.disk.keys()).toEqual([])
    await watch.switch.close()
  })
})

test('signs of life are written down now and then, not each of them', async () => {
  const watch = new Watch({ name: 'site' })
  const before = watch.disk.writes
  await watch.beats('site', 600, 1_000)
  expect(watch.disk.writes - before).toBeLessThanOrEqual(61)
  expect(watch.disk.writes - before).toBeGreaterThan(30)
  await watch.switch.close()
})

test('after its end it says and does nothing more', async () => {
  const watch = new Watch({ name: 'site' })
  await watch.beats('site', 10, MINUTE)
  await watch.switch.close()
  const { writes } = watch.disk
  await watch.clock.pass(24 * 60 * MINUTE)
  watch.beat('site', { well: false, reasons: ['x'] })
  await watch.clock.settle()
  expect(watch.emitted).toEqual([])
  expect(watch.disk.writes).toBe(writes)
})
