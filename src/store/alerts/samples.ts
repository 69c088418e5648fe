import { DatabaseSync } from 'node:sqlite'
import type {
  AlertEvent,
  AlertNote,
  AlertUpdate,
  Delivery,
  HeldEvent,
  Incident,
  Notification,
} from '../../core/alerts/types.ts'
import type { AlertRows, AlertStore, Fresh } from '../../ports/alert-store.ts'
import { migrate, shippedMigrations } from '../migrate.ts'
import { Writer } from '../writer.ts'
import { SqliteAlertStore } from './alert-store.ts'
import type { UnreadableAlert } from './sql.ts'

/** Records for the tests of the alert path's rows. */
export function alertUpdate(name = 'HostDown', more: Partial<AlertUpdate> = {}): AlertUpdate {
  return {
    kind: 'alert',
    source: 'alertmanager',
    status: 'firing',
    fingerprint: name.padEnd(16, '0'),
    labels: { alertname: name },
    annotations: { summary: `${name}: something is wrong` },
    severity: 'critical',
    startsMs: 1_000,
    ...more,
  }
}

export const note: AlertNote = { kind: 'note', host: 'pve1', code: 'refused', sentence: 'Held: storm.', atMs: 2_000 }

export function incident(fingerprint: string, more: Partial<Incident> = {}): Fresh<Incident> {
  return {
    fingerprint,
    source: 'alertmanager',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: fingerprint },
    annotations: {},
    startsMs: 1_000,
    updatedMs: 1_000,
    told: false,
    ...more,
  }
}

export function eventOn(of: number, more: Partial<AlertEvent> = {}): AlertEvent {
  const kind = more.kind ?? 'firing'
  return { incident: of, kind, atMs: 1_000, key: `${of}:${kind}:1000`, ...more }
}

export function heldEvent(key: string, more: Partial<HeldEvent> = {}): Fresh<HeldEvent> {
  return {
    incident: 1,
    kind: 'firing',
    atMs: 1_000,
    key,
    receiver: 'ops',
    group: 'g',
    severity: 'warning',
    why: 'group',
    heldAtMs: 1_000,
    dueMs: 2_000,
    ...more,
  }
}

export function notification(more: Partial<Notification> = {}): Fresh<Notification> {
  return {
    receiver: 'ops',
    group: 'g',
    step: 0,
    severity: 'critical',
    digest: false,
    createdMs: 1_000,
    state: 'open',
    ...more,
  }
}

export function delivery(more: Partial<Delivery> = {}): Fresh<Delivery> {
  return {
    notification: 1,
    channel: 'discord',
    receiver: 'ops',
    step: 0,
    severity: 'critical',
    priority: 1,
    state: 'queued',
    createdMs: 1_000,
    dueMs: 1_000,
    expiresMs: 1_000 + 3 * 86_400_000,
    attempts: 0,
    plain: false,
    digest: false,
    ...more,
  }
}

/** What `work` answers, where nothing may go wrong. */
export function within<T>(alerts: AlertStore, work: (rows: AlertRows) => T): T {
  const done = alerts.transact(work)
  if (!done.ok) throw new Error(done.sentence)
  return done.value
}

export type AlertsInMemory = {
  readonly database: DatabaseSync
  readonly writer: Writer
  readonly alerts: SqliteAlertStore
  /** What was moved to the quarantine. */
  readonly unreadable: UnreadableAlert[]
}

/** The real rows in a real SQLite, without a disk. */
export function alertsInMemory(): AlertsInMemory {
  const database = new DatabaseSync(':memory:')
  const migrated = migrate(database, shippedMigrations())
  if (!migrated.ok) throw new Error(migrated.sentence)
  return { database, ...alertsOn(database) }
}

/** As the next process finds it: what was there before is known to have been. */
export function alertsOn(database: DatabaseSync): Omit<AlertsInMemory, 'database'> {
  const unreadable: UnreadableAlert[] = []
  const writer = new Writer(database, 'in memory')
  const settings = { wallMs: () => 77, onUnreadable: (row: UnreadableAlert) => void unreadable.push(row) }
  return { writer, alerts: new SqliteAlertStore(writer, settings), unreadable }
}
