import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { HappeningCode, Severity } from '../core/codes.ts'
import type { Told } from '../core/state/types.ts'

/** A told event with its place in the history: a higher id was told later, whatever the clocks said. */
export type StoredEvent = Told & { readonly id: number }

/** Every field narrows the answer. Times compare with the wall clock as it was: from `since`, up to before `until`. */
export type EventQuery = {
  readonly host?: string
  readonly code?: string
  readonly severity?: Severity
  readonly intent?: string
  readonly sinceWallMs?: number
  readonly untilWallMs?: number
  /** Only events older than this id: how to ask for the next page. */
  readonly beforeId?: number
  /** Only events newer than this id, and of those the first ones: how to follow the history. */
  readonly afterId?: number
  /** At most this many, and never more than `MAX_PAGE`. */
  readonly limit: number
}

export const MAX_PAGE = 10_000

const CONDITIONS = {
  host: 'host = ?',
  code: 'code = ?',
  severity: 'severity = ?',
  intent: 'intent = ?',
  sinceWallMs: 'wall_ms >= ?',
  untilWallMs: 'wall_ms < ?',
  beforeId: 'id < ?',
  afterId: 'id > ?',
} as const

/** Newest first, also where `afterId` picked them from the other end. Throws SQLite's error. */
export function readEvents(database: DatabaseSync, query: EventQuery): StoredEvent[] {
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  for (const [field, condition] of Object.entries(CONDITIONS)) {
    const value = query[field as keyof typeof CONDITIONS]
    if (value === undefined) continue
    conditions.push(condition)
    values.push(value)
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  const limit = Math.max(0, Math.min(Math.trunc(query.limit), MAX_PAGE))
  const following = query.afterId !== undefined
  const events = database
    .prepare(`select * from event ${where} order by id ${following ? 'asc' : 'desc'} limit ?`)
    .all(...values, limit)
    .map(eventOf)
  return following ? events.toReversed() : events
}

function eventOf(row: Record<string, SQLOutputValue>): StoredEvent {
  const event = {
    id: row.id as number,
    code: row.code as HappeningCode,
    severity: row.severity as Severity,
    at: { wallMs: row.wall_ms as number, bootId: row.boot_id as string, monoMs: row.mono_ms as number },
    sentence: row.sentence as string,
    ...(row.guards === null ? {} : { guards: guardsOf(row.guards as string) }),
  }
  const about = (['host', 'device', 'outlet', 'intent'] as const).filter((field) => row[field] !== null)
  return { ...event, ...Object.fromEntries(about.map((field) => [field, row[field]])) }
}

function guardsOf(json: string): string[] {
  try {
    const guards: unknown = JSON.parse(json)
    return Array.isArray(guards) ? guards.map(String) : [json]
  } catch {
    // One damaged list must not hide the rest of the history.
    return [json]
  }
}

/** Appends told events inside the caller's transaction. Throws SQLite's error. */
export class EventWriter {
  readonly #insert: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'insert into event (wall_ms, boot_id, mono_ms, code, severity, host, device, outlet, intent, guards, sentence) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
  }

  append(told: readonly Told[]): void {
    for (const one of told) {
      this.#insert.run(
        one.at.wallMs,
        one.at.bootId,
        one.at.monoMs,
        one.code,
        one.severity,
        one.host ?? null,
        one.device ?? null,
        one.outlet ?? null,
        one.intent ?? null,
        one.guards === undefined ? null : JSON.stringify(one.guards),
        one.sentence,
      )
    }
  }
}
