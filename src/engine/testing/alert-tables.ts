/** A table of rows by id whose writes can be taken back: what a transaction is in memory. */
export class UndoLog {
  #undo: (() => void)[] = []

  note(undo: () => void): void {
    this.#undo.push(undo)
  }

  forget(): void {
    this.#undo = []
  }

  rollBack(): void {
    for (const undo of this.#undo.reverse()) undo()
    this.#undo = []
  }
}

export class MemoryTable<Row extends { readonly id: number }> {
  readonly #log: UndoLog
  readonly #rows = new Map<number, Row>()
  #lastId = 0

  constructor(log: UndoLog) {
    this.#log = log
  }

  get lastId(): number {
    return this.#lastId
  }

  all(): Iterable<Row> {
    return this.#rows.values()
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id)
  }

  insert(row: Omit<Row, 'id'>): Row {
    this.#lastId += 1
    const made = { ...row, id: this.#lastId } as Row
    this.put(made)
    return made
  }

  put(row: Row): void {
    const before = this.#rows.get(row.id)
    this.#rows.set(row.id, row)
    this.#log.note(() => {
      if (before === undefined) this.#rows.delete(row.id)
      else this.#rows.set(row.id, before)
    })
  }

  remove(id: number): void {
    const before = this.#rows.get(id)
    if (before === undefined) return
    this.#rows.delete(id)
    this.#log.note(() => {
      // In the order of the ids, as every list is.
      const rows = [...this.#rows, [id, before] as const].sort(([a], [b]) => a - b)
      this.#rows.clear()
      for (const [each, row] of rows) this.#rows.set(each, row)
    })
  }
}

export function least(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b))
}

export function find<T>(rows: Iterable<T>, is: (row: T) => boolean): T | undefined {
  for (const row of rows) if (is(row)) return row
  return undefined
}

export function where<T>(rows: Iterable<T>, is: (row: T) => boolean = () => true): T[] {
  const found: T[] = []
  for (const row of rows) if (is(row)) found.push(row)
  return found
}

export function first<T>(rows: Iterable<T>, limit: number, is: (row: T) => boolean = () => true): T[] {
  const found: T[] = []
  for (const row of rows) {
    if (found.length >= limit) break
    if (is(row)) found.push(row)
  }
  return found
}
