import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import type { AlertUpdate, Labels } from '../../core/alerts/types.ts'
import { bounded, boundedExtra } from './bounds.ts'
import { type Converted, type Fields, isFields, linkOf, rejectedWhole, textsOf } from './converted.ts'
import { instantOf } from './instants.ts'
import { severityOf } from './severity.ts'

/** Version 4 of the payload: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const KNOWN_OF_PAYLOAD = new Set([
  'version',
  'groupKey',
  'truncatedAlerts',
  'status',
  'receiver',
  'groupLabels',
  'commonLabels',
  'commonAnnotations',
  'externalURL',
  'alerts',
])
const KNOWN_OF_ALERT = new Set(['status', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL', 'fingerprint'])
const FINGERPRINT = /^[0-9a-f]{16}$/
const MOST_REASONS = 5

type One = { readonly ok: true; readonly update: AlertUpdate } | { readonly ok: false; readonly reason: string }

/** The alerts of an Alertmanager's webhook, each by itself: one that is wrong keeps no other from its way. */
export function fromAlertmanager(payload: unknown, nowMs: number): Converted {
  if (!isFields(payload)) return rejectedWhole('an object is expected')
  const { alerts, truncatedAlerts } = payload
  if (!Array.isArray(alerts)) return rejectedWhole('alerts: a list is expected')
  const shared = unknownOf(payload, KNOWN_OF_PAYLOAD)
  const incoming: AlertUpdate[] = []
  const reasons: string[] = []
  let rejected = 0
  for (const [index, alert] of alerts.entries()) {
    const one = isFields(alert) ? alertOf(alert, payload.status, shared, nowMs) : no(': an object is expected')
    if (one.ok) incoming.push(one.update)
    else {
      rejected += 1
      if (reasons.length < MOST_REASONS) reasons.push(`alerts.${index}${one.reason}`)
    }
  }
  if (typeof truncatedAlerts === 'number' && truncatedAlerts > 0) {
    incoming.push(truncationOf(payload, truncatedAlerts, incoming, nowMs))
  }
  if (incoming.length + rejected === 0) return rejectedWhole('alerts: the list is empty')
  return { incoming, rejected, reasons }
}

function alertOf(alert: Fields, groupStatus: unknown, shared: Fields | undefined, nowMs: number): One {
  const labels = textsOf(alert.labels)
  if (labels === undefined) return no('.labels: an object of texts is expected')
  if (Object.keys(labels).length === 0) return no('.labels: at least one is expected')
  const annotations = textsOf(alert.annotations)
  if (annotations === undefined) return no('.annotations: an object of texts is expected')
  const status = alert.status ?? groupStatus
  if (status !== 'firing' && status !== 'resolved') return no('.status: firing or resolved is expected')
  const starts = instantOf(alert.startsAt)
  if (starts === 'wrong') return no('.startsAt: a time such as 2025-03-01T12:00:00Z is expected')
  const ends = instantOf(alert.endsAt)
  if (ends === 'wrong') return no('.endsAt: a time such as 2025-03-01T12:00:00Z is expected')
  const startsMs = starts === 'none' ? nowMs : starts
  const { fingerprint } = alert
  const link = linkOf(alert.generatorURL)
  const extra = extraOf(alert, shared, link)
  return {
    ok: true,
    update: {
      kind: 'alert',
      source: labels.drill_id === undefined ? 'alertmanager' : 'drill',
      status,
      // Over all labels as they came, so that what is cut below makes no two alerts one.
      fingerprint:
        typeof fingerprint === 'string' && FINGERPRINT.test(fingerprint) ? fingerprint : fingerprintOf(labels),
      ...bounded(named(labels), annotations),
      severity: severityOf(labels.severity),
      startsMs,
      ...(status === 'resolved' ? { endsMs: ends === 'none' ? Math.max(nowMs, startsMs) : ends } : {}),
      ...(link === undefined ? {} : { link }),
      ...(extra === undefined ? {} : { extra }),
    },
  }
}

/** Alertmanager takes alerts without a name; everything here has one. */
function named(labels: Labels): Labels {
  return labels.alertname ? labels : { ...labels, alertname: 'unnamed' }
}

function extraOf(alert: Fields, shared: Fields | undefined, link: string | undefined): Fields | undefined {
  const own = unknownOf(alert, KNOWN_OF_ALERT)
  const { generatorURL } = alert
  const odd = link === undefined && generatorURL !== undefined && generatorURL !== '' ? { generatorURL } : undefined
  if (own === undefined && shared === undefined && odd === undefined) return undefined
  return boundedExtra({ ...shared, ...own, ...odd })
}

function unknownOf(fields: Fields, known: ReadonlySet<string>): Fields | undefined {
  let unknown: Fields | undefined
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) unknown = { ...unknown, [name]: fields[name] }
  }
  return unknown
}

/**
 * `max_alerts` of the receiver cut the payload. Its time is that of the newest alert that is left, so that a repeated
 * payload is the same notice again, here and at the other relay.
 */
function truncationOf(payload: Fields, count: number, told: readonly AlertUpdate[], nowMs: number): AlertUpdate {
  const group = textsOf(payload.groupLabels) ?? {}
  const labels = {
    ...group,
    alertname: 'AlertmanagerTruncated',
    ...(typeof payload.receiver === 'string' ? { receiver: payload.receiver } : {}),
  }
  const newestMs = told.reduce((newest, { startsMs }) => Math.max(newest, startsMs), 0)
  const summary = `Alertmanager left out ${count} alerts of a group: raise max_alerts of its webhook, or set it to 0`
  return {
    kind: 'alert',
    source: 'alertmanager',
    status: 'notice',
    fingerprint: fingerprintOf(labels),
    ...bounded(labels, { summary }),
    severity: 'warning',
    startsMs: newestMs === 0 ? nowMs : newestMs,
  }
}

function no(reason: string): One {
  return { ok: false, reason }
}
