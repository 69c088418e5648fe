import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { acceptSchema, type Migration, migrate, schemaVersion } from './migrate.ts'
import { syncDirectory } from './state-directory.ts'

export type DatabaseOpening =
  | { readonly ok: true; readonly database: DatabaseSync }
  /** `damaged`: still open, so that SQLite does not tidy up (and alter) what is about to be moved aside. */
  | (StoreFailure & { readonly damaged?: DatabaseSync })

/** Those of the newest schema. */
const TABLES = [
  'entity',
  'event',
  'quarantine',
  'inbox',
  'incident',
  'timeline',
  'silence',
  'held',
  'held_group',
  'notification',
  'notification_event',
  'delivery',
  'delivery_event',
  'message',
  'message_incident',
  'kept',
]

/** For a reader (an offline export) that is just finishing. */
const BUSY_TIMEOUT_MS = 2_000

/**
 * Exclusive: nobody else may use the file while we run, and SQLite needs no shared-memory file beside it, which could
 * not be created on a full disk. An existing state can then be opened and read without a free byte.
 */
function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  database.exec('pragma locking_mode = exclusive')
  return database
}

/** Opens an existing state file, checks all of it, and brings its schema up to date. */
export function openDatabase(file: string, migrations: readonly Migration[]): DatabaseOpening {
  const what = `The state file ${file} cannot be opened`
  let database: DatabaseSync | undefined
  try {
    database = connect(file)
    const usable = check(database, file, migrations)
    if (usable.ok) return { ok: true, database }
    return close(database, usable)
  } catch (error) {
    return close(database, failureOf(error, what))
  }
}

function close(database: DatabaseSync | undefined, why: StoreFailure): DatabaseOpening {
  if (database?.isOpen !== true) return why
  if (why.code === 'corrupt') return { ...why, damaged: database }
  database.close()
  return why
}

function check(
  database: DatabaseSync,
  file: string,
  migrations: readonly Migration[],
): { readonly ok: true } | StoreFailure {
  const found = schemaVersion(database)
  const trouble = database
    .prepare('pragma quick_check(3)')
    .all()
    .map((row) => String(row.quick_check))
  if (trouble[0] !== 'ok') return failure('corrupt', `The state file ${file} is damaged: ${trouble.join('; ')}.`)
  const accepted = acceptSchema(file, found, migrations.at(-1)?.version ?? 0)
  if (!accepted.ok) return accepted
  const mode = database.prepare('pragma journal_mode = wal').get()?.journal_mode
  if (mode !== 'wal') return failure('io', `The state file ${file} cannot be journalled (mode ${mode}).`)
  database.exec('pragma synchronous = full')
  const migrated = migrate(database, migrations)
  if (!migrated.ok) return migrated
  const tables = new Set(
    database
      .prepare("select name from sqlite_schema where type = 'table'")
      .all()
      .map(({ name }) => name),
  )
  if (!TABLES.every((name) => tables.has(name))) {
    return failure('corrupt', `The state file ${file} is damaged: tables are missing.`)
  }
  return { ok: true }
}

/**
 * Begins a new, empty state. It is built under another name and renamed when complete, so that an empty or half-built
 * file under the real name always means that something was lost.
 */
export function createDatabase(file: string, migrations: readonly Migration[]): { readonly ok: true } | StoreFailure {
  const draft = `${file}.new`
  const what = `A new state file ${file} cannot be begun`
  let database: DatabaseSync | undefined
  try {
    removeDraft(draft)
    // SQLite gives its own files the mode of the database.
    closeSync(openSync(draft, 'wx', 0o640))
    database = connect(draft)
    database.exec('pragma journal_mode = wal; pragma synchronous = full')
    const migrated = migrate(database, migrations)
    database.close()
    if (!migrated.ok) {
      removeDraft(draft)
      return failure(migrated.code, `${what}. ${migrated.sentence}`)
    }
    settle(draft, file)
    return { ok: true }
  } catch (error) {
    if (database?.isOpen) database.close()
    tryRemoveDraft(draft)
    return failureOf(error, what)
  }
}

function settle(draft: string, file: string): void {
  const fd = openSync(draft, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(draft, file)
  syncDirectory(dirname(file))
}

function removeDraft(draft: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true })
}

function tryRemoveDraft(draft: string): void {
  try {
    removeDraft(draft)
  } catch {
    // The next start removes it.
  }
}
