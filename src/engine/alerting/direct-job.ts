import type { ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'

/** What speaks to a channel out of turn: drills, tests, and what could not be written down. */
export type DirectJob = {
  /** Monotonic; not before. */
  readonly notBeforeMs: number
  readonly run: (line: Line) => Promise<void>
  /** The worker stops, and it will not be run. */
  readonly cancel: () => void
}

export type Line = {
  readonly send: (request: SendRequest) => Promise<SendOutcome>
  /** Undefined where the channel cannot be looked at. */
  readonly readBack: ((ref: string) => Promise<ReadBack>) | undefined
}
