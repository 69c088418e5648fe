import { describe, expect, test } from 'vitest'
import type { AlertEventKind, Incident } from '../types.ts'
import { acknowledged } from './acknowledge.ts'
import { eventKey, eventOf } from './event-key.ts'
import { muted, reviewed, tellable, whyMuted } from './muting.ts'
import { nextReminderMs, toldNow } from './remind.ts'
import { descriptionOf, loudest, summaryOf } from './summary.ts'
import { takeNote } from './take-note.ts'

const NOW = 1_000_000
const incident = (more: Partial<Incident> = {}): Incident => ({
  id: 7,
  fingerprint: 'f',
  source: 'own',
  status: 'firing',
  severity: 'critical',
  labels: { alertname: 'HostDown', host: 'pve1' },
  annotations: {},
  startsMs: 100,
  updatedMs: 100,
  told: true,
  ...more,
})
const silence = { id: 3, matchers: ['host=pve1'], startsMs: 0, endsMs: 9e9, by: 'anna', comment: 'a new disk' }

describe('the key of an event', () => {
  const kinds: AlertEventKind[] = ['firing', 'resolved', 'notice', 'escalated', 'reminder', 'update']

  test('of a hook is that of the fact, for every relay that got it', () => {
    const hooked = incident({ source: 'alertmanager' })
    expect(eventKey(hooked, 'firing', 1)).toBe(eventKey({ ...hooked, id: 8 }, 'firing', 2))
    expect(kinds.map((kind) => eventKey(hooked, kind, 5))).toEqual([
      'f:firing:100',
      'f:resolved:100',
      'f:notice:100',
      'f:escalated:100:critical',
      'f:reminder:100:5',
      'f:update:100:5',
    ])
  })

  test('of what was decided here stays, though its begin is moved with the clock', () => {
    expect(kinds.map((kind) => eventKey(incident({ startsMs: 9_999 }), kind, 5))).toEqual([
      'f:firing:#7',
      'f:resolved:#7',
      'f:notice:#7',
      'f:escalated:#7:critical',
      'f:reminder:#7:5',
      'f:update:#7:5',
    ])
  })

  test('goes with its incident', () => {
    expect(eventOf(incident(), 'firing', 5)).toEqual({ incident: 7, kind: 'firing', atMs: 5, key: 'f:firing:#7' })
  })
})

describe('a summary', () => {
  test.each([
    [{ summary: ' pve1 is down ' }, {}, 'pve1 is down'],
    [{ title: 'pve1 is down' }, {}, 'pve1 is down'],
    [{ summary: '  ' }, { host: 'pve1' }, 'HostDown (pve1)'],
    [{}, { instance: 'pve1:9100', job: 'node' }, 'HostDown (pve1:9100)'],
    [{}, {}, 'HostDown'],
    [{}, { alertname: '' }, 'unnamed alert'],
  ])('of %j and %j is %s', (annotations, labels, expected) => {
    expect(summaryOf({ annotations, labels: { alertname: 'HostDown', ...labels } })).toBe(expected)
  })

  test('and a description may be missing', () => {
    expect(descriptionOf({ annotations: {}, labels: {} })).toBe('')
    expect(descriptionOf({ annotations: { message: 'x' }, labels: {} })).toBe('x')
  })
})

test('the loudest', () => {
  expect(loudest(['info', 'critical', 'warning'])).toBe('critical')
  expect(loudest(['critical', 'emergency'])).toBe('emergency')
  expect(loudest([])).toBe('info')
})

