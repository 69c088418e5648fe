import { type Change, type CollectionName, DURABLE, type Snapshot, type State } from './types.ts'

/** The state after `changes`. The given state is left as it was. The only place that folds changes. */
export function apply(state: State, changes: readonly Change[]): State {
  const folder = new Folder(state)
  for (const change of changes) folder.put(change)
  return folder.state
}

/** Folds changes one by one, copying the state and each collection at most once. */
export class Folder {
  state: State
  readonly #given: State

  constructor(state: State) {
    this.state = state
    this.#given = state
  }

  put(change: Change): void {
    const { collection, key, value } = change
    if (this.state === this.#given) this.state = { ...this.#given }
    const own = this.state as { [C in CollectionName]: Record<string, unknown> }
    if (own[collection] === this.#given[collection]) own[collection] = { ...this.#given[collection] }
    const rows = own[collection]
    if (value === undefined) delete rows[key]
    else rows[key] = value
  }
}

const durable = new Set<string>(DURABLE)

export function isDurable(change: Change): boolean {
  return durable.has(change.collection)
}

/** The durable part of a state: what a journal holds. */
export function snapshotOf(state: State): Snapshot {
  const { hosts, claims, intents, commands, pins, outlets, alerts, upsUnits, powerOutages, learnedTimes, meta } = state
  return { hosts, claims, intents, commands, pins, outlets, alerts, upsUnits, powerOutages, learnedTimes, meta }
}
