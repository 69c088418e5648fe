import type { Told } from '../core/state/types.ts'
import type { Daemon, StoredEvent } from '../ports/daemon.ts'

type Tailed = Told & { readonly id?: number }

const PAGE = 500
/** Told events that wait for a slow reader; beyond that the history is where to read. */
const MAX_WAITING = 1000
const REMEMBERED = 2000

/**
 * What happens from now on, or after an id, in order and once each. What is told is only the signal to read on in the
 * history, which has the ids; where the history has nothing (the store cannot write) the told event itself is given.
 */
export class EventTail implements AsyncIterable<Tailed> {
  readonly #daemon: Daemon
  readonly #unsubscribe: () => void
  readonly #given = new Set<string>()
  #afterId: number | undefined
  #waiting: Told[] = []
  #wake: (() => void) | undefined
  #closed = false

  constructor(daemon: Daemon, afterId: number | undefined) {
    this.#daemon = daemon
    this.#afterId = afterId
    this.#unsubscribe = daemon.subscribe((told) => {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(told)
      this.#wake?.()
    })
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Tailed> {
    if (this.#afterId === undefined) this.#afterId = await this.#newestId()
    else yield* this.#stored()
    while (!this.#closed) {
      if (this.#waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      const told = this.#waiting
      this.#waiting = []
      yield* this.#stored()
      for (const one of told) {
        if (!this.#closed && this.#isNew(one)) yield one
      }
    }
  }

  async *#stored(): AsyncGenerator<StoredEvent> {
    while (!this.#closed) {
      const page = await this.#read({ afterId: this.#afterId, limit: PAGE })
      for (const event of page) {
        this.#afterId = Math.max(this.#afterId ?? 0, event.id)
        if (this.#isNew(event)) yield event
      }
      if (page.length < PAGE) return
    }
  }

  async #newestId(): Promise<number> {
    const [newest] = await this.#read({ limit: 1 })
    return newest?.id ?? 0
  }

  async #read(query: { readonly afterId?: number; readonly limit: number }): Promise<readonly StoredEvent[]> {
    try {
      const events = await this.#daemon.events(query)
      return [...events].sort((one, other) => one.id - other.id)
    } catch {
      return []
    }
  }

  #isNew(told: Told): boolean {
    const key = keyOf(told)
    if (this.#given.has(key)) return false
    this.#given.add(key)
    if (this.#given.size > REMEMBERED) this.#given.delete(this.#given.values().next().value as string)
    return true
  }
}

function keyOf({ at, code, host, outlet, sentence }: Told): string {
  return [at.bootId, at.monoMs, code, host, outlet, sentence].join('\n')
}
