import { setImmediate } from 'node:timers/promises'
import { type Bucket, fullBucket, takeOne, untilFreeMs } from '../../core/alerts/delivery/rate.ts'
import { LONGEST_WAIT_MS } from '../../core/alerts/delivery/retry.ts'
import type { ChannelPolicy } from '../../core/alerts/policy.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { callNotifier, callReadBack } from './call-notifier.ts'
import { type ChannelHealth, keptHealth } from './channel-health.ts'
import type { DirectJob, Line } from './direct-job.ts'
import { type Ledger, STORE_RETRY_MS } from './ledger.ts'
import { Outbox } from './outbox.ts'
import type { AlertObservation, LogLevel } from './parts.ts'
import type { Sent } from './prepare-delivery.ts'
import { Sleeper } from './sleeper.ts'
import type { ToldElsewhere } from './told-elsewhere.ts'

export type WorkerParts = {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly elsewhere: ToldElsewhere
  readonly random: () => number
  readonly onOutcome: (channel: ChannelPolicy, outcome: SendOutcome) => void
  readonly observe: (observation: AlertObservation) => void
  readonly log: (level: LogLevel, sentence: string) => void
}

/** The longest sleep of a channel that has nothing to send. Whoever has something for it wakes it; should nobody, it looks. */
const IDLE_MS = 3_600_000
const MISTAKE_MS = 60_000
/** What is urgent tries a channel that waits to be tried again, but not more often than this. */
const URGENT_EVERY_MS = 30_000
const MOST_JOBS = 200

/** Sends what is queued for one channel, one message at a time. However it fares, no other channel waits for it. */
export class ChannelWorker {
  readonly #parts: WorkerParts
  readonly #outbox: Outbox
  readonly #sleeper: Sleeper
  readonly #stopping = new AbortController()
  #channel: ChannelPolicy
  #notifier: Notifier
  #bucket: Bucket
  #jobs: DirectJob[] = []
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  /** The service itself asked for the pause. */
  #pauseAsked = false
  #triedMs = Number.NEGATIVE_INFINITY
  #closed = false
  #running: Promise<void> = Promise.resolve()
  /** The call that is under way. */
  #calling: Promise<unknown> = Promise.resolve()
  #delivered = 0
  readonly #failures = new Map<string, number>()

  constructor(channel: ChannelPolicy, notifier: Notifier, parts: WorkerParts) {
    this.#parts = parts
    this.#channel = channel
    this.#notifier = notifier
    this.#sleeper = new Sleeper(parts.clock)
    this.#bucket = fullBucket(channel.rate, this.#nowMs())
    this.#outbox = new Outbox(channel.name, {
      ...parts,
      onMistake: (error, sentence) => this.#mistake(error, sentence),
    })
  }

  get notifier(): Notifier {
    return this.#notifier
  }

  get health(): ChannelHealth {
    return this.#outbox.health
  }

  get counts(): { readonly delivered: number; readonly failures: Readonly<Record<string, number>> } {
    return { delivered: this.#delivered, failures: Object.fromEntries(this.#failures) }
  }

  /** `kept`: what an earlier process knew of the channel. */
  start(kept: unknown): void {
    const wallMs = this.#parts.ledger.nowMs()
    const health = keptHealth(kept, wallMs, LONGEST_WAIT_MS)
    this.#outbox.begin(health)
    this.#pausedUntilMs = this.#nowMs() + Math.max(0, (health.pausedUntilMs ?? wallMs) - wallMs)
    this.#pauseAsked = health.pausedUntilMs !== undefined
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

  /** From the next call on. Resolves once the one before is used no more. */
  async use(channel: ChannelPolicy, notifier: Notifier): Promise<void> {
    this.#channel = channel
    this.#notifier = notifier
    // What was wrong may have been the configuration.
    this.#pausedUntilMs = Number.NEGATIVE_INFINITY
    this.#outbox.hurry()
    this.#sleeper.wake()
    await this.#calling
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
    this.#outbox.release()
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
    const freeMs = this.#untilFreeMs()
    if (freeMs > 0) return freeMs
    if (job === undefined) return Math.min(await this.#deliver(), this.#untilJobMs(this.#nowMs()))
    this.#jobs = this.#jobs.filter((each) => each !== job)
    await this.#runJob(job)
    return 0
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
    const taken = await this.#outbox.take()
    if (taken === 'unwritable') return STORE_RETRY_MS
    if (taken === 'mistaken') return MISTAKE_MS
    switch (taken.kind) {
      case 'idle':
        return taken.dueMs === undefined ? IDLE_MS : Math.max(1, taken.dueMs - this.#parts.ledger.nowMs())
      case 'again':
        return 0
      case 'ask':
        await this.#parts.elsewhere.relay.ask(taken.keys)
        return 0
      case 'send':
        if (this.#closed) this.#outbox.giveBack(taken.delivery, taken.sent, taken.delivery.progress)
        else await this.#send(taken.delivery, taken.sent)
        return 0
    }
  }

  async #send(delivery: Delivery, sent: Sent): Promise<void> {
    const { message, edit } = sent
    const { plain, progress } = delivery
    const outcome = await this.#call({
      message,
      plain,
      ...(progress === undefined ? {} : { progress }),
      ...(edit === undefined ? {} : { edit }),
    })
    if (!outcome.ok && this.#stopping.signal.aborted) {
      return this.#outbox.giveBack(delivery, sent, outcome.progress ?? progress)
    }
    for (;;) {
      const goOn = !this.#closed && this.#jobs.length === 0 && this.#untilFreeMs() === 0
      const settled = await this.#outbox.settle(delivery, sent, outcome, goOn)
      if (settled !== undefined) {
        this.#pausedUntilMs = settled.pauseMs > 0 ? this.#nowMs() + settled.pauseMs : Number.NEGATIVE_INFINITY
        this.#pauseAsked = settled.asked
        return
      }
      // It was sent, and nobody would know: that comes before anything else is sent.
      if (this.#closed) return
      this.#sleeper.arm()
      await this.#sleeper.sleep(STORE_RETRY_MS)
    }
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
    const call = callNotifier(this.#notifier, request, this.#parts.clock, this.#stopping.signal)
    this.#calling = call
    const outcome = await call
    if (outcome.ok) this.#delivered += 1
    else this.#failures.set(outcome.code, (this.#failures.get(outcome.code) ?? 0) + 1)
    this.#parts.onOutcome(this.#channel, outcome)
    return outcome
  }

  #mistake(error: unknown, sentence: string): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#parts.log('error', `The alert path made a mistake (${this.#channel.name}): ${words}`)
    this.#parts.observe({ code: 'alert-path-mistake', channel: this.#channel.name, sentence })
  }

  #untilFreeMs(): number {
    return untilFreeMs(this.#bucket, this.#channel.rate, this.#nowMs())
  }

  #untilJobMs(nowMs: number): number {
    return this.#jobs.reduce((least, { notBeforeMs }) => Math.min(least, Math.max(1, notBeforeMs - nowMs)), IDLE_MS)
  }

  #nowMs(): number {
    return this.#parts.clock.now().monoMs
  }
}
