export type KeyState = 'delivered' | 'held' | 'unknown'

export type RelayAnswer =
  | { readonly ok: true; readonly states: Readonly<Record<string, KeyState>> }
  | { readonly ok: false; readonly code: string; readonly sentence: string }

/** The other relay: an authenticated question which of these events it has delivered. Never throws. */
export interface RelayPeer {
  ask(keys: readonly string[], signal: AbortSignal): Promise<RelayAnswer>
}
