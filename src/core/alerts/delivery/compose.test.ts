import { describe, expect, test } from 'vitest'
import type { AlertEventKind, Incident, TimelineKind } from '../types.ts'
import { compose, type ToldIncident, threadOf } from './compose.ts'

const incident = (id: number, more: Partial<Incident> = {}): Incident => ({
  id,
  fingerprint: `f${id}`,
  source: 'own',
  status: 'firing',
  severity: 'warning',
  labels: { alertname: 'HostDown' },
  annotations: { summary: `pve${id} is down` },
  startsMs: 1_000,
  updatedMs: 1_000,
  told: false,
  ...more,
})
const line = (kind: TimelineKind, sentence: string, atMs = 5) => ({ incident: 1, atMs, kind, sentence })
const told = (of: Incident, event: AlertEventKind = 'firing'): ToldIncident => {
  return { incident: of, event, story: [], folded: 0 }
}
const delivery = { id: 12, createdMs: 1_700_000_000_000, digest: false }
const message = (...alerts: ToldIncident[]) =>
  compose(delivery, alerts, { thread: 't', late: undefined }, { sender: 'watchdog' })

describe('a message', () => {
  test('of one alert bears its summary', () => {
    const { alerts, ...rest } = message(told(incident(1)))
    expect(rest).toEqual({
      key: 'd-12-loyw3v28',
      thread: 't',
      kind: 'alerts',
      status: 'firing',
      severity: 'warning',
      title: 'pve1 is down',
      createdMs: 1_700_000_000_000,
      sender: 'watchdog',
    })
    expect(alerts).toEqual([
      {
        incident: 1,
        fingerprint: 'f1',
        event: 'firing',
        status: 'firing',
        severity: 'warning',
        summary: 'pve1 is down',
        description: '',
        labels: { alertname: 'HostDown' },
        annotations: { summary: 'pve1 is down' },
        startsMs: 1_000,
        timeline: [],
        folded: 0,
      },
    ])
  })

  test('leads to the runbook of the owner, for alerts of ours alone', () => {
    const links = (runbook: string) => {
      const alert = told(incident(1, { annotations: { runbook_url: runbook } }))
      const speaker = { sender: 'watchdog', runbookUrl: 'https://docs.example/runbook' }
      return compose(delivery, [alert], { thread: 't', late: undefined }, speaker).alerts[0]?.runbookUrl
    }
    expect(links('docs/runbook.md#proxmoxhostdown')).toBe('https://docs.example/runbook#proxmoxhostdown')
    expect(links('https://example.org/run')).toBe('https://example.org/run')
  })

  test('says what is so now, not what was so when it was queued', () => {
    const over = incident(1, { status: 'resolved', endsMs: 2_000 })
    expect(message(told(over, 'firing'))).toMatchObject({
      status: 'resolved',
      alerts: [{ event: 'resolved', startsMs: 1_000, endsMs: 2_000 }],
    })
  })

  test('of several counts them and names the first', () => {
    expect(message(told(incident(1)), told(incident(2))).title).toBe('2 alerts: pve1 is down and pve2 is down')
    const over = incident(3, { status: 'resolved', severity: 'critical', endsMs: 2_000 })
    const mixed = message(told(incident(1)), told(incident(2)), told(over), told(incident(4)))
    expect(mixed.title).toBe('4 alerts (1 resolved): pve1 is down, pve2 is down and 2 more')
    // What fires is what counts.
    expect(mixed).toMatchObject({ status: 'firing', severity: 'warning' })
    expect(message(told(over))).toMatchObject({ status: 'resolved', severity: 'critical' })
    expect(message(told(incident(1, { status: 'notice' }), 'notice'))).toMatchObject({ status: 'notice' })
  })

  test('shows the newest lines of a story that tell something to its reader', () => {
    const story = [
      line('fired', 'pve1 is down'),
      line('sent', 'Told by chat.'),
      line('note', 'one'),
      line('escalated', 'two'),
      line('changed', 'three'),
      line('failed', 'No.'),
      line('note', 'four'),
      line('acknowledged', 'five'),
      line('note', 'six', 9),
    ]
    const [alert] = message({ ...told(incident(1)), story, folded: 3 }).alerts
    expect(alert?.timeline.map(({ sentence }) => sentence)).toEqual(['two', 'three', 'four', 'five', 'six'])
    expect(alert?.timeline.at(-1)).toEqual({ atMs: 9, sentence: 'six' })
    expect(alert?.folded).toBe(3)
  })

  test('has what else is known of an alert', () => {
    const of = incident(1, {
      annotations: { description: 'It is silent.', runbook_url: 'https://example.org/run' },
      link: 'https://example.org/',
      acknowledged: { by: 'anna', atMs: 1, comment: '' },
    })
    expect(message(told(of)).alerts[0]).toMatchObject({
      summary: 'HostDown',
      description: 'It is silent.',
      runbookUrl: 'https://example.org/run',
      link: 'https://example.org/',
      acknowledgedBy: 'anna',
    })
  })

  test('may be a digest, late, and in a zone', () => {
    const late = 'Delivered 3 h late: it was full.'
    expect(
      compose(
        { ...delivery, digest: true },
        [told(incident(1))],
        { thread: 't', late },
        { sender: 'w', timeZone: 'Europe/Berlin' },
      ),
    ).toMatchObject({ kind: 'digest', late, timeZone: 'Europe/Berlin' })
  })

  test('has a key and a thread of letters, digits and dashes', () => {
    const odd = incident(1, { fingerprint: 'a/b c:', startsMs: -5.5 })
    expect(threadOf(odd)).toMatch(/^[0-9a-zA-Z-]+$/)
    expect(threadOf(incident(1))).toBe(threadOf({ ...incident(9), fingerprint: 'f1' }))
    expect(threadOf(incident(1))).not.toBe(threadOf(incident(1, { startsMs: 2_000 })))
    expect(message(told(incident(1))).key).toMatch(/^[0-9a-zA-Z-]+$/)
  })
})
