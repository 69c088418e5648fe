import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { alertUpdate, HOUR, MINUTE } from '../testing/alert-samples.ts'

const SILENCE = { matchers: ['host=pve1'], forMs: 2 * HOUR, by: 'anna', comment: 'a new disk' }
const on = (host: string) => ({ labels: { host } })

describe('a silence', () => {
  test('mutes what comes, and what still fires at its end is told then', async () => {
    const bench = await new AlertBench().start()
    expect(bench.path.silence(SILENCE)).toMatchObject({ ok: true, code: 'silenced', id: 1 })
    await bench.take(
      alertUpdate('HostDown', on('pve1')),
      alertUpdate('Disk', on('pve1')),
      alertUpdate('Disk', on('pve2')),
    )
    await bench.take(alertUpdate('HostDown', { ...on('pve1'), status: 'resolved' }))
    await bench.pass(HOUR)
    expect(bench.channel('chat').alerts.map(({ labels }) => labels.host)).toEqual(['pve2'])
    expect(bench.incident('HostDown')).toMatchObject({ status: 'resolved', told: false })
    await bench.pass(HOUR + MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing Disk', 'firing Disk'])
    expect(bench.channel('chat').alerts.at(-1)?.labels.host).toBe('pve1')
    expect(bench.story('Disk')).toContain('fired: Disk fires')
    await bench.stop()
  })

  test('mutes what fires already; that is told again when it ends', async () => {
    const bench = await new AlertBench({ policy: { remindEveryMs: 30 * MINUTE } }).start()
    await bench.take(alertUpdate('HostDown', { ...on('pve1'), startsMs: bench.wallMs }))
    const { id = 0 } = bench.path.silence(SILENCE)
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    expect(bench.incident('HostDown').muted).toMatchObject({ by: 'silence', id })
    expect(bench.path.endSilence(id, 'anna')).toMatchObject({ ok: true, code: 'silence-ended' })
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'reminder HostDown'])
    expect(bench.incident('HostDown').muted).toBeUndefined()
    expect(bench.path.endSilence(id, 'anna')).toMatchObject({ ok: false, code: 'unknown-silence' })
    await bench.stop()
  })

  test('that comes while an alert waits for its group keeps it back', async () => {
    const bench = await new AlertBench({ policy: { groupWaitMs: 30_000 } }).start()
    await bench.take(alertUpdate('HostDown', on('pve1')))
    bench.path.silence(SILENCE)
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual([])
    await bench.pass(2 * HOUR)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('keeps back even an emergency, and nothing of an end that was not told', async () => {
    const bench = await new AlertBench().start()
    bench.path.silence({ ...SILENCE, matchers: ['severity=emergency'] })
    await bench.take(alertUpdate('OutletNotOn', { severity: 'emergency' }))
    await bench.take(alertUpdate('OutletNotOn', { severity: 'emergency', status: 'resolved' }))
    await bench.pass(3 * HOUR)
    expect(bench.channel('chat').told).toEqual([])
    await bench.stop()
  })

  test('outlives a restart, and what it muted is told though it ended meanwhile', async () => {
    const bench = await new AlertBench().start()
    bench.path.silence(SILENCE)
    await bench.take(alertUpdate('HostDown', on('pve1')))
    await bench.stop()
    await bench.pass(3 * HOUR)
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(MINUTE)
    expect(next.channel('chat').told).toEqual(['firing HostDown'])
    await next.stop()
  })

  test.each([
    [{ matchers: [] }, 'invalid-matcher'],
    [{ matchers: ['host'] }, 'invalid-matcher'],
    [{ forMs: 0 }, 'invalid-time'],
    [{ forMs: Number.NaN }, 'invalid-time'],
    [{ forMs: 4e10 }, 'invalid-time'],
  ])('that makes no sense is refused: %j', async (more, code) => {
    const bench = await new AlertBench().start()
    expect(bench.path.silence({ ...SILENCE, ...more })).toMatchObject({ ok: false, code })
    expect(bench.path.silences()).toEqual([])
    await bench.stop()
  })

  test('of too many matchers is refused', async () => {
    const bench = await new AlertBench().start()
    const matchers = Array.from({ length: 51 }, () => 'host=a')
    expect(bench.path.silence({ ...SILENCE, matchers })).toMatchObject({ ok: false, code: 'invalid-matcher' })
    await bench.stop()
  })

  test('is listed until it ends', async () => {
    const bench = await new AlertBench().start()
    bench.path.silence(SILENCE)
    expect(bench.path.silences()).toMatchObject([{ id: 1, by: 'anna', endsMs: bench.wallMs + 2 * HOUR }])
    await bench.pass(2 * HOUR + 1)
    expect(bench.path.silences()).toEqual([])
    await bench.stop()
  })
})

describe('a dead host', () => {
  const policy = {
    groupWaitMs: 30_000,
    inhibitions: [
      { source: ['alertname=HostDown'], target: ['alertname!=HostDown'], equal: ['host'] },
      { source: ['alertname=GuestDown'], target: ['alertname=ServiceDown'], equal: ['guest'] },
    ],
  }
  const guest = alertUpdate('GuestDown', { labels: { host: 'pve1', guest: '100' } })
  const service = alertUpdate('ServiceDown', { labels: { guest: '100' } })

  test('folds its guests and their services, and counts them', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(alertUpdate('HostDown', on('pve1')), guest, service)
    await bench.pass(MINUTE)
    expect(bench.channel('chat').alerts).toMatchObject([{ labels: { alertname: 'HostDown' }, folded: 2 }])
    expect(bench.incident('ServiceDown').muted).toMatchObject({ by: 'inhibition', id: bench.incident('HostDown').id })
    expect(bench.story('GuestDown')).toContain('muted: It is folded into another alert: HostDown fires.')
    await bench.stop()
  })

  test('that is noticed after its guests, while they wait for their group, folds them too', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(guest)
    await bench.pass(10_000)
    await bench.take(alertUpdate('HostDown', on('pve1')))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('that lives again gives back what still fires', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(alertUpdate('HostDown', on('pve1')), guest, alertUpdate('Disk', on('pve1')))
    await bench.pass(MINUTE)
    await bench.take(alertUpdate('Disk', { ...on('pve1'), status: 'resolved' }))
    await bench.take(alertUpdate('HostDown', { ...on('pve1'), status: 'resolved' }))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'firing GuestDown', 'resolved HostDown'])
    await bench.stop()
  })

  test('folds what was told before: no reminder, but its end', async () => {
    const bench = await new AlertBench({ policy: { ...policy, remindEveryMs: HOUR } }).start()
    await bench.take({ ...guest, startsMs: bench.wallMs })
    await bench.pass(MINUTE)
    await bench.take(alertUpdate('HostDown', { ...on('pve1'), startsMs: bench.wallMs }))
    await bench.pass(100 * MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing GuestDown', 'firing HostDown', 'reminder HostDown'])
    await bench.take({ ...guest, status: 'resolved' })
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told.at(-1)).toBe('resolved GuestDown')
    await bench.stop()
  })

  test('folds no emergency and no other host', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(
      alertUpdate('HostDown', on('pve1')),
      alertUpdate('OutletNotOn', { ...on('pve1'), severity: 'emergency' }),
      alertUpdate('Disk', on('pve2')),
    )
    await bench.pass(MINUTE)
    expect([...bench.channel('chat').told].sort()).toEqual(['firing Disk', 'firing HostDown', 'firing OutletNotOn'])
    await bench.stop()
  })

  test('never silences one that silences it', async () => {
    const circle = [
      { source: ['alertname=A'], target: ['alertname=B'], equal: [] },
      { source: ['alertname=B'], target: ['alertname=A'], equal: [] },
    ]
    const bench = await new AlertBench({ policy: { inhibitions: circle } }).start()
    await bench.take(alertUpdate('A'), alertUpdate('B'))
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing A'])
    await bench.stop()
  })

  test('is known as such after a restart', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(alertUpdate('HostDown', on('pve1')))
    await bench.stop()
    const next = await new AlertBench({ policy, store: bench.store, clock: bench.clock }).start()
    await next.take(guest)
    await next.pass(MINUTE)
    expect(next.channel('chat').told).toEqual(['firing HostDown'])
    await next.stop()
  })
})

