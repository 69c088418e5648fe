import type { HealthProof } from '../../../core/alerts/heartbeats/proof.ts'
import type { HeartbeatOutStatus } from '../../../ports/alerting.ts'
import type { BeatOutcome, HeartbeatReport } from '../../../ports/heartbeat.ts'
import type { HeartbeatOut, HeartbeatsOutParts } from './heartbeats-out.ts'
import { Pace } from './pace.ts'

/** How long at most until our health is looked at, though nobody said that it may have changed. */
export const LOOK_EVERY_MS = 10_000
/** Longer than any sender's own limit: one that hangs all the same costs a heartbeat, not all of them. */
export const CALL_LIMIT_MS = 90_000
/** After a heartbeat that failed, unless the next one is due before. */
export const RETRY_AFTER_MS = [2_000, 8_000] as const
/** A look that is later than this was kept from running, as everything else was. */
export const STOOD_STILL_MS = 30_000
/** So long after that, what looks bad may only be old. */
export const SETTLES_IN_MS = 45_000

type Kind = 'start' | 'beat'

/** The heartbeats of one sender, one after the other. */
export class HeartbeatLoop {
  readonly #parts: HeartbeatsOutParts
  readonly #out: HeartbeatOut
  readonly #pace: Pace
  readonly #closing = new AbortController()
  readonly #greets: boolean
  #running: Promise<void> | undefined
  #nap = new AbortController()
  #runId: string
  /** When the next regular one is due. */
  #dueMs: number
  /** What the last one said, delivered or not. */
  #said: boolean | undefined
  /** Tries of it that failed, and when the next may be made. */
  #failed = 0
  #retryAtMs: number | undefined
  #last: { readonly wallMs: number; readonly outcome: BeatOutcome } | undefined
  #failing: string | undefined
  #settledAtMs = 0

  /** `before`: who had this name until now. */
  constructor(parts: HeartbeatsOutParts, out: HeartbeatOut, before: HeartbeatLoop | undefined) {
    this.#parts = parts
    this.#out = out
    this.#pace = before === undefined ? new Pace() : before.#pace
    this.#last = before === undefined ? undefined : before.#last
    this.#failing = before === undefined ? undefined : before.#failing
    this.#greets = before === undefined
    this.#runId = parts.newRunId()
    this.#dueMs = parts.clock.now().monoMs
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Looks at our health now. */
  lookNow(): void {
    this.#nap.abort()
  }

  status(): HeartbeatOutStatus {
    const { name, type } = this.#out.sender
    if (this.#last === undefined) return { name, type }
    const { wallMs, outcome } = this.#last
    const words = outcome.ok ? {} : { sentence: outcome.sentence }
    return { name, type, lastSentMs: wallMs, lastOk: outcome.ok, ...words }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#nap.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    if (this.#greets && this.#out.sender.start !== undefined) await this.#call('start', this.#parts.prove())
    while (!this.#closing.signal.aborted) {
      this.#nap = new AbortController()
      const proof = this.#parts.prove()
      const waitMs = this.#waitMs(proof)
      if (waitMs <= 0) await this.#beat(proof)
      else await this.#sleep(Math.min(waitMs, LOOK_EVERY_MS))
    }
  }

  async #sleep(ms: number): Promise<void> {
    const { clock } = this.#parts
    const dueMs = clock.now().monoMs + ms
    await clock.sleep(ms, this.#nap.signal)
    const nowMs = clock.now().monoMs
    if (nowMs - dueMs > STOOD_STILL_MS * Math.max(1, clock.pace)) this.#settledAtMs = nowMs + SETTLES_IN_MS
  }

  /** How long until something is to be sent, if our health stays as it is. */
  #waitMs(proof: HealthProof): number {
    const nowMs = this.#parts.clock.now().monoMs
    if (proof.early || (!proof.well && nowMs < this.#settledAtMs)) return LOOK_EVERY_MS
    const changed = this.#said !== proof.well
    const wantedMs = changed ? nowMs : Math.min(this.#dueMs, this.#retryAtMs ?? Number.POSITIVE_INFINITY)
    return Math.max(wantedMs, this.#pace.freeAtMs(nowMs)) - nowMs
  }

  async #beat(proof: HealthProof): Promise<void> {
    const { clock } = this.#parts
    const begunMs = clock.now().monoMs
    const retry = this.#retryAtMs !== undefined && this.#said === proof.well && begunMs < this.#dueMs
    if (!retry) {
      this.#failed = 0
      this.#dueMs = begunMs + this.#out.everyMs
    }
    this.#said = proof.well
    this.#retryAtMs = undefined
    const outcome = await this.#call('beat', proof)
    if (this.#closing.signal.aborted) return
    if (outcome.ok) return this.#delivered()
    this.#failed += 1
    const pauseMs = RETRY_AFTER_MS[this.#failed - 1]
    const nowMs = clock.now().monoMs
    if (pauseMs !== undefined && nowMs + Math.max(pauseMs, outcome.retryAfterMs ?? 0) < this.#dueMs) {
      this.#retryAtMs = nowMs + pauseMs
      return
    }
    if (this.#failing === outcome.code) return
    this.#failing = outcome.code
    this.#parts.onFailing?.(this.#out.sender.name, { code: outcome.code, sentence: outcome.sentence })
  }

  #delivered(): void {
    // What was begun with an id is ended with it: until then the service waits for it.
    this.#runId = this.#parts.newRunId()
    if (this.#failing === undefined) return
    this.#failing = undefined
    this.#parts.onFailing?.(this.#out.sender.name, undefined)
  }

  async #call(kind: Kind, proof: HealthProof): Promise<BeatOutcome> {
    const { clock, name } = this.#parts
    const { wallMs, monoMs } = clock.now()
    const report = { well: proof.well, reasons: proof.reasons, sender: name, runId: this.#runId }
    const outcome = await this.#within(kind, report)
    const nowMs = clock.now().monoMs
    if (!outcome.ok && outcome.retryAfterMs !== undefined) this.#pace.holdUntil(nowMs + outcome.retryAfterMs, nowMs)
    if (outcome.ok && outcome.silent === true) return outcome
    this.#pace.sent(monoMs)
    this.#last = { wallMs, outcome }
    return outcome
  }

  /** One call that ends, whatever the sender does. */
  async #within(kind: Kind, report: HeartbeatReport): Promise<BeatOutcome> {
    const { sender } = this.#out
    const call = new AbortController()
    const end = () => call.abort()
    this.#closing.signal.addEventListener('abort', end, { once: true })
    if (this.#closing.signal.aborted) end()
    const limit = this.#parts.clock
      .sleep(CALL_LIMIT_MS, call.signal)
      .then((): BeatOutcome => ({ ok: false, code: 'timeout', sentence: 'the heartbeat did not end' }))
    const sending = kind === 'start' ? sender.start?.(report, call.signal) : sender.beat(report, call.signal)
    try {
      return await Promise.race([sending ?? limit, limit])
    } catch {
      // A mistake of ours in one sender: the others and its next try are not to suffer. What it threw may hold a secret.
      return {
        ok: false,
        code: 'sender-failed',
        sentence: `the ${sender.type} heartbeat failed by a mistake of its own`,
      }
    } finally {
      end()
      this.#closing.signal.removeEventListener('abort', end)
    }
  }
}
