import type { CommitOutcome } from '../../ports/journal.ts'
import { failure } from '../failure.ts'

/** One caller's row, until it is on disk. */
type Waiting = {
  readonly json: string
  readonly receivedMs: number
  readonly answer: (outcome: CommitOutcome) => void
}

/** One transaction takes at most this much, so that a commit of the engine never stands behind a long one. */
const MAX_ROWS = 1_000
const MAX_CHARACTERS = 4_000_000
/** Beyond this callers are refused at once: who cannot be written soon had better try again than hang. */
const MAX_WAITING_ROWS = 10_000
const MAX_WAITING_CHARACTERS = 64_000_000

/**
 * Writes what callers bring in one turn of the loop in one transaction: a sync of the disk each would hold all of them
 * to a few thousand a second. Every caller is answered once its row is on disk, or with why it is not.
 */
export class GroupCommit {
  readonly #write: (rows: readonly Waiting[]) => CommitOutcome
  #waiting: Waiting[] = []
  #characters = 0
  #scheduled = false

  constructor(write: (rows: readonly { readonly json: string; readonly receivedMs: number }[]) => CommitOutcome) {
    this.#write = write
  }

  add(json: string, receivedMs: number): Promise<CommitOutcome> {
    if (this.#waiting.length >= MAX_WAITING_ROWS || this.#characters + json.length > MAX_WAITING_CHARACTERS) {
      return Promise.resolve(failure('busy', 'Too many alerts wait to be written: try again.'))
    }
    const { promise, resolve } = Promise.withResolvers<CommitOutcome>()
    this.#waiting.push({ json, receivedMs, answer: resolve })
    this.#characters += json.length
    this.#schedule()
    return promise
  }

  /** Writes everything that waits, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#writeGroup()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#waiting.length > 0) this.#writeGroup()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #writeGroup(): void {
    const group = this.#takeGroup()
    const outcome = this.#write(group)
    for (const { answer } of group) answer(outcome)
  }

  #takeGroup(): readonly Waiting[] {
    let count = 0
    let characters = 0
    for (const { json } of this.#waiting) {
      if (count === MAX_ROWS || (count > 0 && characters + json.length > MAX_CHARACTERS)) break
      count += 1
      characters += json.length
    }
    this.#characters -= characters
    return this.#waiting.splice(0, count)
  }
}
