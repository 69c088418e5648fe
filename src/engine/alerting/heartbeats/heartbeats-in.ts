import type { Expectation, Watched } from '../../../core/alerts/heartbeats/expect.ts'
import {
  expected,
  expectedNoMore,
  handedOver,
  leftMs,
  look,
  resumed,
  takeBeat,
} from '../../../core/alerts/heartbeats/expect.ts'
import { stateOf, statusOf } from '../../../core/alerts/heartbeats/status.ts'
import { type Matcher, matchedLabels, matchesAll, parseMatcher } from '../../../core/alerts/routing/matchers.ts'
import type { AlertUpdate } from '../../../core/alerts/types.ts'
import { type At, elapsedMs } from '../../../core/time.ts'
import type { AlertStore } from '../../../ports/alert-store.ts'
import type { AlertAnswer, HeartbeatIn, HeartbeatInStatus, HeartbeatsIn as Port } from '../../../ports/alerting.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { CommitOutcome } from '../../../ports/journal.ts'
import { WakeTimer } from '../../wake-timer.ts'
import { KeptRows } from './kept-rows.ts'

export type HeartbeatsInParts = {
  readonly clock: Clock
  readonly store: AlertStore
  readonly expectations: readonly Expectation[]
  /** Hands alerts over: to the inbox. What it does not take is handed over again. */
  readonly emit: (updates: readonly AlertUpdate[]) => Promise<CommitOutcome>
  /** A sender is in another state now. */
  readonly onChange?: (name: string, state: HeartbeatInStatus['state']) => void
}

/** The longest time between two looks: for noticing that we stood still ourselves, and for trying again what failed. */
export const LOOK_EVERY_MS = 15_000
/** A look that is later than this was kept from running: what was sent to us meanwhile may be lost. */
export const STOOD_STILL_MS = 30_000

const GONE_QUIET = 'Alertmanager says that the alert which shows its life fires no more: its Prometheus has stopped.'

/** The dead man's switch: whose signs of life are expected, and what is to be told when they stop. */
export class HeartbeatsIn implements Port {
  readonly #parts: HeartbeatsInParts
  readonly #timer: WakeTimer
  readonly #kept: KeptRows
  readonly #rows = new Map<string, Watched>()
  #expectations = new Map<string, Expectation>()
  /** What shows the life of those that an alert does. */
  #signs: readonly (readonly [Expectation, readonly Matcher[]])[] = []
  /** Since when we listen without a gap. */
  #graceFrom: At
  #lookedAt: At
  #handingOver: Promise<void> | undefined
  #closed = false

  constructor(parts: HeartbeatsInParts) {
    this.#parts = parts
    this.#timer = new WakeTimer(parts.clock, () => this.#look())
    this.#kept = new KeptRows(parts.store)
    this.#graceFrom = parts.clock.now()
    this.#lookedAt = this.#graceFrom
  }

