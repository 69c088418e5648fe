import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Change, Snapshot, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { CommitOutcome, Journal } from '../ports/journal.ts'
import { type BackupOutcome, backupTo } from './backup.ts'
import { EntityWriter, type RowWrite, readSnapshot, rowsOf, type UnreadableRow } from './entities.ts'
import { type EventQuery, EventWriter, readEvents, type StoredEvent } from './event-history.ts'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { Retention } from './retention.ts'

export type EventsOutcome = { readonly ok: true; readonly events: readonly StoredEvent[] } | StoreFailure
export type PruneOutcome = { readonly ok: true; readonly removed: number; readonly more: boolean } | StoreFailure

export type Store = Journal & {
  readonly file: string
  /** Newest first. */
  events(query: EventQuery): EventsOutcome
  /** Removes events beyond the limits, a bounded number a call: to be called once a minute or so. */
  prune(): PruneOutcome
  /** Copies the state to a new file while commits go on. */
  backup(file: string): Promise<BackupOutcome>
}

/** `load` found the disk failing after a successful start, or the store closed. The port knows no other answer. */
export class StateUnreadable extends Error {
  override name = 'StateUnreadable'
}

type Settings = {
  readonly file: string
  readonly retentionMs: number
  readonly maxEvents: number
  readonly now: () => At
  readonly unreadable: readonly UnreadableRow[]
}

export class SqliteStore implements Store {
  readonly file: string
  readonly #database: DatabaseSync
  readonly #now: () => At
  readonly #entities: EntityWriter
  readonly #events: EventWriter
  readonly #retention: Retention
  /** Rows still to be moved to the quarantine: before anything else is written, for it might replace them. */
  #unreadable: readonly UnreadableRow[]
  /** Which file is open, as `device:inode`; the journal appears with the first write. */
  readonly #fileId: string | undefined
  #journalId: string | undefined
  #closed = false

  constructor(database: DatabaseSync, settings: Settings) {
    this.#database = database
    this.file = settings.file
    this.#now = settings.now
    this.#unreadable = settings.unreadable
    this.#entities = new EntityWriter(database)
    this.#events = new EventWriter(database)
    this.#retention = new Retention(database, settings)
    this.#fileId = fileId(settings.file)
    // A full disk at the start: the next commit tries again.
    if (settings.unreadable.length > 0) this.#transact([], [])
  }

  load(): Snapshot {
    try {
      return readSnapshot(this.#database).snapshot
    } catch (error) {
      throw new StateUnreadable(failureOf(error, `The state file ${this.file} cannot be read`).sentence)
    }
  }

  /**
   * On disk before it answers, or nothing of it: but where the disk failed at the very last step, a commit that was
   * answered as failed may be found whole after a crash, unless a later commit took its place.
   */
  commit(changes: readonly Change[], told: readonly Told[]): CommitOutcome {
    const encoded = rowsOf(changes)
    if ('invalid' in encoded) {
      return failure('invalid', `The state cannot be written: a record has not its shape (${encoded.invalid}).`)
    }
    if (encoded.rows.length === 0 && told.length === 0) return { ok: true }
    return this.#transact(encoded.rows, told)
  }

  #transact(rows: readonly RowWrite[], told: readonly Told[]): CommitOutcome {
    const usable = this.#usable()
    if (!usable.ok) return usable
    try {
      this.#database.exec('begin immediate')
      this.#entities.quarantine(this.#unreadable, this.#now().wallMs)
      this.#entities.write(rows)
      this.#events.append(told)
      this.#database.exec('commit')
    } catch (error) {
      this.#rollback()
      return failureOf(error, 'The state cannot be written')
    }
    this.#unreadable = []
    this.#journalId ??= fileId(`${this.file}-wal`)
    return { ok: true }
  }

  /** Whether a commit would reach the file that the next start opens: a removed one still takes writes. */
  #usable(): CommitOutcome {
    if (this.#closed) return failure('closed', 'The state cannot be written: it was closed.')
    if (this.#database.isTransaction) this.#rollback()
    const moved = this.#fileId !== fileId(this.file) ? this.file : this.#movedJournal()
    if (moved === undefined) return { ok: true }
    return failure(
      'io',
      `The state cannot be written: ${moved} was removed or replaced while in use. Restart the watchdog.`,
    )
  }

  #movedJournal(): string | undefined {
    const journal = `${this.file}-wal`
    return this.#journalId === undefined || this.#journalId === fileId(journal) ? undefined : journal
  }

  /** SQLite has rolled back by itself after some errors. */
  #rollback(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('rollback')
    } catch {
      // Tried again before the next commit.
    }
  }

  events(query: EventQuery): EventsOutcome {
    return this.#read((database) => ({ ok: true, events: readEvents(database, query) }))
  }

  #read<T>(read: (database: DatabaseSync) => T): T | StoreFailure {
    if (this.#closed) return failure('closed', 'The state cannot be read: it was closed.')
    try {
      return read(this.#database)
    } catch (error) {
      return failureOf(error, 'The state cannot be read')
    }
  }

  prune(): PruneOutcome {
    const usable = this.#usable()
    if (!usable.ok) return usable as StoreFailure
    try {
      return { ok: true, ...this.#retention.prune(this.#now()) }
    } catch (error) {
      this.#rollback()
      return failureOf(error, 'Old events cannot be removed')
    }
  }

  backup(file: string): Promise<BackupOutcome> {
    if (this.#closed) return Promise.resolve(failure('closed', 'The state cannot be copied: it was closed.'))
    return backupTo(this.#database, file)
  }

  /** A backup that is running goes on to its end: SQLite keeps what it needs. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#database.close()
    } catch {
      // Everything committed is on disk; the next start goes on from the journal.
    }
  }
}

function fileId(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
