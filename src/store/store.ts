import type { DatabaseSync } from 'node:sqlite'
import type { Incoming } from '../core/alerts/types.ts'
import type { Change, Snapshot, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { AlertStore } from '../ports/alert-store.ts'
import type { CommitOutcome, Journal } from '../ports/journal.ts'
import type { JournalTails } from '../ports/journal-tails.ts'
import { SqliteAlertStore } from './alerts/alert-store.ts'
import { encodeIncoming } from './alerts/incoming.ts'
import { AlertRetention, DEFAULT_MAX_ALERTS } from './alerts/retention.ts'
import type { UnreadableAlert } from './alerts/sql.ts'
import { type BackupOutcome, backupTo } from './backup.ts'
import { EntityWriter, type RowWrite, readSnapshot, rowsOf, type UnreadableRow } from './entities.ts'
import { type EventQuery, EventWriter, readEvents, type StoredEvent } from './event-history.ts'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { Retention } from './retention.ts'
import { SqliteJournalTails } from './tails/journal-tails.ts'
import { Writer } from './writer.ts'

export type EventsOutcome = { readonly ok: true; readonly events: readonly StoredEvent[] } | StoreFailure
export type PruneOutcome = { readonly ok: true; readonly removed: number; readonly more: boolean } | StoreFailure

export type Store = Journal & {
  readonly file: string
  /** The alert path's part of the same file. */
  readonly alerts: AlertStore
  /** The ends of the nodes' journals, in the same file. */
  readonly tails: JournalTails
  /** Newest first. */
  events(query: EventQuery): EventsOutcome
  /** Removes events and alerts beyond the limits, a bounded number a call: to be called once a minute or so. */
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
  readonly maxAlerts?: number
  readonly onUnreadableAlert?: (row: UnreadableAlert) => void
}

/** What a commit writes. */
type Work = { readonly rows: readonly RowWrite[]; readonly told: readonly Told[]; readonly incoming?: string }

export class SqliteStore implements Store {
  readonly file: string
  readonly alerts: SqliteAlertStore
  readonly tails: SqliteJournalTails
  readonly #database: DatabaseSync
  readonly #writer: Writer
  readonly #now: () => At
  readonly #entities: EntityWriter
  readonly #events: EventWriter
  readonly #retention: Retention
  readonly #alertRetention: AlertRetention
  /** Rows still to be moved to the quarantine: before anything else is written, for it might replace them. */
  #unreadable: readonly UnreadableRow[]

  constructor(database: DatabaseSync, settings: Settings) {
    const { retentionMs, maxAlerts = DEFAULT_MAX_ALERTS, onUnreadableAlert = () => undefined } = settings
    this.#database = database
    this.file = settings.file
    this.#now = settings.now
    this.#unreadable = settings.unreadable
    this.#writer = new Writer(database, settings.file)
    this.#entities = new EntityWriter(database)
    this.#events = new EventWriter(database)
    this.#retention = new Retention(database, settings)
    this.#alertRetention = new AlertRetention(this.#writer, { retentionMs, maxAlerts })
    this.tails = new SqliteJournalTails(this.#writer)
    const wallMs = () => this.#now().wallMs
    this.alerts = new SqliteAlertStore(this.#writer, { wallMs, onUnreadable: onUnreadableAlert })
    // A full disk at the start: the next commit tries again.
    if (settings.unreadable.length > 0) this.#commit({ rows: [], told: [] })
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
  commit(changes: readonly Change[], told: readonly Told[], incoming: readonly Incoming[] = []): CommitOutcome {
    const encoded = rowsOf(changes)
    if ('invalid' in encoded) return notItsShape(encoded.invalid)
    if (encoded.rows.length === 0 && told.length === 0 && incoming.length === 0) return { ok: true }
    if (incoming.length === 0) return this.#commit({ rows: encoded.rows, told })
    const alerts = encodeIncoming(incoming)
    if ('invalid' in alerts) return notItsShape(`alert ${alerts.invalid}`)
    return this.#commit({ rows: encoded.rows, told, incoming: alerts.json })
  }

  #commit({ rows, told, incoming }: Work): CommitOutcome {
    const what = 'The state cannot be written'
    try {
      const written = this.#writer.write(what, () => {
        const { wallMs } = this.#now()
        this.#entities.quarantine(this.#unreadable, wallMs)
        this.#entities.write(rows)
        this.#events.append(told)
        if (incoming !== undefined) this.alerts.append(incoming, wallMs)
      })
      if (!written.ok) return written
    } catch (error) {
      // A value that SQLite does not take.
      return failureOf(error, what)
    }
    this.#unreadable = []
    return { ok: true }
  }

  events(query: EventQuery): EventsOutcome {
    return this.#read((database) => ({ ok: true, events: readEvents(database, query) }))
  }

  #read<T>(read: (database: DatabaseSync) => T): T | StoreFailure {
    if (this.#writer.closed) return failure('closed', 'The state cannot be read: it was closed.')
    try {
      return read(this.#database)
    } catch (error) {
      return failureOf(error, 'The state cannot be read')
    }
  }

  prune(): PruneOutcome {
    const what = 'Old events cannot be removed'
    const usable = this.#writer.usable(what)
    if (!usable.ok) return usable
    const now = this.#now()
    try {
      const events = this.#retention.prune(now)
      const alerts = this.#alertRetention.prune(now)
      if (!alerts.ok) return alerts
      const { removed, more } = alerts.value
      return { ok: true, removed: events.removed + removed, more: events.more || more }
    } catch (error) {
      return failureOf(error, what)
    }
  }

  backup(file: string): Promise<BackupOutcome> {
    if (this.#writer.closed) return Promise.resolve(failure('closed', 'The state cannot be copied: it was closed.'))
    return backupTo(this.#database, file)
  }

  close(): void {
    if (this.#writer.closed) return
    this.alerts.flush()
    while (this.tails.flush().more === true);
    this.#writer.close()
  }
}

function notItsShape(what: string): StoreFailure {
  return failure('invalid', `The state cannot be written: a record has not its shape (${what}).`)
}