  /** Takes up what was known when the process last ended. */
  start(): void {
    const now = this.#parts.clock.now()
    this.#graceFrom = now
    this.#lookedAt = now
    for (const row of this.#kept.load()) this.#put(resumed(row, now))
    this.reconfigure(this.#parts.expectations)
  }

  /** Those that stay keep what is known of them; what fires about one that is gone is resolved. */
  reconfigure(expectations: readonly Expectation[]): void {
    const now = this.#parts.clock.now()
    this.#expectations = new Map(expectations.map((expectation) => [expectation.name, expectation]))
    this.#signs = expectations.flatMap((expectation) => {
      const matchers = matchersOf(expectation)
      return matchers === undefined ? [] : [[expectation, matchers] as const]
    })
    for (const [name, row] of this.#rows) {
      if (!this.#expectations.has(name)) this.#put(expectedNoMore(row, now.wallMs))
    }
    for (const name of this.#expectations.keys()) if (!this.#rows.has(name)) this.#put(expected(name, now))
    this.#look()
  }

  take(name: string, beat: HeartbeatIn, atWallMs: number): AlertAnswer | undefined {
    const expectation = this.#expectations.get(name)
    if (expectation === undefined) return undefined
    this.#takeFor(expectation, beat, atWallMs)
    this.#look()
    return { ok: true, code: 'taken', sentence: `The sign of life of ${name} was taken.` }
  }

  takesAlert(update: AlertUpdate, atWallMs: number): boolean {
    // What we say ourselves is no sign of life of anybody.
    if (update.source !== 'alertmanager' && update.source !== 'generic') return false
    const labels = matchedLabels(update)
    const signs = this.#signs.filter(([, matchers]) => matchesAll(matchers, labels))
    if (signs.length === 0) return false
    const well = update.status !== 'resolved'
    for (const [sign] of signs) this.#takeFor(sign, { well, reasons: well ? [] : [GONE_QUIET] }, atWallMs)
    this.#look()
    return true
  }

  status(): readonly HeartbeatInStatus[] {
    const now = this.#parts.clock.now()
    return [...this.#expectations.values()].map((expectation) =>
      statusOf(expectation, this.#rows.get(expectation.name) ?? expected(expectation.name, now), this.#graceFrom, now),
    )
  }

  /** Writes down what is known. What could not be handed over is owed by the next start. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer.cancel()
    await this.#handingOver
    this.#kept.save(this.#rows, true)
  }

  #takeFor(expectation: Expectation, beat: HeartbeatIn, atWallMs: number): void {
    const { name } = expectation
    const now = this.#parts.clock.now()
    this.#noticeStandstill(now)
    const row = this.#rows.get(name) ?? expected(name, now)
    // How long it was on its way (in the inbox, over a restart): from the wall clock, which is all that it brought.
    const lateMs = Math.max(0, now.wallMs - atWallMs)
    const at: At = { wallMs: now.wallMs - lateMs, bootId: now.bootId, monoMs: now.monoMs - lateMs }
    this.#put(takeBeat(expectation, row, beat, at))
  }

  #look(): void {
    if (this.#closed) return
    const now = this.#parts.clock.now()
    this.#noticeStandstill(now)
    let nextMs = LOOK_EVERY_MS
    for (const expectation of this.#expectations.values()) {
      const row = this.#rows.get(expectation.name)
      if (row === undefined) continue
      const looked = look(expectation, row, this.#graceFrom, now)
      this.#put(looked)
      if (looked.missing !== undefined) continue
      nextMs = Math.min(nextMs, Math.max(1, Math.ceil(leftMs(expectation, looked, this.#graceFrom, now))))
    }
    this.#timer.in(nextMs)
    this.#kept.save(this.#rows, false)
    this.#handOver()
  }

  #noticeStandstill(now: At): void {
    // In a lab's scaled time a short delay of the machine is a long one.
    const limitMs = LOOK_EVERY_MS + STOOD_STILL_MS * Math.max(1, this.#parts.clock.pace)
    const quietMs = elapsedMs(this.#lookedAt, now)
    this.#lookedAt = now
    if (quietMs <= limitMs) return
    this.#graceFrom = now
    for (const row of this.#rows.values()) this.#put(resumed(row, now))
  }

  #put(row: Watched): void {
    const before = this.#rows.get(row.name)
    if (before === row) return
    this.#rows.set(row.name, row)
    const state = stateOf(row)
    if (before === undefined || stateOf(before) !== state) this.#parts.onChange?.(row.name, state)
  }

  /** Decided and written down, the alerts leave; one batch at a time. What is not taken stays owed until the next look. */
  #handOver(): void {
    if (this.#handingOver !== undefined) return
    const updates = [...this.#rows.values()].flatMap(({ owed }) => owed)
    if (updates.length === 0) return this.#forgetGone()
    this.#handingOver = this.#parts
      .emit(updates)
      .then(
        ({ ok }) => ok,
        () => false,
      )
      .then((ok) => {
        this.#handingOver = undefined
        if (ok) this.#handedOver(updates)
      })
  }

  #handedOver(updates: readonly AlertUpdate[]): void {
    const taken = new Set(updates)
    for (const [name, row] of this.#rows) this.#rows.set(name, handedOver(row, taken))
    this.#kept.save(this.#rows, false)
    // What was decided while these were on their way.
    if (!this.#closed) this.#handOver()
  }

  #forgetGone(): void {
    for (const [name, { owed }] of this.#rows) {
      if (owed.length === 0 && !this.#expectations.has(name)) this.#rows.delete(name)
    }
    this.#kept.save(this.#rows, false)
  }
}

/** Undefined where no alert shows its life, or where one matcher is none: it would match by the rest. */
function matchersOf({ alertMatchers = [] }: Expectation): readonly Matcher[] | undefined {
  const matchers = alertMatchers.flatMap((text) => {
    const parsed = parseMatcher(text)
    return parsed.ok ? [parsed.matcher] : []
  })
  return matchers.length === 0 || matchers.length < alertMatchers.length ? undefined : matchers
}
