import type { Incoming } from '../core/alerts/types.ts'
import { apply, isDurable } from '../core/state/apply.ts'
import type { Change, Decision, State, Told } from '../core/state/types.ts'
import type { CommitOutcome, Journal } from '../ports/journal.ts'

/** How many events are kept in memory while the disk takes none. */
const KEPT_TOLD = 1_000
/** The same for what goes to the alerts' inbox. */
const KEPT_INCOMING = 1_000

/** What came of a commit, and what went to the alerts' inbox with it, or should have. */
export type Taken = {
  readonly outcome: CommitOutcome
  /** Committed: all that is on disk now and was not before. Otherwise: what this decision adds to what is owed. */
  readonly incoming: readonly Incoming[]
}

/**
 * The state, in memory and on disk. While the disk takes nothing, memory goes on and what is owed to the disk is kept,
 * one entry a row; the caller must not begin anything meanwhile.
 */
export class Memory {
  readonly #journal: Journal
  #state: State
  readonly #owed = new Map<string, Change>()
  #owedTold: Told[] = []
  #owedIncoming: readonly Incoming[] = []

  constructor(journal: Journal, state: State) {
    this.#journal = journal
    this.#state = state
  }

  get state(): State {
    return this.#state
  }

  /** Whether everything that was decided is on disk. */
  get settled(): boolean {
    return this.#owed.size === 0 && this.#owedTold.length === 0 && this.#owedIncoming.length === 0
  }

  /** Puts a decision on disk and then into memory. Memory takes it whether or not the disk did. */
  take(decision: Decision): Taken {
    const taken = this.#commit(decision.changes.filter(isDurable), decision.told, decision.incoming)
    this.#state = apply(this.#state, decision.changes)
    return taken
  }

  /** The policy is configuration, not state: it is never written. */
  setPolicy(policy: State['policy']): void {
    this.#state = { ...this.#state, policy }
  }

  /** Tries again what the disk did not take. */
  retry(): Taken {
    return this.#commit([], [], [])
  }

  #commit(changes: readonly Change[], told: readonly Told[], incoming: readonly Incoming[]): Taken {
    const nothing = changes.length === 0 && told.length === 0 && incoming.length === 0
    if (nothing && this.settled) return { outcome: { ok: true }, incoming }
    for (const change of changes) this.#owed.set(`${change.collection}/${change.key}`, change)
    this.#owedTold = [...this.#owedTold, ...told].slice(-KEPT_TOLD)
    this.#owedIncoming = bounded([...this.#owedIncoming, ...incoming])
    const outcome = this.#journal.commit([...this.#owed.values()], this.#owedTold, this.#owedIncoming)
    if (!outcome.ok) return { outcome, incoming }
    const committed = this.#owedIncoming
    this.#owed.clear()
    this.#owedTold = []
    this.#owedIncoming = []
    return { outcome, incoming: committed }
  }
}

/** Where there is too much, notes go first: they only tell more about what fires. */
function bounded(incoming: readonly Incoming[]): readonly Incoming[] {
  if (incoming.length <= KEPT_INCOMING) return incoming
  return incoming.filter(({ kind }) => kind !== 'note').slice(-KEPT_INCOMING)
}
