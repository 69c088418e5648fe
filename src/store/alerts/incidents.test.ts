import { beforeEach, describe, expect, test } from 'vitest'
import type { Incident } from '../../core/alerts/types.ts'
import type { AlertRows, Fresh } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { alertsInMemory, incident, within } from './samples.ts'

let alerts: SqliteAlertStore
beforeEach(() => {
  alerts = alertsInMemory().alerts
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
const insert = (...some: Fresh<Incident>[]) => rows((all) => some.map((one) => all.insertIncident(one)))
const ids = (some: readonly Incident[]) => some.map(({ id }) => id)

const FULL: Fresh<Incident> = {
  fingerprint: 'f',
  source: 'own',
  status: 'firing',
  severity: 'emergency',
  labels: JSON.parse('{"alertname":"OutletStuck","host":"pve1","__proto__":"x","a\\"b":"c\\u0000"}'),
  annotations: { summary: '🦫' },
  link: 'https://example.test',
  extra: { more: [1, { a: null }] },
  startsMs: 1.5,
  endsMs: 2.5,
  updatedMs: 3,
  acknowledged: { by: 'anna', atMs: 4, comment: '' },
  muted: { by: 'inhibition', id: 9, sinceMs: 5 },
  told: true,
  remindAtMs: 6,
}

describe('an incident', () => {
  test('is read back as it was written, with every field and with none', () => {
    const [full, bare] = insert(FULL, incident('bare'))
    expect([full, bare]).toEqual([
      { ...FULL, id: 1 },
      { ...incident('bare'), id: 2 },
    ])
    expect(rows((all) => all.incidents([1, 2]))).toEqual([full, bare])
    expect(Object.keys(rows((all) => all.incidents([2]))[0] ?? {})).not.toContain('endsMs')
  })

  test('is changed whole: a field that is gone is gone', () => {
    const [full] = insert(FULL)
    const { id = 0 } = full ?? {}
    rows((all) => all.updateIncident({ ...incident('f'), id, status: 'resolved', endsMs: 7 }))
    expect(rows((all) => all.incidents([id]))).toEqual([{ ...incident('f'), id, status: 'resolved', endsMs: 7 }])
  })

  test('one that is not there is not changed, and not made', () => {
    rows((all) => all.updateIncident({ ...incident('f'), id: 5 }))
    expect(rows((all) => all.incidents([5]))).toEqual([])
  })
})

describe('of a fingerprint', () => {
  test('at most one fires', () => {
    insert(incident('f'))
    expect(alerts.transact((all) => all.insertIncident(incident('f')))).toMatchObject({ ok: false, code: 'invalid' })
    rows((all) => {
      const firing = all.firingIncident('f') as Incident
      all.updateIncident({ ...firing, status: 'resolved' })
      expect(all.firingIncident('f')).toBeUndefined()
      all.insertIncident(incident('f'))
    })
    expect(rows((all) => all.firingIncident('f'))?.id).toBe(2)
    expect(alerts.transact((all) => all.updateIncident({ ...incident('f'), id: 1 }))).toMatchObject({ ok: false })
  })

  test('the newest is the last, whatever became of it', () => {
    insert(incident('f', { status: 'resolved' }), incident('f'), incident('g'), incident('f', { status: 'notice' }))
    expect(rows((all) => all.lastIncident('f'))?.id).toBe(4)
    expect(rows((all) => all.firingIncident('f'))?.id).toBe(2)
    expect(rows((all) => all.lastIncident('unknown'))).toBeUndefined()
  })
})

describe('those that', () => {
  test('fire, a page at a time', () => {
    insert(incident('a'), incident('b', { status: 'resolved' }), incident('c'), incident('d'))
    expect(ids(rows((all) => all.firingIncidents(0, 2)))).toEqual([1, 3])
    expect(ids(rows((all) => all.firingIncidents(3, 2)))).toEqual([4])
    expect(ids(rows((all) => all.firingIncidents(0, 0)))).toEqual([])
    expect(ids(rows((all) => all.firingIncidents(0, -1)))).toEqual([])
    expect(ids(rows((all) => all.firingIncidents(0, Number.POSITIVE_INFINITY)))).toEqual([1, 3, 4])
  })

  test('are ours and about a host, a device, or either', () => {
    const about = (fingerprint: string, labels: Record<string, string>, more: Partial<Incident> = {}) =>
      incident(fingerprint, { source: 'own', labels: { alertname: fingerprint, ...labels }, ...more })
    insert(
      about('a', { host: 'pve1' }),
      about('b', { host: 'pve2', device: 'strip' }),
      about('c', { device: 'strip', host: 'pve1' }),
      about('d', { host: 'pve1' }, { source: 'alertmanager' }),
      about('e', { host: 'pve1' }, { status: 'resolved' }),
    )
    const found = (of: { host?: string; device?: string }) => ids(rows((all) => all.ownIncidentsAbout(of)))
    expect(found({ host: 'pve1' })).toEqual([1, 3])
    expect(found({ device: 'strip' })).toEqual([2, 3])
    expect(found({ host: 'pve1', device: 'strip' })).toEqual([1, 2, 3])
    expect(found({ host: 'pve9' })).toEqual([])
    expect(found({})).toEqual([])
    rows((all) => all.updateIncident({ ...about('a', { host: 'pve3' }), id: 1 }))
    expect(found({ host: 'pve3' })).toEqual([1])
  })

  test('are muted while they fire; and how many fold into one', () => {
    const by = (kind: 'silence' | 'inhibition', id: number) => ({ muted: { by: kind, id, sinceMs: 1 } })
    insert(
      incident('host'),
      incident('a', by('inhibition', 1)),
      incident('b', by('silence', 1)),
      incident('c', { ...by('inhibition', 1), status: 'resolved' }),
      incident('d', by('inhibition', 1)),
    )
    expect(ids(rows((all) => all.mutedIncidents(0, 10)))).toEqual([2, 3, 5])
    expect(ids(rows((all) => all.mutedIncidents(2, 1)))).toEqual([3])
    expect(rows((all) => [all.foldedInto(1), all.foldedInto(2)])).toEqual([2, 0])
  })

  test('are to be told again: firing, told, not acknowledged, not muted, due; the one that waited longest first', () => {
    const due = { told: true, remindAtMs: 100 }
    insert(
      incident('a', { ...due, remindAtMs: 90 }),
      incident('b', due),
      incident('c', { ...due, told: false }),
      incident('d', { ...due, status: 'resolved' }),
      incident('e', { ...due, acknowledged: { by: 'x', atMs: 1, comment: '' } }),
      incident('f', { ...due, muted: { by: 'silence', id: 1, sinceMs: 1 } }),
      incident('g', { ...due, remindAtMs: 101 }),
      incident('h', { told: true }),
      incident('i', { ...due, remindAtMs: 80 }),
    )
    expect(ids(rows((all) => all.remindersDue(100, 10)))).toEqual([9, 1, 2])
    expect(ids(rows((all) => all.remindersDue(100, 1)))).toEqual([9])
    expect(ids(rows((all) => all.remindersDue(79, 10)))).toEqual([])
  })

  test('are listed, newest first, by status and by page', () => {
    insert(incident('a'), incident('b', { status: 'resolved' }), incident('c'), incident('d', { status: 'notice' }))
    const listed = (query: Parameters<typeof alerts.listIncidents>[0]) => ids(alerts.listIncidents(query))
    expect(listed({ limit: 10 })).toEqual([4, 3, 2, 1])
    expect(listed({ limit: 2, beforeId: 4 })).toEqual([3, 2])
    expect(listed({ status: 'firing', limit: 10 })).toEqual([3, 1])
    expect(listed({ status: 'firing', limit: 10, beforeId: 3 })).toEqual([1])
    expect(listed({ status: 'notice', limit: 0 })).toEqual([])
  })
})

describe('the timeline', () => {
  const line = (of: number, sentence: string) => ({ incident: of, atMs: 1.5, kind: 'note', sentence }) as const

  test('gives the newest lines, oldest first, of one incident', () => {
    rows((all) => {
      all.addTimeline([line(1, 'a'), line(2, 'other'), { ...line(1, 'b'), kind: 'sent' }])
      all.addTimeline([line(1, 'c')])
      all.addTimeline([])
    })
    expect(rows((all) => all.timeline(1, 10))).toEqual([line(1, 'a'), { ...line(1, 'b'), kind: 'sent' }, line(1, 'c')])
    expect(rows((all) => all.timeline(1, 2)).map(({ sentence }) => sentence)).toEqual(['b', 'c'])
    expect(rows((all) => all.timeline(3, 2))).toEqual([])
  })

  test('of an incident that never ends is bounded, and others keep theirs', () => {
    rows((all) => {
      all.addTimeline([line(2, 'mine')])
      for (let part = 0; part < 3; part += 1) {
        all.addTimeline(Array.from({ length: 500 }, (_, index) => line(1, `${part * 500 + index}`)))
      }
    })
    const kept = rows((all) => all.timeline(1, 10_000)).map(({ sentence }) => sentence)
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, '500', '1499'])
    expect(rows((all) => all.timeline(2, 10))).toHaveLength(1)
  })
})

describe('silences', () => {
  const silence = (endsMs: number, startsMs = 0) =>
    ({ matchers: ['host="pve1"', 'severity=~"a|b"'], startsMs, endsMs, by: 'anna', comment: 'backup' }) as const

  test('are those that have not ended, also those that have not begun', () => {
    const made = rows((all) => [100, 200, 300].map((endsMs) => all.insertSilence(silence(endsMs, 90))))
    expect(made[0]).toEqual({ ...silence(100, 90), id: 1 })
    expect(rows((all) => all.silences(50))).toEqual(made)
    expect(rows((all) => all.silences(99.5)).map(({ id }) => id)).toEqual([1, 2, 3])
    expect(rows((all) => all.silences(100)).map(({ id }) => id)).toEqual([2, 3])
    rows((all) => all.updateSilence({ ...silence(150), id: 3, comment: 'ended early' }))
    expect(rows((all) => all.silences(150)).map(({ id }) => id)).toEqual([2])
    expect(rows((all) => all.silences(120))[1]).toEqual({ ...silence(150), id: 3, comment: 'ended early' })
  })
})