describe('quiet hours', () => {
  // The bench begins at 22:30 UTC of a day.
  const hours = { fromMinute: 22 * 60, toMinute: 7 * 60 }
  const morning = 8 * HOUR + 40 * MINUTE
  const warning = { severity: 'warning' as const }

  test('keep what is not critical for the morning, and tell it in one digest', async () => {
    const bench = await new AlertBench({ policy: { quietHours: hours, groupBy: [] } }).start()
    await bench.take(alertUpdate('Disk', { ...warning, startsMs: bench.wallMs }), alertUpdate('HostDown'))
    await bench.pass(HOUR)
    await bench.take(alertUpdate('Backup', warning), alertUpdate('Disk', { ...warning, status: 'resolved' }))
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.pass(morning - HOUR)
    const digest = bench.channel('chat').taken.at(-1)
    expect(digest).toMatchObject({ kind: 'digest', alerts: [{ event: 'resolved' }, { event: 'firing' }] })
    expect(digest?.late).toBeUndefined()
    expect(bench.channel('chat').taken).toHaveLength(2)
    await bench.stop()
  })

  test('do not hold back what gets critical, nor tell it as firing in the morning when it is over', async () => {
    const bench = await new AlertBench({ policy: { quietHours: hours } }).start()
    await bench.take(alertUpdate('Disk', warning))
    await bench.pass(HOUR)
    await bench.take(alertUpdate('Disk', { severity: 'critical' }))
    await bench.take(alertUpdate('Disk', { severity: 'critical', status: 'resolved' }))
    expect(bench.channel('chat').told).toEqual(['escalated Disk', 'resolved Disk'])
    await bench.pass(morning)
    expect(bench.channel('chat').told).toEqual(['escalated Disk', 'resolved Disk'])
    await bench.stop()
  })

  test('wait with reminders, too', async () => {
    const policy = { quietHours: hours, remindEveryMs: 2 * HOUR }
    const bench = await new AlertBench({ policy }).start()
    await bench.take(alertUpdate('Disk', { ...warning, startsMs: bench.wallMs }))
    await bench.pass(morning)
    expect(bench.channel('chat').told).toEqual(['firing Disk'])
    await bench.stop()
  })

  test('that last longer than was reckoned (the clocks were changed) are waited for', async () => {
    let shift = 0
    const minuteOfDay = (wallMs: number) => (Math.floor(wallMs / MINUTE) + shift) % 1_440
    const bench = await new AlertBench({ policy: { quietHours: hours }, minuteOfDay }).start()
    await bench.take(alertUpdate('Disk', warning))
    shift = 1_440 - 60
    await bench.pass(morning)
    expect(bench.channel('chat').told).toEqual([])
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing Disk'])
    await bench.stop()
  })
})
