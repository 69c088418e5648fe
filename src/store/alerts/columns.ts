import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'

/** A row as SQLite answers it, by column. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/** A row that cannot be used, and why. */
export type Unreadable = { readonly unreadable: string }

/** No list is longer, whatever was asked for. */
const MAX_PAGE = 10_000

export function page(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit), MAX_PAGE))
}

/** For `in (select value from json_each(?))`: any number of ids in one statement. */
export function idList(ids: readonly number[]): string {
  return JSON.stringify(ids)
}

export function insertInto(table: string, columns: readonly string[]): string {
  return `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`
}

export function update(table: string, columns: readonly string[]): string {
  return `update ${table} set ${columns.map((column) => `${column} = ?`).join(', ')} where id = ?`
}

/** An optional field of a record; left out where the column is null. */
export function given<K extends string, V>(field: K, value: V | null | undefined): { readonly [F in K]?: V } {
  return value === null || value === undefined ? {} : ({ [field]: value } as { [F in K]: V })
}

export function orNull<T extends SQLInputValue>(value: T | undefined): T | null {
  return value ?? null
}

export function flag(value: boolean): number {
  return value ? 1 : 0
}

/** A word of a list. One that is not on it can only be damage: `otherwise` is what does the least harm. */
export function wordOf<W extends string>(words: readonly W[], value: SQLOutputValue | undefined, otherwise: W): W {
  return words.includes(value as W) ? (value as W) : otherwise
}

/** JSON that may be damaged. */
export function parsed(text: SQLOutputValue | undefined): { readonly value: unknown } | Unreadable {
  if (typeof text !== 'string') return { unreadable: 'it is not text' }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { unreadable: 'it is not JSON' }
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Labels and annotations. */
export function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string')
}
