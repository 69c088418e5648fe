import type { Clock } from '../../ports/clock.ts'
import { takeRow } from './inbox.ts'
import type { Work } from './work.ts'

const MOST_ROWS = 64
/** After so long a turn takes no further row. */
const TURN_MS = 4
/** Rows that failed and are left where they are; more than this means that it is not the rows. */
const MOST_SKIPPED = 100

/** Takes rows out of the inbox, a few a turn. A row that fails stays in the inbox and keeps no other from its way. */
export class InboxSlice {
  readonly #clock: Clock
  readonly #skipped = new Set<number>()
  /** After a mistake: so many rows, one a turn, to find the one that makes it. */
  #singly = 0
  #at: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Answers whether there is more. */
  take(work: Work): boolean {
    const begunMs = this.#clock.now().monoMs
    this.#at = undefined
    const rows = work.rows.inbox(MOST_ROWS + this.#skipped.size).filter(({ id }) => !this.#skipped.has(id))
    let taken = 0
    for (const row of rows) {
      this.#at = row.id
      takeRow(work, row)
      taken += 1
      if (this.#singly > 0 || this.#clock.now().monoMs - begunMs > TURN_MS) break
    }
    const singly = Math.max(0, this.#singly - 1)
    work.after(() => {
      this.#singly = singly
    })
    return taken < rows.length || rows.length >= MOST_ROWS
  }

  /**
   * After a turn that threw: `looking` for the row that makes the mistake, or which it was; that one is skipped until the
   * next start. Undefined where it is no row.
   */
  failed(): number | 'looking' | undefined {
    const at = this.#at
    if (at === undefined || this.#skipped.size >= MOST_SKIPPED) return undefined
    if (this.#singly === 0) {
      this.#singly = MOST_ROWS
      return 'looking'
    }
    this.#skipped.add(at)
    return at
  }
}