describe('muting', () => {
  const cause = { by: 'silence' as const, silence }

  test('is noted once, with who and why', () => {
    const step = reviewed(incident(), cause, NOW)
    expect(step).toMatchObject({ incident: { muted: { by: 'silence', id: 3, sinceMs: NOW } }, events: [] })
    expect(step?.lines).toEqual([{ kind: 'muted', sentence: 'It is silenced by anna (silence 3: a new disk).' }])
    expect(reviewed(step?.incident as Incident, cause, NOW + 1)).toBeUndefined()
    expect(reviewed(incident(), undefined, NOW)).toBeUndefined()
  })

  test('into another alert names it', () => {
    expect(whyMuted({ by: 'inhibition', source: incident() })).toBe('It is folded into another alert: HostDown (pve1).')
  })

  test('and its end tells what still fires: for the first time, or again', () => {
    const silenced = muted(incident({ told: false }), cause, NOW)
    expect(reviewed(silenced, undefined, NOW)).toMatchObject({ events: ['firing'] })
    expect(reviewed({ ...silenced, told: true }, undefined, NOW)).toMatchObject({ events: ['reminder'] })
    const known = { ...silenced, told: true, acknowledged: { by: 'anna', atMs: 1, comment: '' } }
    expect(reviewed(known, undefined, NOW)).toMatchObject({ events: [] })
    expect(reviewed(silenced, undefined, NOW)?.incident).not.toHaveProperty('muted')
  })

  test.each<[string, Partial<Incident>, AlertEventKind[], AlertEventKind[]]>([
    ['nothing keeps anything back', {}, ['firing', 'resolved', 'update'], ['firing', 'resolved', 'update']],
    [
      'silenced and never told',
      { told: false, muted: { by: 'silence', id: 3, sinceMs: 1 } },
      ['firing', 'resolved'],
      [],
    ],
    ['silenced after it was told', { muted: { by: 'silence', id: 3, sinceMs: 1 } }, ['resolved'], ['update']],
    ['folded after it was told', { muted: { by: 'inhibition', id: 3, sinceMs: 1 } }, ['resolved'], ['resolved']],
    ['louder while it is silenced', { muted: { by: 'silence', id: 3, sinceMs: 1 } }, ['escalated', 'reminder'], []],
    ['changed while it is folded', { muted: { by: 'inhibition', id: 3, sinceMs: 1 } }, ['update'], ['update']],
  ])('%s', (_, more, events, expected) => {
    expect(tellable(incident(more), events)).toEqual(expected)
  })
})

describe('a reminder', () => {
  const HOUR = 3_600_000

  test('comes at multiples of its period, so that two relays mean the same', () => {
    const at = (nowMs: number) => nextReminderMs(incident({ startsMs: 0 }), 4 * HOUR, nowMs)
    expect(at(0)).toBe(4 * HOUR)
    expect(at(HOUR)).toBe(4 * HOUR)
    expect(at(4 * HOUR)).toBe(8 * HOUR)
    // Not soon after it was told late.
    expect(at(3 * HOUR)).toBe(8 * HOUR)
    // A clock of its source that is ahead.
    expect(nextReminderMs(incident({ startsMs: 10 * HOUR }), 4 * HOUR, 0)).toBe(14 * HOUR)
  })

  test('does not come where nobody wants it, or somebody has it, or it is over', () => {
    expect(nextReminderMs(incident(), 0, NOW)).toBeUndefined()
    expect(nextReminderMs(incident({ status: 'resolved' }), HOUR, NOW)).toBeUndefined()
    expect(nextReminderMs(incident({ acknowledged: { by: 'a', atMs: 1, comment: '' } }), HOUR, NOW)).toBeUndefined()
  })

  test('is noted when it is told', () => {
    expect(toldNow(incident({ told: false }), HOUR, 100)).toMatchObject({ told: true, remindAtMs: 100 + HOUR })
    expect(toldNow(incident({ told: false, remindAtMs: 5 }), 0, 100)).not.toHaveProperty('remindAtMs')
  })
})

test('an acknowledgement ends reminders, and changes the messages', () => {
  const step = acknowledged(incident({ remindAtMs: 5 }), 'anna', 'on my way', NOW)
  expect(step.incident).toMatchObject({ acknowledged: { by: 'anna', atMs: NOW, comment: 'on my way' } })
  expect(step.incident).not.toHaveProperty('remindAtMs')
  expect(step.lines).toEqual([{ kind: 'acknowledged', sentence: 'anna has it: on my way' }])
  expect(step.events).toEqual(['update'])
  expect(acknowledged(incident(), 'anna', '', NOW).lines[0]?.sentence).toBe('anna has it.')
})

test('a note is a line for each incident that it is about', () => {
  const note = { kind: 'note' as const, host: 'pve1', code: 'outlets-off', sentence: 'Every outlet is off.', atMs: 5 }
  const steps = takeNote(note, [incident(), incident({ id: 8 })])
  expect(steps.map(({ events, lines }) => [events, lines])).toEqual([
    [['update'], [{ kind: 'note', sentence: 'Every outlet is off.' }]],
    [['update'], [{ kind: 'note', sentence: 'Every outlet is off.' }]],
  ])
  expect(takeNote(note, [])).toEqual([])
})
