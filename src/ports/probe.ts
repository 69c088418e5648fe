import type { Proof, Says } from '../core/evidence/types.ts'

/** One thing to ask in a round: an address with the settings of its probe (already validated by its schema). */
export type ProbeTarget<Settings = unknown> = {
  /** Unique in a round: `HOST/CHANNEL`. */
  readonly id: string
  readonly address: string
  readonly settings: Settings
}

/** What one target answered. An expected failure is an answer, never a throw. */
export type ProbeAnswer = {
  readonly id: string
  readonly says: Says
  /** What was proven by life, which may be less than the probe hopes for (a TCP accept without the banner: kernel). */
  readonly proves: Proof
  readonly durationMs: number
  /** A few words for people. */
  readonly detail: string
}

/**
 * A probe kind: asks all its targets of one round together. It must answer for every target once, within `deadlineMs`
 * of the call; it never throws for what a network or a missing program can do.
 */
export interface Probe<Settings = unknown> {
  readonly kind: string
  round(targets: readonly ProbeTarget<Settings>[], deadlineMs: number, signal: AbortSignal): Promise<ProbeAnswer[]>
  close(): Promise<void>
}
