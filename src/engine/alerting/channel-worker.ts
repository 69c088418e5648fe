import { setImmediate } from 'node:timers/promises'
import { type Bucket, fullBucket, takeOne, untilFreeMs } from '../../core/alerts/delivery/rate.ts'
import { LONGEST_WAIT_MS } from '../../core/alerts/delivery/retry.ts'
import type { ChannelPolicy } from '../../core/alerts/policy.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { bury } from './bury.ts'
import { callNotifier, callReadBack } from './call-notifier.ts'
import { afterOutcome, type ChannelHealth, keptHealth, UNTRIED } from './channel-health.ts'
import { type Ledger, STORE_RETRY_MS } from './ledger.ts'
import type { AlertObservation, LogLevel } from './parts.ts'
import { bringForward, type Prepared, prepareDelivery, type Sent } from './prepare-delivery.ts'
import { giveBack, settleDelivery } from './settle-delivery.ts'
import { Sleeper } from './sleeper.ts'
import type { ToldElsewhere } from './told-elsewhere.ts'
import type { Work } from './work.ts'

export type WorkerParts = {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly elsewhere: ToldElsewhere
  readonly random: () => number
  readonly onOutcome: (channel: ChannelPolicy, outcome: SendOutcome) => void
  readonly observe: (observation: AlertObservation) => void
  readonly log: (level: LogLevel, sentence: string) => void
}

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

const IDLE_MS = 21_600_000
const MISTAKE_MS = 60_000
/** What is urgent tries a channel that waits to be tried again, but not more often than this. */
const URGENT_EVERY_MS = 30_000
const MOST_JOBS = 200

/** Sends what is queued for one channel, one message at a time. However it fares, no other channel waits for it. */
export class ChannelWorker {
  readonly #parts: WorkerParts
  readonly #sleeper: Sleeper
  readonly #stopping = new AbortController()
  #channel: ChannelPolicy
  #notifier: Notifier
  #bucket: Bucket
  #jobs: DirectJob[] = []
  #health: ChannelHealth = UNTRIED
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #pauseAsked = false
  #triedMs = Number.NEGATIVE_INFINITY
  /** The next message is tried now, whenever it is due. */
  #hurry = false
  #closed = false
  #running: Promise<void> = Promise.resolve()
  #delivered = 0
  readonly #failures = new Map<string, number>()

  constructor(channel: ChannelPolicy, notifier: Notifier, parts: WorkerParts) {
    this.#parts = parts
    this.#channel = channel
    this.#notifier = notifier
    this.#sleeper = new Sleeper(parts.clock)
    this.#bucket = fullBucket(channel.rate, this.#nowMs())
  }

  get notifier(): Notifier {
    return this.#notifier
  }

  get health(): ChannelHealth {
    return this.#health
  }

