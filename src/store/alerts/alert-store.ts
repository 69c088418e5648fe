import type { Delivery, Incident, Incoming } from '../../core/alerts/types.ts'
import type {
  AlertRows,
  AlertStore,
  ChannelQueue,
  DeliveryQuery,
  IncidentQuery,
  OldestWaiting,
  Transacted,
} from '../../ports/alert-store.ts'
import type { CommitOutcome } from '../../ports/journal.ts'
import { failure } from '../failure.ts'
import type { Writer } from '../writer.ts'
import { alertRows } from './alert-rows.ts'
import { channelQueues, listDeliveries } from './deliveries.ts'
import { GroupCommit } from './group-commit.ts'
import { inboxSize, putIntoInbox } from './inbox.ts'
import { listIncidents } from './incidents.ts'
import { encodeIncoming } from './incoming.ts'
import { AlertSql, type UnreadableAlert } from './sql.ts'
import { oldestWaiting } from './waiting.ts'

const WHAT = 'The alerts cannot be written'

type Settings = {
  readonly wallMs: () => number
  /** Told of every row that could not be used, once it was moved to the quarantine. */
  readonly onUnreadable: (row: UnreadableAlert) => void
}

/** The alert path's rows in the file of the state, through its one writer. Construction throws SQLite's error. */
export class SqliteAlertStore implements AlertStore {
  readonly #writer: Writer
  readonly #sql: AlertSql
  readonly #rows: AlertRows
  readonly #group: GroupCommit
  readonly #onUnreadable: Settings['onUnreadable']

  constructor(writer: Writer, settings: Settings) {
    this.#writer = writer
    this.#sql = new AlertSql(writer.database, settings.wallMs)
    this.#rows = alertRows(this.#sql)
    this.#onUnreadable = settings.onUnreadable
    this.#group = new GroupCommit((rows) =>
      this.#write(() => {
        for (const { json, receivedMs } of rows) putIntoInbox(this.#sql, json, receivedMs)
      }),
    )
  }

  accept(incoming: readonly Incoming[], receivedMs: number): Promise<CommitOutcome> {
    if (incoming.length === 0) return Promise.resolve({ ok: true })
    const encoded = encodeIncoming(incoming)
    if ('json' in encoded && Number.isFinite(receivedMs)) return this.#group.add(encoded.json, receivedMs)
    const reason = 'invalid' in encoded ? encoded.invalid : 'the time is no number'
    return Promise.resolve(failure('invalid', `${WHAT}: one has not its shape (${reason}).`))
  }

  /** Adds to the inbox inside the caller's transaction. `json` is that of `encodeIncoming`. */
  append(json: string, receivedMs: number): void {
    putIntoInbox(this.#sql, json, receivedMs)
  }

  transact<T>(work: (rows: AlertRows) => T): Transacted<T> {
    // Of a transaction that did not come to its end.
    this.#sql.takeMoved()
    const written = this.#writer.write(WHAT, () => work(this.#rows))
    if (written.ok) for (const row of this.#sql.takeMoved()) this.#onUnreadable(row)
    return written
  }

  listIncidents(query: IncidentQuery): readonly Incident[] {
    return this.#read([], () => listIncidents(this.#sql, query))
  }

  listDeliveries(query: DeliveryQuery): readonly Delivery[] {
    return this.#read([], () => listDeliveries(this.#sql, query))
  }

  queues(): readonly ChannelQueue[] {
    return this.#read([], () => channelQueues(this.#sql))
  }

  inboxSize(): number {
    return this.#read(0, () => inboxSize(this.#sql))
  }

  oldestWaiting(): OldestWaiting {
    return this.#read({}, () => oldestWaiting(this.#sql))
  }

  /** Writes what waits: nobody who called before the end is left without an answer. */
  flush(): void {
    this.#group.flush()
  }

  #write(work: () => void): CommitOutcome {
    const written = this.#writer.write(WHAT, work)
    return written.ok ? { ok: true } : written
  }

  /** These are for looking at: a disk that fails has its word where something is written. */
  #read<T>(otherwise: T, read: () => T): T {
    if (this.#writer.closed) return otherwise
    try {
      return read()
    } catch {
      return otherwise
    }
  }
}
