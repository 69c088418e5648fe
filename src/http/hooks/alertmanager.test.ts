import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import { fromAlertmanager } from './alertmanager.ts'
import { CUT_NOTE } from './bounds.ts'

const NOW = Date.UTC(2025, 2, 1, 12)

/** As Alertmanager 0.25 posts it. */
function payload(...alerts: unknown[]) {
  return {
    receiver: 'watchdog',
    status: 'firing',
    alerts,
    groupLabels: { alertname: 'NodeDown' },
    commonLabels: { alertname: 'NodeDown' },
    commonAnnotations: {},
    externalURL: 'http://am:9093',
    version: '4',
    groupKey: '{}:{alertname="NodeDown"}',
    truncatedAlerts: 0,
  }
}

const alert = (over: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'NodeDown', host: 'pve2', severity: 'critical' },
  annotations: { summary: 'pve2 is down' },
  startsAt: '2025-03-01T11:55:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
  fingerprint: '00c0ffee00c0ffee',
  ...over,
})

const one = (over: object = {}) => {
  const { incoming } = fromAlertmanager(payload(alert(over)), NOW)
  const [update] = incoming
  if (update?.kind !== 'alert') throw new Error('no alert came of it')
  return update
}

describe('a payload of Alertmanager', () => {
  it('becomes an alert with its own fingerprint and times', () => {
    expect(fromAlertmanager(payload(alert()), NOW)).toEqual({
      incoming: [
        {
          kind: 'alert',
          source: 'alertmanager',
          status: 'firing',
          fingerprint: '00c0ffee00c0ffee',
          labels: { alertname: 'NodeDown', host: 'pve2', severity: 'critical' },
          annotations: { summary: 'pve2 is down' },
          severity: 'critical',
          startsMs: Date.UTC(2025, 2, 1, 11, 55, 0, 123),
          link: 'http://prometheus:9090/graph?g0.expr=up',
        },
      ],
      rejected: 0,
      reasons: [],
    })
  })

  it('has an end only where it is resolved', () => {
    expect(one({ endsAt: '2025-03-01T13:00:00Z' }).endsMs).toBeUndefined()
    expect(one({ status: 'resolved', endsAt: '2025-03-01T13:00:00+01:00' }).endsMs).toBe(NOW)
    expect(one({ status: 'resolved' }).endsMs).toBe(NOW)
    expect(one({ startsAt: '0001-01-01T00:00:00Z' }).startsMs).toBe(NOW)
    expect(one({ startsAt: undefined }).startsMs).toBe(NOW)
  })

  it.each([
    ['info', 'info'],
    ['none', 'info'],
    ['warning', 'warning'],
    ['page', 'critical'],
    ['error', 'critical'],
    ['Fatal', 'critical'],
    ['emergency', 'emergency'],
    ['purple', 'warning'],
    ['constructor', 'warning'],
    ['', 'warning'],
  ])('of severity %s is %s', (severity, meant) => {
    expect(one({ labels: { alertname: 'X', severity } })).toMatchObject({ severity: meant, labels: { severity } })
  })

  it('without a severity is a warning', () => {
    expect(one({ labels: { alertname: 'X' } }).severity).toBe('warning')
  })

  it('gets a fingerprint where it brings none that can be used', () => {
    const labels = { alertname: 'X', host: 'pve1' }
    for (const fingerprint of [undefined, '', 'ABCDEF0123456789', '0123', 'zzzzzzzzzzzzzzzz', 5, null]) {
      expect(one({ labels, fingerprint }).fingerprint).toBe(fingerprintOf(labels))
    }
  })

  it('is a drill where it carries a drill’s number', () => {
    expect(one({ labels: { alertname: 'WatchdogDrill', drill_id: '17' } }).source).toBe('drill')
  })

  it('always has a name', () => {
    const update = one({ labels: { job: 'x' }, fingerprint: undefined })
    expect(update.labels).toEqual({ job: 'x', alertname: 'unnamed' })
    expect(update.fingerprint).toBe(fingerprintOf({ job: 'x' }))
  })

  it('keeps what it does not know', () => {
    const incoming = fromAlertmanager(
      { ...payload(alert({ routeLabels: { team: 'a' } })), notification_reason: 'first' },
      NOW,
    ).incoming[0]
    expect(incoming).toMatchObject({ extra: { notification_reason: 'first', routeLabels: { team: 'a' } } })
    expect(one({ generatorURL: 'javascript:alert(1)' })).toMatchObject({
      extra: { generatorURL: 'javascript:alert(1)' },
    })
    expect(one({ generatorURL: 'javascript:alert(1)' }).link).toBeUndefined()
    expect(one({ generatorURL: '' }).extra).toBeUndefined()
    const huge = one({ further: 'x'.repeat(100_000) })
    expect(JSON.stringify(huge).length).toBeLessThan(2000)
    expect(huge.extra).toMatchObject({ [CUT_NOTE]: expect.stringContaining('1 fields') })
  })

  it('lets a valid alert through beside others that are not', () => {
    const bad = [
      null,
      [],
      'x',
      {},
      alert({ labels: {} }),
      alert({ labels: [] }),
      alert({ labels: { alertname: 5 } }),
      alert({ annotations: 'x' }),
      alert({ status: 'maybe' }),
      alert({ startsAt: 'yesterday' }),
      alert({ startsAt: 1_740_830_400 }),
      alert({ endsAt: '2025-03-01T25:00:00Z' }),
    ]
    const { incoming, rejected, reasons } = fromAlertmanager(payload(...bad, alert()), NOW)
    expect(incoming).toHaveLength(1)
    expect(rejected).toBe(bad.length)
    expect(reasons).toEqual([
      'alerts.0: an object is expected',
      'alerts.1: an object is expected',
      'alerts.2: an object is expected',
      'alerts.3.labels: at least one is expected',
      'alerts.4.labels: at least one is expected',
    ])
    for (const [index, alone] of bad.entries()) {
      expect(fromAlertmanager(payload(alone), NOW), String(index)).toMatchObject({ incoming: [], rejected: 1 })
    }
  })

  it('says where an alert is wrong', () => {
    const reason = (over: object) => fromAlertmanager(payload(alert(over)), NOW).reasons[0]
    expect(reason({ startsAt: 'yesterday' })).toMatch(/^alerts\.0\.startsAt: a time such as/)
    expect(reason({ endsAt: [] })).toMatch(/^alerts\.0\.endsAt: a time such as/)
    expect(reason({ status: 'maybe' })).toBe('alerts.0.status: firing or resolved is expected')
    expect(reason({ annotations: { a: 1 } })).toBe('alerts.0.annotations: an object of texts is expected')
  })

  it.each([
    ['a text', 'x', 'an object is expected'],
    ['null', null, 'an object is expected'],
    ['a list', [], 'an object is expected'],
    ['no alerts', {}, 'alerts: a list is expected'],
    ['alerts that are none', { alerts: {} }, 'alerts: a list is expected'],
    ['an empty list', { alerts: [] }, 'alerts: the list is empty'],
  ])('is refused where it is %s', (_, value, reason) => {
    expect(fromAlertmanager(value, NOW)).toEqual({ incoming: [], rejected: 1, reasons: [reason] })
  })

  it('that was cut by max_alerts tells so, the same each time', () => {
    const cut = () => fromAlertmanager({ ...payload(alert()), truncatedAlerts: 12 }, NOW + 5000).incoming[1]
    expect(cut()).toMatchObject({
      status: 'notice',
      severity: 'warning',
      startsMs: Date.UTC(2025, 2, 1, 11, 55, 0, 123),
      labels: { alertname: 'AlertmanagerTruncated', receiver: 'watchdog' },
      annotations: { summary: expect.stringContaining('12 alerts') },
    })
    expect(fromAlertmanager({ ...payload(), truncatedAlerts: 1 }, NOW).incoming).toHaveLength(1)
  })

  it('cuts what is too long and says so, without making two alerts one', () => {
    const long = (end: string) => ({ alertname: 'X', path: 'x'.repeat(5000) + end })
    const update = one({ labels: long('a'), fingerprint: undefined, annotations: { description: 'y'.repeat(9000) } })
    expect(update.labels.path).toHaveLength(1024)
    expect(update.labels.path?.endsWith('…')).toBe(true)
    expect(update.annotations).toMatchObject({
      description: expect.stringMatching(/^y+…$/),
      [CUT_NOTE]: 'labels shortened: 1; annotations shortened: 1',
    })
    expect(update.fingerprint).not.toBe(one({ labels: long('b'), fingerprint: undefined }).fingerprint)
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x']))
    const cut = one({ labels: { ...many, alertname: 'X', host: 'pve1' } })
    expect(Object.keys(cut.labels)).toHaveLength(64)
    expect(cut.labels).toMatchObject({ alertname: 'X', host: 'pve1' })
    expect(cut.annotations[CUT_NOTE]).toBe('labels left out: 38')
  })

  it('cuts no character in half', () => {
    const { labels } = one({ labels: { alertname: 'X', a: `${'x'.repeat(1022)}😀😀` } })
    expect(labels.a).toBe(`${'x'.repeat(1022)}…`)
  })

  it('is not confused by names that every object has', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","alertname":"X"}')
    const update = one({ labels, fingerprint: undefined })
    expect(Object.entries(update.labels)).toContainEqual(['__proto__', 'x'])
    expect(update.fingerprint).toBe(fingerprintOf(labels))
    const many = Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`l${index}`, 'x']))
    const cut = one({ labels: JSON.parse(JSON.stringify(many).replace('{', '{"__proto__":"x","alertname":"X",')) })
    expect(Object.keys(cut.labels)).toHaveLength(64)
  })
})
