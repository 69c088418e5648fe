import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../fingerprint.ts'
import type { AlertUpdate, Incident, TimelineEntry } from '../types.ts'
import { hasRow, newIncident } from './step.ts'
import { takeUpdate } from './take-update.ts'

const NOW = 1_000_000
const labels = { alertname: 'HostDown', host: 'pve1' }
const update = (more: Partial<AlertUpdate> = {}): AlertUpdate => ({
  kind: 'alert',
  source: 'own',
  status: 'firing',
  fingerprint: fingerprintOf(labels),
  labels,
  annotations: { summary: 'pve1 is down' },
  severity: 'critical',
  startsMs: 500_000,
  ...more,
})
const incident = (more: Partial<Incident> = {}): Incident => ({
  ...newIncident(update(), 'firing', 500_000),
  id: 7,
  told: true,
  ...more,
})
const over = (more: Partial<Incident> = {}) => incident({ status: 'resolved', endsMs: 600_000, ...more })

type Known = {
  readonly firing?: Incident
  readonly last?: Incident
  readonly story?: readonly TimelineEntry[]
  readonly wasTold?: boolean
}

/** What comes of an update: `new`, or the id of the incident; its status; its events; its lines. */
function taken(what: AlertUpdate, { firing, last = firing, story = [], wasTold = false }: Known = {}) {
  return takeUpdate(what, { firing, last, story: () => story, wasTold: () => wasTold }, NOW).map((step) => ({
    of: hasRow(step.incident) ? step.incident.id : 'new',
    status: step.incident.status,
    startsMs: step.incident.startsMs,
    endsMs: step.incident.endsMs,
    events: step.events,
    lines: step.lines.map(({ kind, sentence }) => `${kind}: ${sentence}`),
    incident: step.incident,
  }))
}

describe('an alert that fires', () => {
  test('for the first time opens an incident', () => {
    const [step, ...others] = taken(update())
    expect(others).toEqual([])
    expect(step).toMatchObject({ of: 'new', status: 'firing', startsMs: 500_000, events: ['firing'] })
    expect(step?.lines).toEqual(['fired: pve1 is down'])
    expect(step?.incident).toMatchObject({ told: false, updatedMs: NOW, labels })
  })

  test('and fires again is the same, with what it says now', () => {
    const again = update({ annotations: { summary: 'pve1 is still down' }, link: 'https://example.org/' })
    const [step] = taken(again, { firing: incident() })
    expect(step).toMatchObject({ of: 7, events: [], lines: [], startsMs: 500_000 })
    expect(step?.incident).toMatchObject({ annotations: { summary: 'pve1 is still down' }, updatedMs: NOW })
    expect(step?.incident.link).toBe('https://example.org/')
  })

  test('since an earlier time than we knew is the same', () => {
    expect(taken(update({ startsMs: 400_000 }), { firing: incident() })).toMatchObject([{ of: 7, startsMs: 500_000 }])
  })

  test('and gets louder is told anew, and needs a word again', () => {
    const acknowledged = { by: 'anna', atMs: 1, comment: '' }
    const firing = incident({ severity: 'warning', acknowledged })
    const [step] = taken(update(), { firing })
    expect(step).toMatchObject({ of: 7, events: ['escalated'] })
    expect(step?.lines).toEqual([
      'escalated: It was warning and is critical now. It was acknowledged when it was quieter, so that it needs a word again.',
    ])
    expect(step?.incident.acknowledged).toBeUndefined()
    expect(step?.incident.severity).toBe('critical')
  })

  test('and gets quieter changes its messages only', () => {
    const [step] = taken(update({ severity: 'info' }), { firing: incident() })
    expect(step).toMatchObject({ events: ['update'], lines: ['changed: It was critical and is info now.'] })
  })

  test('anew ends the old, whose end was lost, and opens another', () => {
    const source = 'alertmanager'
    const [old, fresh] = taken(update({ source, startsMs: 700_000 }), { firing: incident({ source }) })
    expect(old).toMatchObject({ of: 7, status: 'resolved', endsMs: 700_000, events: ['resolved'] })
    expect(old?.lines[0]).toContain('Its end was not reported')
    expect(fresh).toMatchObject({ of: 'new', status: 'firing', startsMs: 700_000, events: ['firing'] })
  })

  test.each(['own', 'deadman', 'generic', 'proxmox'] as const)(
    'with another time (%s) was only sent again',
    (source) => {
      const steps = taken(update({ source, startsMs: 700_000 }), { firing: incident({ source }) })
      expect(steps).toMatchObject([{ of: 7, status: 'firing', startsMs: 500_000, events: [] }])
    },
  )

  test('after its end is a new incident', () => {
    expect(taken(update({ startsMs: 700_000 }), { last: over() })).toMatchObject([{ of: 'new', startsMs: 700_000 }])
  })

  test('after its end with the old begin is told all the same: it begins after that end', () => {
    expect(taken(update(), { last: over() })).toMatchObject([{ of: 'new', startsMs: 600_001, events: ['firing'] }])
  })

  test('and turns out to be ours is ours', () => {
    const [step] = taken(update(), { firing: incident({ source: 'alertmanager' }) })
    expect(step?.incident.source).toBe('own')
  })
})

