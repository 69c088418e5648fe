import { type Change, type CollectionName, DURABLE, type Snapshot, type State } from './types.ts'

/** The state after `changes`. The given state is left as it was. The only place that folds changes. */
export function apply(state: State, changes: readonly Change[]): State {
  const folder = new Folder(state)
  for (const change of changes) folder.put(change)
  return folder.state
}

/** Folds changes one by one, copying each collection at most once. */
export class Folder {
  state: State
  #copied = new Set<CollectionName>()

  constructor(state: State) {
    this.state = state
  }

  put(change: Change): void {
    const { collection, key, value } = change
    if (!this.#copied.has(collection)) {
      this.state = { ...this.state, [collection]: { ...this.state[collection] } }
      this.#copied.add(collection)
    }
    const rows = this.state[collection] as Record<string, unknown>
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
  const { hosts, claims, intents, commands, pins, outlets, meta } = state
  return { hosts, claims, intents, commands, pins, outlets, meta }
}
