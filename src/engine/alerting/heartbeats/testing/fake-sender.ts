import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../../../ports/heartbeat.ts'
import type { ManualClock } from '../../../testing/manual-clock.ts'

export type Said = {
  readonly kind: 'start' | 'beat'
  readonly well: boolean
  readonly reasons: readonly string[]
  readonly runId: string
  readonly atMs: number
}

/** Somebody outside who hears everything and answers as a test says. */
export class FakeSender implements HeartbeatSender {
  readonly name: string
  readonly type = 'fake'
  readonly said: Said[] = []
  readonly #clock: ManualClock
  under = 0
  most = 0
  answer: (report: HeartbeatReport, signal: AbortSignal) => Promise<BeatOutcome> = async () => ({ ok: true })

  constructor(name: string, clock: ManualClock) {
    this.name = name
    this.#clock = clock
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return this.#take('beat', report, signal)
  }

  start(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return this.#take('start', report, signal)
  }

  async #take(kind: Said['kind'], report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    const { well, reasons, runId } = report
    this.said.push({ kind, well, reasons, runId, atMs: this.#clock.now().monoMs })
    this.under += 1
    this.most = Math.max(this.most, this.under)
    try {
      return await this.answer(report, signal)
    } finally {
      this.under -= 1
    }
  }
}
