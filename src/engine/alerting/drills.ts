import { nextMinuteMs } from '../../core/alerts/routing/quiet-hours.ts'
import { list } from '../../core/phrase.ts'
import type { DrillReport, LegResult } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Canaries } from './canary.ts'
import { canaryMessage } from './canary-message.ts'
import type { Ledger } from './ledger.ts'
import type { AlertObservation, DrillSettings } from './parts.ts'
import type { Setup } from './setup.ts'
import { Sleeper } from './sleeper.ts'

export type DrillParts = {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly setup: () => Setup
  readonly canaries: Canaries
  readonly random: () => number
  readonly observe: (observation: AlertObservation) => void
  readonly localMinute: (wallMs: number) => number
}

type Kept = { readonly last?: DrillReport; readonly okMs?: number; readonly dueMs?: number; readonly failed?: boolean }

const DAY_MS = 86_400_000
/** After a start the channels are given a moment before they are tried. */
const SETTLE_MS = 30_000
const LONGEST_SLEEP_MS = 3_600_000
const STORE_KEY = 'state'

/** Proves that the alert path works: by a marked message through every channel, at its times and when it is asked for. */
export class Drills {
  readonly #parts: DrillParts
  readonly #sleeper: Sleeper
  #settings: DrillSettings | undefined
  #kept: Kept = {}
  #serial = 0
  #running: Promise<DrillReport> | undefined
  #loop: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: DrillParts, settings: DrillSettings | undefined) {
    this.#parts = parts
    this.#settings = settings
    this.#sleeper = new Sleeper(parts.clock)
  }

  get last(): DrillReport | undefined {
    return this.#kept.last
  }

  /** When the last one was begun in which every leg worked. */
  get okMs(): number | undefined {
    return this.#kept.okMs
  }

  get dueMs(): number | undefined {
    return this.#settings === undefined ? undefined : this.#kept.dueMs
  }

  start(kept: unknown): void {
    this.#kept = keptOf(kept)
    this.#loop = this.#run()
  }

  use(settings: DrillSettings | undefined): void {
    this.#settings = settings
    this.#sleeper.wake()
  }

  async stop(): Promise<void> {
    this.#closed = true
    this.#sleeper.wake()
    await this.#loop
  }

  /** Through one channel, or through each; one that is asked for while one runs is that one. Never rejects. */
  drill(channel: string | undefined): Promise<DrillReport> {
    if (channel !== undefined) return this.#legs([channel])
    this.#running ??= this.#whole().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** The same for a mere test message: one try, and nothing of it is kept. */
  async test(channel: string | undefined): Promise<readonly LegResult[]> {
    return Promise.all(this.#channels(channel).map((name) => this.#parts.canaries.leg(name, this.#message('test'), 1)))
  }

  async #run(): Promise<void> {
    await this.#sleeper.sleep(SETTLE_MS)
    while (!this.#closed) {
      this.#sleeper.arm()
      const nowMs = this.#parts.ledger.nowMs()
      const dueMs = this.#due(nowMs)
      if (dueMs !== undefined && dueMs <= nowMs) await this.drill(undefined)
      else await this.#sleeper.sleep(Math.min(LONGEST_SLEEP_MS, (dueMs ?? Number.POSITIVE_INFINITY) - nowMs))
    }
  }

  /** When the next one is due: as it was written down, unless that is further ahead than the settings allow. */
  #due(nowMs: number): number | undefined {
    const settings = this.#settings
    if (settings === undefined || this.#channels(undefined).length === 0) return undefined
    const { dueMs } = this.#kept
    const atMostMs = nowMs + settings.everyMs + (settings.atMinute === undefined ? 0 : DAY_MS)
    if (dueMs !== undefined && dueMs <= atMostMs) return dueMs
    const next = this.#nextMs(settings, nowMs)
    this.#keep({ ...this.#kept, dueMs: next })
    return next
  }

  #nextMs({ everyMs, atMinute }: DrillSettings, nowMs: number): number {
    if (atMinute === undefined) return nowMs + everyMs
    // At that minute of the day that is nearest to a period from now.
    const earliestMs = nowMs + Math.max(0, everyMs - DAY_MS / 2)
    return nextMinuteMs(atMinute, this.#parts.localMinute(earliestMs), earliestMs)
  }

  async #whole(): Promise<DrillReport> {
    const settings = this.#settings
    const nowMs = this.#parts.ledger.nowMs()
    // Written first: a drill that ends the process must not be the first thing that the next one does.
    if (settings !== undefined) this.#keep({ ...this.#kept, dueMs: this.#nextMs(settings, nowMs) })
    const report = await this.#legs(this.#channels(undefined))
    if (this.#closed) return report
    const { failed: before } = this.#kept
    this.#keep({
      ...this.#kept,
      last: report,
      failed: !report.ok,
      ...(report.ok ? { okMs: report.startedMs } : {}),
    })
    if (!report.ok) this.#parts.observe({ code: 'drill-failed', sentence: failureOf(report) })
    else if (before !== false) this.#parts.observe({ code: 'drill-passed', sentence: passedBy(report) })
    return report
  }

  async #legs(channels: readonly string[]): Promise<DrillReport> {
    const startedMs = this.#parts.ledger.nowMs()
    const legs = await Promise.all(channels.map((channel) => this.#parts.canaries.leg(channel, this.#message('drill'))))
    return { startedMs, ok: legs.length > 0 && legs.every(({ ok }) => ok), legs }
  }

  #message(kind: 'drill' | 'test') {
    const nowMs = this.#parts.ledger.nowMs()
    this.#serial += 1
    const chance = Math.floor(this.#parts.random() * 0xffff_ffff).toString(36)
    return canaryMessage(
      kind,
      `${Math.round(nowMs).toString(36)}-${this.#serial}-${chance}`,
      this.#parts.setup(),
      nowMs,
    )
  }

  #channels(channel: string | undefined): readonly string[] {
    if (channel !== undefined) return [channel]
    const { policy, isThere } = this.#parts.setup()
    return policy.channels.map(({ name }) => name).filter(isThere)
  }

  /** Where it cannot be written it is known in memory at least; the state has an alert of its own. */
  #keep(kept: Kept): void {
    this.#kept = kept
    this.#parts.ledger.run((work) => work.rows.keep('drill', STORE_KEY, kept))
  }
}

function failureOf({ legs }: DrillReport): string {
  const failed = legs.filter(({ ok }) => !ok)
  if (failed.length === 0) return 'The drill reached nobody: there is no channel.'
  return `The drill did not come through: ${failed.map(({ channel, sentence }) => `${channel}: ${sentence}`).join(' ')}`
}

function passedBy({ legs }: DrillReport): string {
  return `The drill came through on ${list(legs.map(({ channel }) => channel))}.`
}

function keptOf(value: unknown): Kept {
  if (typeof value !== 'object' || value === null) return {}
  const { last, okMs, dueMs, failed } = value as Kept
  return {
    ...(typeof last === 'object' && Array.isArray(last.legs) ? { last } : {}),
    ...(typeof okMs === 'number' ? { okMs } : {}),
    ...(typeof dueMs === 'number' ? { dueMs } : {}),
    ...(typeof failed === 'boolean' ? { failed } : {}),
  }
}
