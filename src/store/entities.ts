import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Change, DURABLE, type Durable, type Snapshot } from '../core/state/types.ts'
import { type DurableName, troubleWith } from './rows.ts'

/** A row that cannot be used. It is left out of the snapshot and moved to the table `quarantine`, never deleted. */
export type UnreadableRow = { readonly collection: DurableName; readonly key: string; readonly reason: string }

export type SnapshotRead = { readonly snapshot: Snapshot; readonly unreadable: readonly UnreadableRow[] }

/** Every durable row that can be used, and word of those that cannot. Throws SQLite's error. */
export function readSnapshot(database: DatabaseSync): SnapshotRead {
  const unreadable: UnreadableRow[] = []
  const rows: Record<DurableName, [string, unknown][]> = {
    hosts: [],
    claims: [],
    intents: [],
    commands: [],
    pins: [],
    outlets: [],
    alerts: [],
    upsUnits: [],
    powerOutages: [],
    learnedTimes: [],
    meta: [],
  }
  for (const row of database.prepare('select collection, key, value from entity order by collection, key').iterate()) {
    const collection = String(row.collection)
    // A collection of a later version: not ours to judge.
    if (!isDurable(collection)) continue
    const key = String(row.key)
    const read = readRow(collection, row.value)
    if ('reason' in read) unreadable.push({ collection, key, reason: read.reason })
    else rows[collection].push([key, read.value])
  }
  const collections = DURABLE.map((name) => [name, Object.fromEntries(rows[name])])
  return { snapshot: Object.fromEntries(collections) as Durable, unreadable }
}

function readRow(collection: DurableName, text: unknown): { readonly value: unknown } | { readonly reason: string } {
  if (typeof text !== 'string') return { reason: 'it is not text' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { reason: 'it is not JSON' }
  }
  const reason = troubleWith(collection, value)
  return reason === undefined ? { value } : { reason }
}

function isDurable(collection: string): collection is DurableName {
  return (DURABLE as readonly string[]).includes(collection)
}

export type RowWrite = { readonly collection: DurableName; readonly key: string; readonly json: string | undefined }

/** The durable part of `changes` as rows. A value that could not be read back is refused before it is written. */
export function rowsOf(changes: readonly Change[]): { readonly rows: RowWrite[] } | { readonly invalid: string } {
  const rows: RowWrite[] = []
  for (const { collection, key, value } of changes) {
    if (!isDurable(collection)) continue
    if (value !== undefined) {
      const reason = troubleWith(collection, value)
      if (reason !== undefined) return { invalid: `${collection} ${key}: ${reason}` }
    }
    rows.push({ collection, key, json: value === undefined ? undefined : JSON.stringify(value) })
  }
  return { rows }
}

/** Writes rows and moves unreadable ones aside, inside the caller's transaction. Throws SQLite's error. */
export class EntityWriter {
  readonly #put: StatementSync
  readonly #remove: StatementSync
  readonly #quarantine: StatementSync

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      'insert into entity (collection, key, value) values (?, ?, ?) on conflict do update set value = excluded.value',
    )
    this.#remove = database.prepare('delete from entity where collection = ? and key = ?')
    this.#quarantine = database.prepare(
      'insert into quarantine (collection, key, value, reason, found_wall_ms) select collection, key, value, ?, ? from entity where collection = ? and key = ?',
    )
  }

  write(rows: readonly RowWrite[]): void {
    for (const { collection, key, json } of rows) {
      if (json === undefined) this.#remove.run(collection, key)
      else this.#put.run(collection, key, json)
    }
  }

  quarantine(rows: readonly UnreadableRow[], wallMs: number): void {
    for (const { collection, key, reason } of rows) {
      this.#quarantine.run(reason, wallMs, collection, key)
      this.#remove.run(collection, key)
    }
  }
}
