import type { Delivery } from '../../core/alerts/types.ts'
import type { SendOutcome } from '../../ports/notifier.ts'
import { bury } from './bury.ts'
import { afterOutcome, type ChannelHealth, UNTRIED } from './channel-health.ts'
import type { Ledger } from './ledger.ts'
import { bringForward, type Prepared, prepareDelivery, type Sent } from './prepare-delivery.ts'
import { giveBack, type Settled, settleDelivery } from './settle-delivery.ts'
import type { ToldElsewhere } from './told-elsewhere.ts'
import type { Work } from './work.ts'

export type OutboxParts = {
  readonly ledger: Ledger
  readonly elsewhere: ToldElsewhere
  readonly random: () => number
  /** A mistake of ours, in words for people; the log has the rest. */
  readonly onMistake: (error: unknown, sentence: string) => void
}

type ReadyToSend = Extract<Prepared, { readonly kind: 'send' }>

/** After a mistake with one message it is left alone for so long. */
const MISTAKE_MS = 60_000

/** The durable queue of one channel: what is taken out of it is written down as being sent, and then what came of that. */
export class Outbox {
  readonly #channel: string
  readonly #parts: OutboxParts
  #health: ChannelHealth = UNTRIED
  /** Taken in the transaction that wrote down what came of the one before. */
  #next: ReadyToSend | undefined
  #hurry = false

  constructor(channel: string, parts: OutboxParts) {
    this.#channel = channel
    this.#parts = parts
  }

  get health(): ChannelHealth {
    return this.#health
  }

  begin(health: ChannelHealth): void {
    this.#health = health
  }

  /** The next message is taken now, whenever it is due. */
  hurry(): void {
    this.#hurry = true
  }

  async take(): Promise<Prepared | 'unwritable' | 'mistaken'> {
    const next = this.#next
    this.#next = undefined
    if (next !== undefined) return next
    try {
      const done = await this.#parts.ledger.together((work) => this.#prepare(work))
      if (!done.ok) return 'unwritable'
      this.#hurry = false
      return done.value
    } catch (error) {
      return this.#putAside(error)
    }
  }

  /** `goOn`: the next message may be taken with it. Undefined where it could not be written. */
  async settle(delivery: Delivery, sent: Sent, outcome: SendOutcome, goOn: boolean): Promise<Settled | undefined> {
    const { ledger, onMistake } = this.#parts
    try {
      const done = await ledger.together((work) => this.#settle(work, delivery, sent, outcome, goOn))
      return done.ok ? done.value : undefined
    } catch (error) {
      // The next one may be what fails.
      if (goOn) return this.settle(delivery, sent, outcome, false)
      onMistake(error, `What came of a message to ${this.#channel} could not be noted.`)
      return this.#noteOnly(delivery, outcome)
    }
  }

  /** It was not sent, or nobody can tell: the next process sends it. */
  giveBack(delivery: Delivery, sent: Sent, progress: string | undefined): void {
    this.#parts.ledger.run((work) => giveBack(work, delivery, sent, progress))
  }

  /** What was taken and not sent yet. */
  release(): void {
    const next = this.#next
    this.#next = undefined
    if (next !== undefined) this.giveBack(next.delivery, next.sent, next.delivery.progress)
  }

  #prepare(work: Work): Prepared {
    if (this.#hurry) bringForward(work, this.#channel)
    return prepareDelivery(work, this.#channel, this.#parts.elsewhere)
  }

  #settle(work: Work, delivery: Delivery, sent: Sent, outcome: SendOutcome, goOn: boolean): Settled {
    const context = { failures: this.#health.failures, random: this.#parts.random() }
    const settled = settleDelivery(work, delivery, sent, outcome, context)
    const fared = afterOutcome(this.#channel, this.#health, outcome, { nowMs: work.nowMs, ...settled })
    work.rows.keep('channel', this.#channel, fared.health)
    const next = goOn && settled.pauseMs === 0 ? this.#prepare(work) : undefined
    work.after(() => {
      this.#health = fared.health
      // That there was nothing to send is not kept: something may have been queued since, and whoever did that woke us then.
      this.#next = next?.kind === 'send' ? next : undefined
      if (fared.observation !== undefined) work.hands.observe(fared.observation)
    })
    return settled
  }

  /** Without anything that follows from it: rather a second time than never. */
  #noteOnly(delivery: Delivery, outcome: SendOutcome): Settled | undefined {
    const { ledger } = this.#parts
    const nowMs = ledger.nowMs()
    const next: Delivery = outcome.ok
      ? { ...delivery, state: 'delivered', deliveredMs: nowMs }
      : { ...delivery, state: 'queued', dueMs: nowMs + MISTAKE_MS }
    const done = ledger.run((work) => work.rows.updateDelivery(next))
    return done.ok ? { failures: this.#health.failures, pauseMs: 0, asked: false } : undefined
  }

  /** A delivery that cannot even be composed must not keep the others waiting. */
  #putAside(error: unknown): Prepared | 'mistaken' {
    const { ledger, onMistake } = this.#parts
    onMistake(error, `A message for ${this.#channel} could not be composed.`)
    try {
      const done = ledger.run((work) => {
        const delivery = work.rows.nextDelivery(this.#channel, work.nowMs)
        if (delivery !== undefined) bury(work, delivery, 'mistake', 'It could not be composed: a mistake of ours.')
      })
      return done.ok ? { kind: 'again' } : 'mistaken'
    } catch {
      return 'mistaken'
    }
  }
}
