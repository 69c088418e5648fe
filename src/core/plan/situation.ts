import type { State } from '../state/types.ts'
import type { At } from '../time.ts'

export const SITUATION_FORMAT = 'proxmox-watchdog-situation'
export const SITUATION_VERSION = 1

/**
 * Everything that a decision is made from, at one moment: what `state export` writes and `plan FILE` reads, so that a
 * strange night becomes a test case. Holds no secret, since the state holds none.
 */
export type Situation = {
  readonly format: typeof SITUATION_FORMAT
  readonly version: typeof SITUATION_VERSION
  readonly at: At
  readonly state: State
}

export function situationOf(state: State, at: At): Situation {
  return { format: SITUATION_FORMAT, version: SITUATION_VERSION, at, state }
}
