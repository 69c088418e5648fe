import { waitMs } from '../../core/alerts/delivery/retry.ts'
import type { AlertUpdate } from '../../core/alerts/types.ts'
import type { LegResult } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Message, ReadBack, SendOutcome } from '../../ports/notifier.ts'
import type { DirectJob, Line } from './direct-job.ts'

export type CanaryParts = {
  readonly clock: Clock
  readonly random: () => number
  /** Answers whether the channel has room for it; undefined where there is no such channel. */
  readonly give: (channel: string, job: DirectJob) => boolean | undefined
  readonly loops: (channel: string) => boolean
  readonly closing: AbortSignal
}

/** What went to Alertmanager has to be back by then. */
const RETURN_MS = 120_000
const MOST_TRIES = 3
const LONGEST_WAIT_MS = 60_000

type Sent = { readonly outcome: SendOutcome; readonly found: ReadBack | undefined }

/** Sends marked messages through channels, and says of each what came of it and how that is known. */
export class Canaries {
  readonly #parts: CanaryParts
  /** Those that are expected back by the hook, by the key of their message. */
  readonly #awaited = new Map<string, () => void>()

  constructor(parts: CanaryParts) {
    this.#parts = parts
  }

  /** One came in by the hook. */
  returned({ labels }: AlertUpdate): void {
    this.#awaited.get(labels.drill_id ?? '')?.()
  }

  /** `tries`: how often a channel is tried that says "later". Never rejects. */
  async leg(channel: string, message: Message, tries = MOST_TRIES): Promise<LegResult> {
    const { clock, loops } = this.#parts
    const begunMs = clock.now().monoMs
    const returned = loops(channel) && message.kind === 'drill' ? this.#await(message.key) : undefined
    try {
      const sent = await this.#send(channel, message, tries)
      if (typeof sent === 'string') return { channel, ok: false, sentence: sent }
      if (!sent.outcome.ok) return { channel, ok: false, sentence: sent.outcome.sentence }
      const accepted = this.#took(begunMs)
      if (returned === undefined) return proved(channel, sent.found, accepted)
      if (await returned.promise) return back(channel, this.#took(begunMs))
      const sentence = `It was taken and did not come back by the hook within ${RETURN_MS / 1000} s.`
      return { channel, ok: false, sentence }
    } finally {
      returned?.forget()
    }
  }

  /** Resolves with whether it came back in time. */
  #await(key: string): { readonly promise: Promise<boolean>; readonly forget: () => void } {
    const ended = new AbortController()
    const promise = new Promise<boolean>((resolve) => {
      this.#awaited.set(key, () => resolve(true))
      void this.#parts.clock
        .sleep(RETURN_MS, AbortSignal.any([ended.signal, this.#parts.closing]))
        .then(() => resolve(false))
    })
    const forget = () => {
      this.#awaited.delete(key)
      ended.abort()
    }
    return { promise, forget }
  }

  async #send(channel: string, message: Message, tries: number): Promise<Sent | string> {
    let last: Sent | string = 'It was not tried.'
    let inMs = 0
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      last = await this.#try(channel, message, inMs)
      if (typeof last === 'string' || last.outcome.ok || last.outcome.advice !== 'later') return last
      inMs = Math.min(LONGEST_WAIT_MS, waitMs(attempt, this.#parts.random(), last.outcome.retryAfterMs))
    }
    return last
  }

  #try(channel: string, message: Message, inMs: number): Promise<Sent | string> {
    return new Promise((resolve) => {
      const given = this.#parts.give(channel, {
        notBeforeMs: this.#parts.clock.now().monoMs + inMs,
        run: async (line) => resolve(await sendAndLook(message, line)),
        cancel: () =>
          resolve('It was given up: the watchdog stops, or the channel was taken out of the configuration.'),
      })
      if (given === undefined) resolve(`There is no channel ${channel}.`)
      else if (!given) resolve(`Too much waits for ${channel} already.`)
    })
  }

  #took(begunMs: number): number {
    return Math.round(this.#parts.clock.now().monoMs - begunMs)
  }
}

async function sendAndLook(message: Message, line: Line): Promise<Sent> {
  const outcome = await line.send({ message, plain: false })
  const ref = outcome.ok ? outcome.ref : undefined
  return { outcome, found: ref === undefined ? undefined : await line.readBack?.(ref) }
}

function proved(channel: string, found: ReadBack | undefined, latencyMs: number): LegResult {
  if (found?.ok === true && !found.found) {
    return { channel, ok: false, latencyMs, sentence: 'It was taken, but it is not there when looked for.' }
  }
  if (found?.ok === true) {
    return {
      channel,
      ok: true,
      proof: 'read-back',
      latencyMs,
      sentence: `It was seen in the channel after ${latencyMs} ms.`,
    }
  }
  const unseen = found === undefined ? '' : ` ${found.sentence}`
  return { channel, ok: true, proof: 'accepted', latencyMs, sentence: `It was taken after ${latencyMs} ms.${unseen}` }
}

function back(channel: string, latencyMs: number): LegResult {
  return {
    channel,
    ok: true,
    proof: 'returned',
    latencyMs,
    sentence: `It came back by the hook after ${latencyMs} ms.`,
  }
}