describe('an alert that is over', () => {
  const ended = (more: Partial<AlertUpdate> = {}) => update({ status: 'resolved', endsMs: 800_000, ...more })

  test('ends its incident', () => {
    const [step] = taken(ended({ annotations: { runbook: 'x' } }), { firing: incident() })
    expect(step).toMatchObject({ of: 7, status: 'resolved', endsMs: 800_000, events: ['resolved'] })
    expect(step?.lines).toEqual(['resolved: It is over after 5 min.'])
    expect(step?.incident.annotations).toEqual({ summary: 'pve1 is down', runbook: 'x' })
  })

  test('without a time of its end is over now', () => {
    const { endsMs: _, ...rest } = ended()
    expect(taken(rest, { firing: incident() })).toMatchObject([{ endsMs: NOW }])
  })

  test('never ends before it began', () => {
    const firing = incident({ startsMs: 900_000 })
    expect(taken(ended({ startsMs: 900_000 }), { firing })).toMatchObject([{ status: 'resolved', endsMs: 900_000 }])
  })

  test('but long before it fired anew says nothing of that', () => {
    const late = ended({ source: 'alertmanager', endsMs: 600_000 })
    expect(taken(late, { firing: incident({ source: 'alertmanager', startsMs: 700_000 }) })).toEqual([])
  })

  test('comes in its order where it is decided here, though the clock was set back', () => {
    expect(taken(ended({ endsMs: 600_000 }), { firing: incident({ startsMs: 700_000 }) })).toMatchObject([
      { of: 7, status: 'resolved', endsMs: 700_000, events: ['resolved'] },
    ])
  })

  test('a second time is no news', () => {
    expect(taken(ended(), { last: over() })).toEqual([])
    expect(taken(ended({ startsMs: 500_000, endsMs: 900_000 }), { last: over() })).toEqual([])
  })

  test('and was never known is told whole', () => {
    const [step] = taken(ended())
    expect(step).toMatchObject({ of: 'new', status: 'resolved', endsMs: 800_000, events: ['firing', 'resolved'] })
    expect(step?.lines).toEqual(['fired: pve1 is down', 'resolved: It is over after 5 min.'])
  })

  test('and fired unseen after the last end is told whole', () => {
    expect(taken(ended({ startsMs: 700_000 }), { last: over() })).toMatchObject([
      { of: 'new', startsMs: 700_000, endsMs: 800_000, events: ['firing', 'resolved'] },
    ])
  })

  test('without a begin of its own, after its end, is said again and again by some: no news', () => {
    expect(taken(ended({ startsMs: 800_000 }), { last: over() })).toEqual([])
    expect(taken(ended({ startsMs: 800_000 }))).toMatchObject([{ events: ['firing', 'resolved'] }])
  })
})

describe('a notice', () => {
  const notice = update({ status: 'notice' })

  test('is told once', () => {
    const [step] = taken(notice)
    expect(step).toMatchObject({ of: 'new', status: 'notice', events: ['notice'], lines: ['fired: pve1 is down'] })
    const last = incident({ status: 'notice' })
    expect(taken(notice, { last })).toEqual([])
    expect(taken({ ...notice, startsMs: 600_000 }, { last })).toMatchObject([{ of: 'new' }])
    // Sent again by one who did not hear our answer, after another.
    expect(taken({ ...notice, startsMs: 400_000 }, { last, wasTold: true })).toEqual([])
    expect(taken({ ...notice, startsMs: 400_000 }, { last })).toMatchObject([{ of: 'new' }])
  })

  test('does not touch what fires', () => {
    expect(taken(notice, { firing: incident() })).toMatchObject([{ of: 'new', status: 'notice' }])
  })
})

describe('an alert of ours that comes back by Alertmanager', () => {
  const back = update({ source: 'alertmanager' })

  test('is no second incident, and is offered to those who do not have it', () => {
    const [step, ...others] = taken(back, { firing: incident() })
    expect(others).toEqual([])
    expect(step).toMatchObject({ of: 7, events: ['firing'], lines: ['note: It came back by Alertmanager.'] })
    expect(step?.incident).toEqual(incident())
  })

  test('is noted once', () => {
    const story = [{ incident: 7, atMs: 1, kind: 'note' as const, sentence: 'It came back by Alertmanager.' }]
    expect(taken(back, { firing: incident(), story })).toMatchObject([{ lines: [] }])
  })

  test('as over does not end it: Alertmanager only lost sight of it', () => {
    const steps = taken({ ...back, status: 'resolved', endsMs: 800_000 }, { firing: incident() })
    expect(steps).toMatchObject([{ of: 7, status: 'firing', events: [] }])
  })

  test('as firing after its end is not told: an end comes last', () => {
    expect(taken(back, { last: over() })).toMatchObject([{ status: 'resolved', events: [] }])
    const ended = { ...back, status: 'resolved' as const, endsMs: 600_000 }
    expect(taken(ended, { last: over() })).toMatchObject([{ events: ['resolved'] }])
  })
})
