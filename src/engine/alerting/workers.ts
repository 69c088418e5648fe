import type { Notifier } from '../../ports/notifier.ts'
import type { ChannelHealth } from './channel-health.ts'
import { ChannelWorker, type WorkerParts } from './channel-worker.ts'
import type { DirectJob } from './direct-job.ts'
import type { GoneChannels } from './gone-channels.ts'
import type { Setup } from './setup.ts'

type Parts = WorkerParts & { readonly gone: GoneChannels; readonly onGone: () => void }

/** The workers of all channels: one each, begun and ended with the configuration. */
export class Workers {
  readonly #parts: Parts
  readonly #workers = new Map<string, ChannelWorker>()
  /** Those that end, and notifiers that are closed. */
  readonly #leaving = new Set<Promise<void>>()
  readonly #giveUp = new AbortController()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get(channel: string): { readonly health: ChannelHealth; readonly counts: ChannelWorker['counts'] } | undefined {
    return this.#workers.get(channel)
  }

  wake(channel: string, urgent: boolean): void {
    this.#workers.get(channel)?.wake(urgent)
  }

  wakeAll(): void {
    for (const worker of this.#workers.values()) worker.wake(false)
  }

  give(channel: string, job: DirectJob): boolean | undefined {
    return this.#workers.get(channel)?.direct(job)
  }

  /** Begins what is new, exchanges what changed, and ends what is gone. `kept`: what is known of each channel. */
  use(setup: Setup, kept: ReadonlyMap<string, unknown>): void {
    for (const policy of setup.policy.channels) {
      const notifier = setup.notifier(policy.name)
      if (notifier === undefined) continue
      this.#parts.gone.back(policy.name)
      const worker = this.#workers.get(policy.name)
      if (worker === undefined) this.#begin(setup, policy.name, notifier, kept.get(policy.name))
      else {
        const before = worker.notifier
        const unused = worker.use(policy, notifier)
        this.#leave(before === notifier ? unused : unused.then(() => before.close()))
      }
    }
    for (const [name, worker] of this.#workers) if (!setup.isThere(name)) this.#end(name, worker)
  }

  /** Calls that are under way come to their end, or until `signal` aborts; nothing is waited for after that. */
  async stop(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      const end = () => {
        this.#giveUp.abort()
        resolve()
      }
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    })
    const workers = [...this.#workers.values()]
    await Promise.all(workers.map((worker) => worker.stop(signal)))
    const closed = Promise.all([...workers.map((worker) => worker.notifier.close()), ...this.#leaving])
    await Promise.race([closed, aborted])
  }

  #begin(setup: Setup, name: string, notifier: Notifier, kept: unknown): void {
    const policy = setup.channel(name)
    if (policy === undefined) return
    const worker = new ChannelWorker(policy, notifier, this.#parts)
    this.#workers.set(name, worker)
    worker.start(kept)
  }

  /** A call that is under way comes to its end; only then is what still waits given to others. */
  #end(name: string, worker: ChannelWorker): void {
    this.#workers.delete(name)
    const ended = worker
      .stop(this.#giveUp.signal)
      .then(() => worker.notifier.close())
      .then(() => {
        if (this.#workers.has(name)) return
        this.#parts.gone.add(name)
        this.#parts.onGone()
      })
    this.#leave(ended)
  }

  #leave(leaving: Promise<void>): void {
    const tracked = leaving.catch(() => undefined).finally(() => this.#leaving.delete(tracked))
    this.#leaving.add(tracked)
  }
}
