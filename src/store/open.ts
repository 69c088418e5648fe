import { accessSync, constants, existsSync, lstatSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { At } from '../core/time.ts'
import type { UnreadableAlert } from './alerts/sql.ts'
import { readSnapshot, type UnreadableRow } from './entities.ts'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { type Migration, shippedMigrations } from './migrate.ts'
import { moveAside } from './move-aside.ts'
import { createDatabase, type DatabaseOpening, openDatabase } from './open-database.ts'
import { DEFAULT_RETENTION } from './retention.ts'
import { prepareDirectory, stateFile } from './state-directory.ts'
import { SqliteStore, type Store } from './store.ts'

export type StoreOptions = {
  /** Where `state.sqlite` lives; created (0750) where it is missing. The caller holds its lock (`acquireLock`). */
  readonly directory: string
  /** How long events are kept; 90 days by default. */
  readonly retentionMs?: number
  /** How many events are kept at most; 200,000 by default. */
  readonly maxEvents?: number
  /** How many alerts that are over are kept at most; 200,000 by default. */
  readonly maxAlerts?: number
  /** Told of every row of the alert path that could not be used, once it was moved to the table `quarantine`. */
  readonly onUnreadableAlert?: (row: UnreadableAlert) => void
  readonly now: () => At
  /** Other than those that ship with the program: for tests of migration. */
  readonly migrations?: readonly Migration[]
}

/** What opening found. */
export type Found = {
  /** There was no state: a first start, or somebody removed it. */
  readonly created: boolean
  /** The state was lost: its file was moved to `movedAsideTo` and a new one begun. Start in dry-run and say so. */
  readonly recovered?: 'corrupt'
  readonly movedAsideTo?: string
  /** What was lost and why, for people. */
  readonly sentence?: string
  /** Rows that could not be used: left out of `load()` and moved to the table `quarantine`. */
  readonly unreadable: readonly UnreadableRow[]
}

export type StoreOpening = { readonly ok: true; readonly store: Store; readonly found: Found } | StoreFailure

/**
 * Opens the state, or begins one. A damaged file never prevents the start: it is moved aside, with what lies beside it,
 * and a new one begun. A path that cannot be used, a full disk where a new file is needed, or a state of a newer version
 * is refused and left as it is. Never throws.
 */
export function openStore(options: StoreOptions): StoreOpening {
  const prepared = prepareDirectory(options.directory)
  if (!prepared.ok) return prepared
  const file = stateFile(options.directory)
  const migrations = options.migrations ?? shippedMigrations()
  const standing = standingOf(file)
  if (!standing.ok) return standing
  if (standing.lost !== undefined) return recover(options, file, migrations, standing.lost)
  if (standing.missing) return begin(options, file, migrations, { created: true })
  const opening = openDatabase(file, migrations)
  if (opening.ok) return finish(opening.database, options, file, { created: false })
  if (opening.code !== 'corrupt') return opening
  return recover(options, file, migrations, opening.sentence, opening.damaged)
}

type Standing =
  | { readonly ok: true; readonly missing: boolean /** Why there is nothing to open. */; readonly lost?: string }
  | StoreFailure

/** SQLite takes a shorter file for an empty database, and drops the journal of an empty database. */
const SHORTEST_DATABASE_BYTES = 512

/** What stands under the name, before SQLite sees it. */
function standingOf(file: string): Standing {
  const wal = `${file}-wal`
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined) {
      const lost = existsSync(wal) ? `The state file ${file} is gone, and only its journal was left.` : undefined
      return { ok: true, missing: true, lost }
    }
    if (!stat.isFile()) return failure('not-a-file', `The state file ${file} cannot be opened: it is not a plain file.`)
    for (const name of [file, wal]) if (existsSync(name)) accessSync(name, constants.R_OK | constants.W_OK)
    const lost = stat.size < SHORTEST_DATABASE_BYTES ? `The state file ${file} is empty or cut off.` : undefined
    return { ok: true, missing: false, lost }
  } catch (error) {
    return failureOf(error, `The state file ${file} cannot be opened`)
  }
}

function recover(
  options: StoreOptions,
  file: string,
  migrations: readonly Migration[],
  why: string,
  damaged?: DatabaseSync,
): StoreOpening {
  const moved = moveAside(file, options.now().wallMs)
  // Only now: SQLite sees that the file was moved and leaves its content and its journal as they are.
  if (damaged?.isOpen) damaged.close()
  if (!moved.ok) return failure(moved.code, `${why} ${moved.sentence}`)
  const sentence = `${why} It was moved to ${moved.movedTo}, and a new state was begun.`
  return begin(options, file, migrations, {
    created: true,
    recovered: 'corrupt',
    movedAsideTo: moved.movedTo,
    sentence,
  })
}

function begin(
  options: StoreOptions,
  file: string,
  migrations: readonly Migration[],
  found: Omit<Found, 'unreadable'>,
): StoreOpening {
  const created = createDatabase(file, migrations)
  const opening: DatabaseOpening = created.ok ? openDatabase(file, migrations) : created
  if (opening.ok) return finish(opening.database, options, file, found)
  opening.damaged?.close()
  const before = found.movedAsideTo === undefined ? '' : `The former state was moved to ${found.movedAsideTo}. `
  return failure(opening.code, before + opening.sentence)
}

function finish(
  database: DatabaseSync,
  options: StoreOptions,
  file: string,
  found: Omit<Found, 'unreadable'>,
): StoreOpening {
  const { retentionMs = DEFAULT_RETENTION.retentionMs, maxEvents = DEFAULT_RETENTION.maxEvents } = options
  try {
    const { unreadable } = readSnapshot(database)
    const { now, maxAlerts, onUnreadableAlert } = options
    const limits = { retentionMs, maxEvents, maxAlerts }
    const store = new SqliteStore(database, { file, ...limits, now, unreadable, onUnreadableAlert })
    return { ok: true, store, found: { ...found, unreadable } }
  } catch (error) {
    database.close()
    return failureOf(error, `The state file ${file} cannot be read`)
  }
}
