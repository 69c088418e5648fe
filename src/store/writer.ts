import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { failure, failureOf, type StoreFailure } from './failure.ts'

export type Written<T> = { readonly ok: true; readonly value: T } | StoreFailure

/**
 * The one way in which the state is written: a transaction at a time, and only where it reaches the file that the next
 * start opens. Everything is synchronous on one thread, so whoever calls goes before whatever waits for its turn.
 */
export class Writer {
  readonly database: DatabaseSync
  readonly #file: string
  /** Which file is open, as `device:inode`; the journal appears with the first write. */
  readonly #fileId: string | undefined
  #journalId: string | undefined
  #closed = false
  #writing = false

  constructor(database: DatabaseSync, file: string) {
    this.database = database
    this.#file = file
    this.#fileId = fileId(file)
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Runs `work` in one transaction that is on disk when this answers. `what` begins the sentence of a failure: `The
   * state cannot be written`. An error of SQLite is answered; whatever else `work` throws is thrown on, after nothing of
   * it was written.
   */
  write<T>(what: string, work: () => T): Written<T> {
    if (this.#writing) throw new Error('A transaction of the state was begun within another.')
    const usable = this.usable(what)
    if (!usable.ok) return usable
    this.#writing = true
    try {
      this.database.exec('begin immediate')
      const value = work()
      if (value instanceof Promise) throw new Error('A transaction of the state cannot wait for anything.')
      this.database.exec('commit')
      this.#journalId ??= fileId(`${this.#file}-wal`)
      return { ok: true, value }
    } catch (error) {
      this.#rollback()
      if (!(error instanceof Error && 'errcode' in error)) throw error
      return failureOf(error, what)
    } finally {
      this.#writing = false
    }
  }

  /** Whether a commit would reach the file that the next start opens: a removed one still takes writes. */
  usable(what: string): { readonly ok: true } | StoreFailure {
    if (this.#closed) return failure('closed', `${what}: it was closed.`)
    if (!this.#writing && this.database.isTransaction) this.#rollback()
    const moved = this.#fileId !== fileId(this.#file) ? this.#file : this.#movedJournal()
    if (moved === undefined) return { ok: true }
    return failure('io', `${what}: ${moved} was removed or replaced while in use. Restart the watchdog.`)
  }

  #movedJournal(): string | undefined {
    const journal = `${this.#file}-wal`
    return this.#journalId === undefined || this.#journalId === fileId(journal) ? undefined : journal
  }

  /** SQLite has rolled back by itself after some errors. */
  #rollback(): void {
    try {
      if (this.database.isTransaction) this.database.exec('rollback')
    } catch {
      // Tried again before the next transaction.
    }
  }

  /** A backup that is running goes on to its end: SQLite keeps what it needs. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.database.close()
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
