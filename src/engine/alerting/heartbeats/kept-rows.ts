import type { Watched } from '../../../core/alerts/heartbeats/expect.ts'
import type { At } from '../../../core/time.ts'
import type { AlertStore } from '../../../ports/alert-store.ts'

/** A sign of life that changes nothing else is written down no more often than this. */
const KEEP_EVERY_MS = 10_000

/** The rows of whose signs of life are expected, on disk. What the disk does not take is written the next time. */
export class KeptRows {
  readonly #store: AlertStore
  readonly #written = new Map<string, Watched>()

  constructor(store: AlertStore) {
    this.#store = store
  }

  /** A row that another version left in another form is left out: its sender is expected anew. */
  load(): readonly Watched[] {
    const read = this.#store.transact((rows) => rows.kept('heartbeat'))
    if (!read.ok) return []
    const found = read.value.flatMap(([name, value]) => (isRow(name, value) ? [value] : []))
    for (const row of found) this.#written.set(row.name, row)
    return found
  }

  /** `all`: every sign of life, too. */
  save(rows: ReadonlyMap<string, Watched>, all: boolean): void {
    const changed = [...rows.values()].filter((row) => this.#matters(row, all))
    const gone = [...this.#written.keys()].filter((name) => !rows.has(name))
    if (changed.length === 0 && gone.length === 0) return
    const { ok } = this.#store.transact((kept) => {
      for (const row of changed) kept.keep('heartbeat', row.name, row)
      for (const name of gone) kept.forget('heartbeat', name)
    })
    if (!ok) return
    for (const row of changed) this.#written.set(row.name, row)
    for (const name of gone) this.#written.delete(name)
  }

  #matters(row: Watched, all: boolean): boolean {
    const written = this.#written.get(row.name)
    if (written === row) return false
    if (all || written === undefined) return true
    if (written.owed !== row.owed || written.missing !== row.missing || written.ill !== row.ill) return true
    const { last } = row
    if (last === undefined) return written.since.bootId !== row.since.bootId
    return written.last?.bootId !== last.bootId || last.monoMs - written.last.monoMs >= KEEP_EVERY_MS
  }
}

function isRow(name: string, value: unknown): value is Watched {
  if (typeof value !== 'object' || value === null) return false
  const row = value as Partial<Record<keyof Watched, unknown>>
  return (
    row.name === name &&
    isAt(row.since) &&
    (row.last === undefined || isAt(row.last)) &&
    (row.burst === undefined || isAt(row.burst)) &&
    Array.isArray(row.intervalsMs) &&
    row.intervalsMs.every((ms) => typeof ms === 'number' && ms >= 0) &&
    Array.isArray(row.owed)
  )
}

function isAt(value: unknown): value is At {
  if (typeof value !== 'object' || value === null) return false
  const { wallMs, bootId, monoMs } = value as Partial<Record<keyof At, unknown>>
  return typeof wallMs === 'number' && typeof bootId === 'string' && typeof monoMs === 'number'
}