  get counts(): { readonly delivered: number; readonly failures: Readonly<Record<string, number>> } {
    return { delivered: this.#delivered, failures: Object.fromEntries(this.#failures) }
  }

  /** `kept`: what an earlier process knew of the channel. */
  start(kept: unknown): void {
    const wallMs = this.#parts.ledger.nowMs()
    this.#health = keptHealth(kept, wallMs, LONGEST_WAIT_MS)
    this.#pausedUntilMs = this.#nowMs() + Math.max(0, (this.#health.pausedUntilMs ?? wallMs) - wallMs)
    this.#pauseAsked = this.#health.pausedUntilMs !== undefined
    this.#running = this.#run()
  }

  wake(urgent: boolean): void {
    const nowMs = this.#nowMs()
    if (urgent && !this.#pauseAsked && nowMs - this.#triedMs >= URGENT_EVERY_MS) this.#pausedUntilMs = nowMs
    this.#sleeper.wake()
  }

  /** Answers whether there was room for it. */
  direct(job: DirectJob): boolean {
    if (this.#closed || this.#jobs.length >= MOST_JOBS) return false
    this.#jobs.push(job)
    this.#sleeper.wake()
    return true
  }

  /** From the next call on. Answers the one that is used no more. */
  use(channel: ChannelPolicy, notifier: Notifier): Notifier {
    const before = this.#notifier
    this.#channel = channel
    this.#notifier = notifier
    // What was wrong may have been the configuration.
    this.#pausedUntilMs = Number.NEGATIVE_INFINITY
    this.#hurry = true
    this.#sleeper.wake()
    return before
  }

  /** Lets a call that is under way come to its end, or until `signal` aborts. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#closed = true
    this.#sleeper.wake()
    const giveUp = () => this.#stopping.abort()
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
    await this.#running
    signal.removeEventListener('abort', giveUp)
    for (const job of this.#jobs) job.cancel()
    this.#jobs = []
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#sleeper.arm()
      const waitMs = await this.#turn()
      if (this.#closed) return
      if (waitMs > 0) await this.#sleeper.sleep(waitMs)
      else await setImmediate()
    }
  }

  /** Answers how long there is nothing to do. */
  async #turn(): Promise<number> {
    const nowMs = this.#nowMs()
    const job = this.#jobs.find(({ notBeforeMs }) => notBeforeMs <= nowMs)
    const pauseMs = this.#pausedUntilMs - nowMs
    if (job === undefined && pauseMs > 0) return Math.min(pauseMs, this.#untilJobMs(nowMs))
    const freeMs = untilFreeMs(this.#bucket, this.#channel.rate, nowMs)
    if (freeMs > 0) return freeMs
    if (job !== undefined) {
      this.#jobs = this.#jobs.filter((each) => each !== job)
      await this.#runJob(job)
      return 0
    }
    return Math.min(await this.#deliver(), this.#untilJobMs(this.#nowMs()))
  }

  async #runJob(job: DirectJob): Promise<void> {
    try {
      await job.run(this.#line())
    } catch (error) {
      this.#mistake(error, `Something for ${this.#channel.name} could not be done.`)
      job.cancel()
    }
  }

  async #deliver(): Promise<number> {
    const prepared = this.#prepare()
    if (prepared === 'unwritable') return STORE_RETRY_MS
    if (prepared === 'mistaken') return MISTAKE_MS
    switch (prepared.kind) {
      case 'idle':
        return prepared.dueMs === undefined ? IDLE_MS : Math.max(1, prepared.dueMs - this.#parts.ledger.nowMs())
      case 'again':
        return 0
      case 'ask':
        await this.#parts.elsewhere.relay.ask(prepared.keys)
        return 0
      case 'send':
        return this.#send(prepared.delivery, prepared.sent)
    }
  }

  #prepare(): Prepared | 'unwritable' | 'mistaken' {
    const { ledger, elsewhere } = this.#parts
    const { name } = this.#channel
    try {
      const done = ledger.run((work) => {
        if (this.#hurry) bringForward(work, name)
        return prepareDelivery(work, name, elsewhere)
      })
      if (done.ok) this.#hurry = false
      return done.ok ? done.value : 'unwritable'
    } catch (error) {
      return this.#putAside(error)
    }
  }

  /** A delivery that cannot even be composed must not keep the others waiting. */
  #putAside(error: unknown): Prepared | 'mistaken' {
    const { ledger } = this.#parts
    const { name } = this.#channel
    this.#mistake(error, `A message for ${name} could not be composed.`)
    try {
      const done = ledger.run((work) => {
        const delivery = work.rows.nextDelivery(name, work.nowMs)
        if (delivery !== undefined) bury(work, delivery, 'mistake', 'It could not be composed: a mistake of ours.')
      })
      return done.ok ? { kind: 'again' } : 'mistaken'
    } catch {
      return 'mistaken'
    }
  }

  async #send(delivery: Delivery, sent: Sent): Promise<number> {
    const { message, edit } = sent
    const { plain, progress } = delivery
    const outcome = await this.#call({
      message,
      plain,
      ...(progress === undefined ? {} : { progress }),
      ...(edit === undefined ? {} : { edit }),
    })
    while (!this.#settle(delivery, sent, outcome)) {
      // It was sent, and nobody would know: that comes before anything else is sent.
      if (this.#closed) return 0
      this.#sleeper.arm()
      await this.#sleeper.sleep(STORE_RETRY_MS)
    }
    return 0
  }

  /** Answers whether it is on disk. */
  #settle(delivery: Delivery, sent: Sent, outcome: SendOutcome): boolean {
    const { ledger } = this.#parts
    try {
      return ledger.run((work) => this.#write(work, delivery, sent, outcome)).ok
    } catch (error) {
      this.#mistake(error, `What came of a message to ${this.#channel.name} could not be noted.`)
      // Without anything that follows from it: rather a second time than never.
      const next: Delivery = outcome.ok
        ? { ...delivery, state: 'delivered', deliveredMs: ledger.nowMs() }
        : { ...delivery, state: 'queued', dueMs: ledger.nowMs() + MISTAKE_MS }
      return ledger.run((work) => work.rows.updateDelivery(next)).ok
    }
  }

  #write(work: Work, delivery: Delivery, sent: Sent, outcome: SendOutcome): void {
    if (!outcome.ok && this.#stopping.signal.aborted) return giveBack(work, delivery, sent, outcome.progress)
    const { name } = this.#channel
    const channel = { failures: this.#health.failures, random: this.#parts.random() }
    const settled = settleDelivery(work, delivery, sent, outcome, channel)
    const { health, observation } = afterOutcome(name, this.#health, outcome, { nowMs: work.nowMs, ...settled })
    work.rows.keep('channel', name, health)
    work.after(() => {
      this.#health = health
      this.#pausedUntilMs = settled.pauseMs > 0 ? this.#nowMs() + settled.pauseMs : Number.NEGATIVE_INFINITY
      this.#pauseAsked = settled.asked
      if (observation !== undefined) work.hands.observe(observation)
    })
  }

  #mistake(error: unknown, sentence: string): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#parts.log('error', `The alert path made a mistake (${this.#channel.name}): ${words}`)
    this.#parts.observe({ code: 'alert-path-mistake', channel: this.#channel.name, sentence })
  }

  #line(): Line {
    const { clock } = this.#parts
    const notifier = this.#notifier
    return {
      send: (request) => this.#call(request),
      readBack:
        notifier.readBack === undefined
          ? undefined
          : (ref) => callReadBack(notifier, ref, clock, this.#stopping.signal),
    }
  }

  async #call(request: SendRequest): Promise<SendOutcome> {
    const nowMs = this.#nowMs()
    this.#bucket = takeOne(this.#bucket, this.#channel.rate, nowMs)
    this.#triedMs = nowMs
    const outcome = await callNotifier(this.#notifier, request, this.#parts.clock, this.#stopping.signal)
    if (outcome.ok) this.#delivered += 1
    else this.#failures.set(outcome.code, (this.#failures.get(outcome.code) ?? 0) + 1)
    this.#parts.onOutcome(this.#channel, outcome)
    return outcome
  }

  #untilJobMs(nowMs: number): number {
    return this.#jobs.reduce((least, { notBeforeMs }) => Math.min(least, Math.max(1, notBeforeMs - nowMs)), IDLE_MS)
  }

  #nowMs(): number {
    return this.#parts.clock.now().monoMs
  }
}
