import type { HealthProof } from '../../../core/alerts/heartbeats/proof.ts'
import type { HeartbeatOutStatus } from '../../../ports/alerting.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { HeartbeatSender } from '../../../ports/heartbeat.ts'
import { WakeTimer } from '../../wake-timer.ts'
import { HeartbeatLoop } from './heartbeat-loop.ts'

export type HeartbeatOut = { readonly sender: HeartbeatSender; readonly everyMs: number }

export type HeartbeatFailure = { readonly code: string; readonly sentence: string }

export type HeartbeatsOutParts = {
  readonly clock: Clock
  readonly senders: readonly HeartbeatOut[]
  /** What may be said of our health now. Cheap: it is asked every few seconds. */
  readonly prove: () => HealthProof
  /** Who says it: the name of this watchdog. */
  readonly name: string
  /** A new UUID. */
  readonly newRunId: () => string
  /** A heartbeat could not be sent, tries and all, or for another reason than before; undefined: it can be again. */
  readonly onFailing?: (heartbeat: string, failure: HeartbeatFailure | undefined) => void
}

/** News of our health within this time are one: what goes wrong seldom does so alone. */
export const GATHER_MS = 250

/** Tells those outside regularly that all is well, while that is proved; and at once when it is not. */
export class HeartbeatsOut {
  readonly #parts: HeartbeatsOutParts
  readonly #gather: WakeTimer
  readonly #loops = new Map<string, HeartbeatLoop>()
  readonly #ending = new Set<Promise<void>>()
  #gathering = false
  #started = false

  constructor(parts: HeartbeatsOutParts) {
    this.#parts = parts
    this.#gather = new WakeTimer(parts.clock, () => {
      this.#gathering = false
      for (const loop of this.#loops.values()) loop.lookNow()
    })
  }

  start(): void {
    this.#started = true
    for (const out of this.#parts.senders) this.#begin(out, undefined)
  }

  /** Something has happened that may be good or bad for our health: whoever would be told otherwise now is told. */
  healthMayHaveChanged(): void {
    if (this.#gathering || !this.#started) return
    this.#gathering = true
    this.#gather.in(GATHER_MS)
  }

  /** One of the same name takes the place of the old one, with the count of what it sent. */
  reconfigure(senders: readonly HeartbeatOut[]): void {
    const before = new Map(this.#loops)
    this.#loops.clear()
    for (const out of senders) this.#begin(out, before.get(out.sender.name))
    for (const loop of before.values()) {
      const ending = loop.close().finally(() => this.#ending.delete(ending))
      this.#ending.add(ending)
    }
  }

  status(): readonly HeartbeatOutStatus[] {
    return [...this.#loops.values()].map((loop) => loop.status())
  }

  /** Nothing is said at the end: whoever listens notices the silence, and that is the truth. */
  async close(): Promise<void> {
    this.#gather.cancel()
    this.#started = false
    await Promise.all([...this.#ending, ...[...this.#loops.values()].map((loop) => loop.close())])
  }

  #begin(out: HeartbeatOut, before: HeartbeatLoop | undefined): void {
    const loop = new HeartbeatLoop(this.#parts, out, before)
    this.#loops.set(out.sender.name, loop)
    loop.start()
  }
}
