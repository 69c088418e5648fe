import type { Clock } from '../../ports/clock.ts'
import { takeRow } from './inbox.ts'
import type { Ledger } from './ledger.ts'

const MOST_ROWS = 64
/** After so long a turn takes no further row. */
const TURN_MS = 4
/** Rows that failed and are left where they are; more than this means that it is not the rows. */
const MOST_SKIPPED = 100

/** Takes rows out of the inbox, a few a turn. A row that fails stays in the inbox and keeps no other from its way. */
export class InboxSlice {
  readonly #clock: Clock
  readonly #ledger: Ledger
  readonly #onMistake: (what: string, error: unknown) => void
  readonly #skipped = new Set<number>()
  /** After a mistake: one row a transaction, to find the one that makes it. */
  #singly = 0

  constructor(clock: Clock, ledger: Ledger, onMistake: (what: string, error: unknown) => void) {
    this.#clock = clock
    this.#ledger = ledger
    this.#onMistake = onMistake
  }

  take(): 'more' | 'done' | 'unwritable' {
    let at: number | undefined
    try {
      const done = this.#ledger.run((work) => {
        const begunMs = this.#clock.now().monoMs
        const rows = work.rows.inbox(MOST_ROWS + this.#skipped.size).filter(({ id }) => !this.#skipped.has(id))
        let taken = 0
        for (const row of rows) {
          at = row.id
          takeRow(work, row)
          taken += 1
          if (this.#singly > 0 || this.#clock.now().monoMs - begunMs > TURN_MS) break
        }
        return taken < rows.length || rows.length >= MOST_ROWS
      })
      if (!done.ok) return 'unwritable'
      if (this.#singly > 0) this.#singly -= 1
      return done.value ? 'more' : 'done'
    } catch (error) {
      if (this.#singly === 0) {
        this.#singly = MOST_ROWS
        return 'more'
      }
      this.#onMistake(`inbox row ${at}`, error)
      if (at === undefined || this.#skipped.size >= MOST_SKIPPED) return 'done'
      this.#skipped.add(at)
      return 'more'
    }
  }
}
