type Entry = { readonly atMs: number; readonly order: number; readonly process: number; readonly run: () => void }

/** What is to happen, by virtual time; equal times keep their order. A binary heap. */
export class Timeline {
  readonly #heap: Entry[] = []
  #order = 0

  /** `process` 0: the world's own doing. Otherwise it is void once that process has died. */
  add(atMs: number, process: number, run: () => void): void {
    const heap = this.#heap
    const entry = { atMs, order: this.#order++, process, run }
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Entry
      if (!before(entry, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  nextMs(): number | undefined {
    return this.#heap[0]?.atMs
  }

  take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1
      if (!before(heap[child] as Entry, last)) break
      heap[at] = heap[child] as Entry
      at = child
    }
    heap[at] = last
    return first
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
