import type { Alert, AlertReport } from '../../api/alerts.ts'
import type { Silence as SilenceView } from '../../api/silences.ts'
import type { Incident, Silence } from '../../core/alerts/types.ts'
import type { At } from '../../core/time.ts'
import type { IncidentDetail } from '../../ports/alerting.ts'
import { deliveryOf } from './deliveries.ts'
import { isoOf, maybe, wallFuture, wallPast } from './moments.ts'

export function alertOf(incident: Incident, now: At): Alert {
  const { id, status, severity, source, fingerprint, labels, annotations, link, told, remindAtMs } = incident
  const { acknowledged, muted } = incident
  const name = labels.alertname ?? ''
  return {
    id,
    status,
    severity,
    name,
    summary: annotations.summary || name,
    source,
    fingerprint,
    labels: { ...labels },
    annotations: { ...annotations },
    link,
    started: wallPast(incident.startsMs, now),
    ended: maybe(incident.endsMs, (ms) => wallPast(ms, now)),
    updated: wallPast(incident.updatedMs, now),
    told,
    acknowledged: maybe(acknowledged, ({ by, atMs, comment }) => ({ by, since: wallPast(atMs, now), comment })),
    muted: maybe(muted, ({ by, id, sinceMs }) => ({ by, id, since: wallPast(sinceMs, now) })),
    reminder: maybe(remindAtMs, (ms) => wallFuture(ms, now)),
  }
}

export function alertReportOf({ incident, timeline, deliveries, folded }: IncidentDetail, now: At): AlertReport {
  return {
    alert: alertOf(incident, now),
    timeline: timeline.map(({ atMs, kind, sentence }) => ({ at: isoOf(atMs), kind, sentence })),
    deliveries: deliveries.map((delivery) => deliveryOf(delivery, now)),
    folded,
    extra: maybe(incident.extra, (extra) => ({ ...extra })),
  }
}

export function silenceOf({ id, matchers, startsMs, endsMs, by, comment }: Silence, now: At): SilenceView {
  const started = wallPast(startsMs, now)
  return { id, matchers: [...matchers], started, ends: wallFuture(endsMs, now), by, comment }
}
