import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { idList, type Row, type Unreadable } from './columns.ts'

/** A row of the alert path that could not be used and was moved to the table `quarantine`. */
export type UnreadableAlert = { readonly table: string; readonly id: number; readonly reason: string }

/** The statements of the alert path, prepared once each. Everything throws SQLite's error. */
export class AlertSql {
  readonly #database: DatabaseSync
  readonly #wallMs: () => number
  readonly #statements = new Map<string, StatementSync>()
  #moved: UnreadableAlert[] = []

  constructor(database: DatabaseSync, wallMs: () => number) {
    this.#database = database
    this.#wallMs = wallMs
  }

  /** Answers how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#writing(sql).run(...values).changes)
  }

  /** Answers the id of the new row. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#writing(sql).run(...values).lastInsertRowid)
  }

  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepared(sql).get(...values)
  }

  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepared(sql).all(...values)
  }

  /** The one number that a query answers; undefined where it is null or there is no row. */
  number(sql: string, ...values: SQLInputValue[]): number | undefined {
    const row = this.row(sql, ...values)
    const value = row === undefined ? undefined : Object.values(row)[0]
    return typeof value === 'number' ? value : undefined
  }

  /**
   * The rows of `table` that a query answers, each by `read`. One that cannot be read must not stop the path: within a
   * transaction it is moved to the quarantine, and the query is asked again, so that a page is as long as it can be.
   */
  readable<T extends object>(
    table: string,
    read: (row: Row) => T | Unreadable,
    sql: string,
    ...values: SQLInputValue[]
  ): T[] {
    for (;;) {
      const good: T[] = []
      const bad: UnreadableAlert[] = []
      for (const row of this.rows(sql, ...values)) {
        const one = read(row)
        if ('unreadable' in one) bad.push({ table, id: Number(row.id), reason: one.unreadable })
        else good.push(one)
      }
      if (bad.length === 0 || !this.#database.isTransaction) return good
      this.#quarantine(table, bad)
    }
  }

  /** What was moved to the quarantine since this was last asked. */
  takeMoved(): readonly UnreadableAlert[] {
    const moved = this.#moved
    this.#moved = []
    return moved
  }

  #quarantine(table: string, rows: readonly UnreadableAlert[]): void {
    const columns = this.rows('select name from pragma_table_info(?)', table).map(({ name }) => `'${name}', ${name}`)
    const keep = `insert into quarantine (collection, key, value, reason, found_wall_ms) select '${table}', id, json_object(${columns.join(', ')}), ?, ? from ${table} where id = ?`
    for (const { id, reason } of rows) this.run(keep, reason, this.#wallMs(), id)
    this.run(`delete from ${table} where id in (select value from json_each(?))`, idList(rows.map(({ id }) => id)))
    this.#moved.push(...rows)
  }

  /** After an error SQLite may have ended the transaction by itself: what followed would be written on its own. */
  #writing(sql: string): StatementSync {
    if (!this.#database.isTransaction) throw new Error('Rows of the alert path are written within a transaction only.')
    return this.#prepared(sql)
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
