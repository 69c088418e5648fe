/** What a heartbeat says of us. `reasons` are sentences for people, without secrets; empty where all is well. */
export type HeartbeatReport = {
  readonly well: boolean
  readonly reasons: readonly string[]
  /** Who says it. */
  readonly sender: string
  /** Pairs the calls of one run, where the service knows that: a UUID. */
  readonly runId: string
}

/** `silent`: nothing was sent, since silence is how this one is told that all is not well. */
export type BeatOutcome =
  | { readonly ok: true; readonly silent?: true }
  | { readonly ok: false; readonly code: string; readonly sentence: string; readonly retryAfterMs?: number }

/** Somebody outside who notices when we fall silent. Each call ends within its own timeout. Never throws. */
export interface HeartbeatSender {
  readonly name: string
  readonly type: string
  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome>
  /** Said once when the process begins, where the service knows that. */
  start?(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome>
}
