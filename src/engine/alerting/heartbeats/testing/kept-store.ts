import type { AlertRows, Transacted } from '../../../../ports/alert-store.ts'

/** The small durable records of an alert store, as JSON, in memory; and nothing else of it. */
export class KeptStore {
  #rows = new Map<string, string>()
  writable = true
  writes = 0

  transact<T>(work: (rows: AlertRows) => T): Transacted<T> {
    const draft = new Map(this.#rows)
    let wrote = false
    const rows: Pick<AlertRows, 'keep' | 'kept' | 'forget'> = {
      keep: (kind, key, value) => {
        wrote = true
        draft.set(`${kind}/${key}`, JSON.stringify(value))
      },
      kept: (kind) =>
        [...draft].flatMap(([key, text]) =>
          key.startsWith(`${kind}/`) ? [[key.slice(kind.length + 1), JSON.parse(text)] as const] : [],
        ),
      forget: (kind, key) => {
        wrote = true
        draft.delete(`${kind}/${key}`)
      },
    }
    const value = work(rows as AlertRows)
    if (wrote && !this.writable) return { ok: false, code: 'full', sentence: 'the disk is full' }
    if (wrote) this.writes += 1
    this.#rows = draft
    return { ok: true, value }
  }

  /** As if another version had written it. */
  put(key: string, value: unknown): void {
    this.#rows.set(`heartbeat/${key}`, JSON.stringify(value))
  }

  keys(): readonly string[] {
    return [...this.#rows.keys()]
  }
}
