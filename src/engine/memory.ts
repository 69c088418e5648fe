import { apply, isDurable } from '../core/state/apply.ts'
import type { Change, Decision, State, Told } from '../core/state/types.ts'
import type { CommitOutcome, Journal } from '../ports/journal.ts'

/** How many events are kept in memory while the disk takes none. */
const KEPT_TOLD = 1_000

/**
 * The state, in memory and on disk. While the disk takes nothing, memory goes on and what is owed to the disk is kept,
 * one entry a row; the caller must not begin anything meanwhile.
 */
export class Memory {
  readonly #journal: Journal
  #state: State
  readonly #owed = new Map<string, Change>()
  #owedTold: Told[] = []

  constructor(journal: Journal, state: State) {
    this.#journal = journal
    this.#state = state
  }

  get state(): State {
    return this.#state
  }

  /** Whether everything that was decided is on disk. */
  get settled(): boolean {
    return this.#owed.size === 0 && this.#owedTold.length === 0
  }

  /** Puts a decision on disk and then into memory. Memory takes it whether or not the disk did. */
  take(decision: Decision): CommitOutcome {
    const outcome = this.#commit(decision.changes.filter(isDurable), decision.told)
    this.#state = apply(this.#state, decision.changes)
    return outcome
  }

  /** The policy is configuration, not state: it is never written. */
  setPolicy(policy: State['policy']): void {
    this.#state = { ...this.#state, policy }
  }

  /** Tries again what the disk did not take. */
  retry(): CommitOutcome {
    return this.settled ? { ok: true } : this.#commit([], [])
  }

  #commit(changes: readonly Change[], told: readonly Told[]): CommitOutcome {
    if (changes.length === 0 && told.length === 0 && this.settled) return { ok: true }
    for (const change of changes) this.#owed.set(`${change.collection}/${change.key}`, change)
    this.#owedTold = [...this.#owedTold, ...told].slice(-KEPT_TOLD)
    const outcome = this.#journal.commit([...this.#owed.values()], this.#owedTold)
    if (outcome.ok) {
      this.#owed.clear()
      this.#owedTold = []
    }
    return outcome
  }
}
