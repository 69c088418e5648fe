import type { AlertPolicy } from '../../../src/core/alerts/policy.ts'
import type { Incoming } from '../../../src/core/alerts/types.ts'
import { AlertPath } from '../../../src/engine/alerting/alert-path.ts'
import { alertPolicy, channelPolicy, receiverPolicy } from '../../../src/engine/testing/alert-samples.ts'
import type { AlertStore } from '../../../src/ports/alert-store.ts'
import { seededRandom } from '../../e2e/site/seeded-random.ts'
import { Life } from './life.ts'
import type { Month } from './month.ts'
import { type Arrival, MoodyChannel, MoodyService, type Seen } from './moody-channel.ts'
import { MortalStore } from './mortal-store.ts'
import { ProcessClock, VirtualTime } from './virtual-time.ts'

export const MINUTE = 60_000
const NOTED_MS = MINUTE
/** After trouble nothing is put off for longer. */
const CALM_AFTER_MS = 25 * MINUTE
/** In calm times a message leaves within this, by its rate limit. */
const PROMPT_MS = 90_000

/** One machine with its disk, the services that it speaks to, and the processes that live on it one after the other. */
export class Site {
  readonly time = new VirtualTime(() => this.#works)
  /** As the process that lives now has it open. */
  store: AlertStore
  readonly arrivals: Arrival[] = []
  readonly mistakes: string[] = []
  readonly services = ['chat', 'mail', 'siren'].map((name) => new MoodyService(name, name === 'chat'))
  full = false
  path: AlertPath | undefined
  life: Life | undefined
  processes = 0
  /** The channel that the configuration leaves out. */
  without = ''
  readonly #month: Month
  readonly #open: () => AlertStore
  readonly #random = seededRandom(1)
  /** Transactions; time stands still while there are any. */
  #works = 0
  /** When anything but an alert last happened. */
  #troubledMs = 0

  /** `open`: opens the disk, which holds what earlier processes wrote. */
  constructor(month: Month, open: () => AlertStore) {
    this.#month = month
    this.#open = open
    this.store = open()
  }

  /** Begins a process; `onEnd` is called when it ends, whatever ended it. */
  begin(onEnd: () => void): void {
    const life = new Life(onEnd)
    this.life = life
    this.troubled()
    if (this.processes > 0) this.store = this.#open()
    this.processes += 1
    this.path = new AlertPath({
      clock: new ProcessClock(this.time, () => life.alive),
      store: new MortalStore(
        this.store,
        life,
        () => this.full,
        () => {
          this.#works += 1
        },
      ),
      policy: this.#policy(),
      channels: this.#channels(life),
      minuteOfDay: (wallMs) => Math.floor(wallMs / MINUTE) % 1_440,
      random: this.#random,
      sender: 'watchdog',
      onObserved: ({ code, sentence }) => {
        if (code === 'alert-path-mistake') this.mistakes.push(sentence)
      },
      log: (level, sentence) => {
        if (level === 'error' && sentence.includes('mistake')) this.mistakes.push(sentence)
      },
    })
    this.path.start()
  }

  /** Ends the process as systemd does. */
  async stop(): Promise<void> {
    const { life, path } = this
    if (path === undefined || life?.alive !== true) return
    const patience = new AbortController()
    this.time.at(this.time.monoMs + 10_000, () => patience.abort())
    await path.stop(patience.signal)
    life.end()
  }

  /** From now on there are reasons to be late, for a while. */
  troubled(): void {
    this.#troubledMs = this.time.monoMs
  }

  reload(without: string): void {
    this.without = without
    this.troubled()
    const { life, path } = this
    if (life?.alive === true) path?.reconfigure({ policy: this.#policy(), channels: this.#channels(life) })
  }

  /** Answers whether it is on disk, as a hook would. */
  async accept(incoming: readonly Incoming[]): Promise<boolean> {
    const { life, path } = this
    if (path === undefined || life?.alive !== true) return false
    const outcome = await path.accept(incoming)
    return outcome.ok && life.alive
  }

  #policy(): AlertPolicy {
    const { quietHours, groupWaitS, remindHours, folds, untilAcknowledged } = this.#month
    const policy = alertPolicy({
      channels: [
        channelPolicy('chat', { rate: { burst: 5, refillMs: 2_000 } }),
        channelPolicy('mail', { rate: { burst: 10, refillMs: 1_000 } }),
        channelPolicy('siren', { local: true }),
      ],
      receivers: [
        receiverPolicy('ops', { chain: [['chat'], ['mail']], until: untilAcknowledged ? 'acknowledged' : 'delivered' }),
        receiverPolicy('boss', { chain: [['mail'], ['siren']], criticalAllAtOnce: true }),
      ],
      routes: [
        { matchers: [], severities: ['critical'], receivers: ['boss'], goOn: true },
        { matchers: [], severities: [], receivers: ['ops'], goOn: false },
      ],
      groupWaitMs: groupWaitS * 1_000,
      remindEveryMs: remindHours * 60 * MINUTE,
      expireAfterMs: 3 * 24 * 60 * MINUTE,
      inhibitions: folds ? [{ source: ['alertname=HostDown'], target: ['alertname!=HostDown'], equal: ['host'] }] : [],
      ...(quietHours ? { quietHours: { fromMinute: 22 * 60, toMinute: 7 * 60 } } : {}),
    })
    return { ...policy, channels: policy.channels.filter(({ name }) => name !== this.without) }
  }

  #channels(life: Life) {
    return this.services
      .filter(({ name }) => name !== this.without)
      .map((service) => new MoodyChannel(service, life, (seen) => this.#arrived(seen, life)))
  }

  #arrived(seen: Seen, life: Life): Arrival {
    const { createdMs, ...rest } = seen
    const arrival: Arrival = { ...rest, atMs: this.time.monoMs, heard: false, sure: false }
    this.#demandPrompt(arrival, createdMs)
    this.arrivals.push(arrival)
    const look = () => {
      if (!life.alive) return
      // On a full disk it is noted once there is room again.
      if (this.full) this.time.at(this.time.monoMs + NOTED_MS, look)
      else arrival.sure = arrival.heard
    }
    this.time.at(this.time.monoMs + NOTED_MS, look)
    return arrival
  }

  /** Where all has been well since before the message came to be, it must not have waited. */
  #demandPrompt({ run, channel, edit }: Arrival, createdMs: number): void {
    const { time, services, full } = this
    const waitedMs = time.wallMs - createdMs
    const calm = !full && services.every(({ mood }) => mood === undefined)
    if (edit || !calm || waitedMs <= PROMPT_MS || time.monoMs - waitedMs < this.#troubledMs + CALM_AFTER_MS) return
    this.mistakes.push(`${run} waited ${Math.round(waitedMs / MINUTE)} min for ${channel}, and all was well`)
  }
}
