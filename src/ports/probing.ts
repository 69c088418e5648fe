import type { Evidence } from '../core/evidence/types.ts'

/** Asks many hosts at once through every channel they have. */
export interface Probing {
  /**
   * Asks every host and reference, or only `hosts`. Answers for every channel within `deadlineMs`, whatever happens;
   * a channel that could not be asked answers `probe-broken`.
   */
  ask(round: number, deadlineMs: number, signal: AbortSignal, hosts?: readonly string[]): Promise<readonly Evidence[]>
}
