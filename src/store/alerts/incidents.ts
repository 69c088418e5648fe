import type { SQLInputValue } from 'node:sqlite'
import { ALERT_SEVERITIES, ALERT_SOURCES, type Incident } from '../../core/alerts/types.ts'
import type { AlertRows, Fresh, IncidentQuery } from '../../ports/alert-store.ts'
import {
  flag,
  given,
  idList,
  insertInto,
  isRecord,
  isTextRecord,
  orNull,
  page,
  parsed,
  type Row,
  type Unreadable,
  update,
  wordOf,
} from './columns.ts'
import type { AlertSql } from './sql.ts'

const COLUMNS = [
  'fingerprint',
  'source',
  'status',
  'severity',
  'labels',
  'annotations',
  'extra',
  'link',
  'starts_ms',
  'ends_ms',
  'updated_ms',
  'acknowledged_by',
  'acknowledged_ms',
  'acknowledged_comment',
  'muted_by',
  'muted_by_id',
  'muted_since_ms',
  'told',
  'remind_at_ms',
  'host',
  'device',
]
const INSERT = insertInto('incident', [...COLUMNS, 'made_ms'])
const UPDATE = update('incident', COLUMNS)
const REMINDERS_DUE = `indexed by incident_reminder
  where status = 'firing' and told = 1 and acknowledged_by is null and muted_by is null and remind_at_ms <= ?
  order by remind_at_ms, id limit ?`
const STATUSES = ['firing', 'resolved', 'notice'] as const

type IncidentRows = Pick<
  AlertRows,
  | 'firingIncident'
  | 'lastIncident'
  | 'incidents'
  | 'firingIncidents'
  | 'ownIncidentsAbout'
  | 'mutedIncidents'
  | 'remindersDue'
  | 'insertIncident'
  | 'updateIncident'
  | 'foldedInto'
>

export function incidentRows(sql: AlertSql): IncidentRows {
  const some = (rest: string, ...values: SQLInputValue[]) =>
    sql.readable('incident', incidentOf, `select * from incident ${rest}`, ...values)
  const ownAbout = (label: 'host' | 'device', name: string | undefined) =>
    name === undefined
      ? []
      : some(
          `indexed by incident_own_by_${label} where status = 'firing' and source = 'own' and ${label} = ? order by id`,
          name,
        )
  return {
    firingIncident: (fingerprint) =>
      some(`indexed by incident_firing where fingerprint = ? and status = 'firing'`, fingerprint)[0],
    lastIncident: (fingerprint) => some('where fingerprint = ? order by id desc limit 1', fingerprint)[0],
    incidents: (ids) => some('where id in (select value from json_each(?)) order by id', idList(ids)),
    firingIncidents: (afterId, limit) =>
      some(`where status = 'firing' and id > ? order by id limit ?`, afterId, page(limit)),
    ownIncidentsAbout({ host, device }) {
      const both = [...ownAbout('host', host), ...ownAbout('device', device)]
      return [...new Map(both.map((incident) => [incident.id, incident])).values()].sort((a, b) => a.id - b.id)
    },
    mutedIncidents: (afterId, limit) =>
      some(
        `indexed by incident_muted where status = 'firing' and muted_by is not null and id > ? order by id limit ?`,
        afterId,
        page(limit),
      ),
    remindersDue: (nowMs, limit) => some(REMINDERS_DUE, nowMs, page(limit)),
    insertIncident(incident) {
      return { ...incident, id: sql.insert(INSERT, ...valuesOf(incident), incident.updatedMs) }
    },
    updateIncident(incident) {
      sql.run(UPDATE, ...valuesOf(incident), incident.id)
    },
    foldedInto: (incident) =>
      sql.number(
        `select count(*) from incident indexed by incident_folded where status = 'firing' and muted_by = 'inhibition' and muted_by_id = ?`,
        incident,
      ) ?? 0,
  }
}

/** Newest first. */
export function listIncidents(sql: AlertSql, { status, limit, beforeId }: IncidentQuery): readonly Incident[] {
  const before = beforeId ?? Number.MAX_SAFE_INTEGER
  return status === undefined
    ? sql.readable(
        'incident',
        incidentOf,
        'select * from incident where id < ? order by id desc limit ?',
        before,
        page(limit),
      )
    : sql.readable(
        'incident',
        incidentOf,
        'select * from incident where status = ? and id < ? order by id desc limit ?',
        status,
        before,
        page(limit),
      )
}

function valuesOf(incident: Fresh<Incident>): SQLInputValue[] {
  const { acknowledged, muted, labels } = incident
  return [
    incident.fingerprint,
    incident.source,
    incident.status,
    incident.severity,
    JSON.stringify(labels),
    JSON.stringify(incident.annotations),
    incident.extra === undefined ? null : JSON.stringify(incident.extra),
    orNull(incident.link),
    incident.startsMs,
    orNull(incident.endsMs),
    incident.updatedMs,
    orNull(acknowledged?.by),
    orNull(acknowledged?.atMs),
    orNull(acknowledged?.comment),
    orNull(muted?.by),
    orNull(muted?.id),
    orNull(muted?.sinceMs),
    flag(incident.told),
    orNull(incident.remindAtMs),
    orNull(labels.host),
    orNull(labels.device),
  ]
}

function incidentOf(row: Row): Incident | Unreadable {
  const labels = parsed(row.labels)
  const annotations = parsed(row.annotations)
  const extra = row.extra === null ? { value: undefined } : parsed(row.extra)
  if ('unreadable' in labels || !isTextRecord(labels.value)) return { unreadable: 'labels' }
  if ('unreadable' in annotations || !isTextRecord(annotations.value)) return { unreadable: 'annotations' }
  if ('unreadable' in extra || !(extra.value === undefined || isRecord(extra.value))) return { unreadable: 'extra' }
  return {
    id: row.id as number,
    fingerprint: row.fingerprint as string,
    source: wordOf(ALERT_SOURCES, row.source, 'generic'),
    status: wordOf(STATUSES, row.status, 'firing'),
    severity: wordOf(ALERT_SEVERITIES, row.severity, 'critical'),
    labels: labels.value,
    annotations: annotations.value,
    ...given('extra', extra.value),
    ...given('link', row.link as string | null),
    startsMs: row.starts_ms as number,
    ...given('endsMs', row.ends_ms as number | null),
    updatedMs: row.updated_ms as number,
    ...given('acknowledged', acknowledgedOf(row)),
    ...given('muted', mutedOf(row)),
    told: row.told === 1,
    ...given('remindAtMs', row.remind_at_ms as number | null),
  }
}

function acknowledgedOf(row: Row): Incident['acknowledged'] {
  if (row.acknowledged_by === null) return undefined
  return {
    by: row.acknowledged_by as string,
    atMs: (row.acknowledged_ms ?? 0) as number,
    comment: (row.acknowledged_comment ?? '') as string,
  }
}

function mutedOf(row: Row): Incident['muted'] {
  if (row.muted_by === null) return undefined
  return {
    by: wordOf(['silence', 'inhibition'], row.muted_by, 'silence'),
    id: (row.muted_by_id ?? 0) as number,
    sinceMs: (row.muted_since_ms ?? 0) as number,
  }
}
