import { accessSync, constants, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { Snapshot } from '../core/state/types.ts'
import { type BackupOutcome, backupTo } from './backup.ts'
import { readSnapshot } from './entities.ts'
import { type EventQuery, readEvents } from './event-history.ts'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { acceptSchema, type Migration, schemaVersion, shippedMigrations } from './migrate.ts'
import { stateFile } from './state-directory.ts'
import type { EventsOutcome } from './store.ts'

/** A state that no daemon has, for looking at and copying. Nothing in it is changed. */
export type OfflineState = {
  load(): { readonly ok: true; readonly snapshot: Snapshot } | StoreFailure
  events(query: EventQuery): EventsOutcome
  backup(file: string): Promise<BackupOutcome>
  close(): void
}

export type OfflineOpening = { readonly ok: true; readonly state: OfflineState } | StoreFailure

/**
 * Opens the state in `directory` for reading only. Refused while a daemon has it (`in-use`): that one answers over its
 * socket. A damaged file is refused and left where it is.
 */
export function openOffline(directory: string, migrations = shippedMigrations()): OfflineOpening {
  const file = stateFile(directory)
  const what = `The state file ${file} cannot be read`
  let database: DatabaseSync | undefined
  try {
    const stat = statSync(file)
    if (stat.size === 0) return failure('corrupt', `${what}: it is empty.`)
    database = connect(file)
    const usable = check(database, file, migrations)
    if (usable.ok) return { ok: true, state: stateOf(database, what) }
    database.close()
    return usable
  } catch (error) {
    if (database?.isOpen) database.close()
    const why = failureOf(error, what)
    return why.code === 'in-use' ? failure('in-use', `${what}: a watchdog is using it. Ask that one.`) : why
  }
}

/**
 * SQLite wants to put a shared-memory file beside a journalled database. Where it cannot (a snapshot mounted read-only)
 * and no journal is left to be read, the file stands for itself.
 */
function connect(file: string): DatabaseSync {
  const options = { readOnly: true, timeout: 1_000 }
  if (writable(file) || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    return new DatabaseSync(file, options)
  }
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, options)
}

function writable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function check(
  database: DatabaseSync,
  file: string,
  migrations: readonly Migration[],
): { readonly ok: true } | StoreFailure {
  const newest = migrations.at(-1)?.version ?? 0
  const found = schemaVersion(database)
  const accepted = acceptSchema(file, found, newest)
  if (!accepted.ok) return accepted
  if (found.version < newest) {
    return failure('older-schema', `The state in ${file} is of an older version: start the watchdog once to update it.`)
  }
  const trouble = database.prepare('pragma quick_check(1)').get()?.quick_check
  return trouble === 'ok' ? { ok: true } : failure('corrupt', `The state file ${file} is damaged: ${trouble}.`)
}

function stateOf(database: DatabaseSync, what: string): OfflineState {
  const attempt = <T>(read: () => T): T | StoreFailure => {
    try {
      return read()
    } catch (error) {
      return failureOf(error, what)
    }
  }
  return {
    load: () => attempt(() => ({ ok: true, snapshot: readSnapshot(database).snapshot })),
    events: (query) => attempt(() => ({ ok: true, events: readEvents(database, query) })),
    backup: (target) => backupTo(database, target),
    close: () => database.close(),
  }
}
