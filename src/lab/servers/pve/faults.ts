import type { ProxmoxVersion } from '../../world/index.ts'

/**
 * What may be wrong with the API of a node, beside what is wrong with its world.
 * - `slow`: each answer comes `slowMs` late.
 * - `html`: a page of a proxy instead of JSON.
 * - `cut-off`: the body ends in its middle.
 * - `not-json`: the body is no JSON although it says so.
 * - `unauthorized`: every token and ticket is refused.
 * - `silent`: the request is taken and never answered.
 */
export type PveFaults = {
  readonly slowMs: number
  readonly answers: 'as-usual' | 'html' | 'cut-off' | 'not-json' | 'unauthorized' | 'silent'
  /** Only for paths that begin with this; default every path. */
  readonly only: string
  /** So many more lines stand before those of its journal. */
  readonly journalPadding: number
  /** It says and does what another release does. */
  readonly version: ProxmoxVersion | undefined
  /** It tells that it belongs to another cluster. */
  readonly ownName: string | undefined
}

export const NO_PVE_FAULTS: PveFaults = {
  slowMs: 0,
  answers: 'as-usual',
  only: '/',
  journalPadding: 0,
  version: undefined,
  ownName: undefined,
}
