import type { BootMemory } from '../../core/cluster/boots.ts'
import { type MissedStarts, missedStart, type StartStep } from '../../core/cluster/missed-starts.ts'
import type { ClusterModel } from '../../core/cluster/model-types.ts'
import type { At } from '../../core/time.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { ClusterDeskParts } from './parts.ts'

/** Starts guests of one cluster that a boot has not started, one after the other. */
export class MissedGuests {
  readonly #feed: ClusterDeskParts['feed']
  readonly #watch: ClusterWatch
  readonly #onEnd: () => void
  readonly #closing = new AbortController()
  #state: MissedStarts = {}
  #running: Promise<void> | undefined

  constructor(watch: ClusterWatch, feed: ClusterDeskParts['feed'], onEnd: () => void) {
    this.#watch = watch
    this.#feed = feed
    this.#onEnd = onEnd
  }

  /** Begins the next start, if one is due. Answers when to ask again although nothing has changed. */
  step(model: ClusterModel, boots: BootMemory): At | undefined {
    if (this.#running !== undefined || this.#closing.signal.aborted) return undefined
    const { state, start, waitUntil } = missedStart(this.#state, model, boots)
    // Before it is begun: whatever comes of it, it was tried.
    this.#state = state
    if (start !== undefined) this.#running = this.#start(start)
    return waitUntil
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #start({ guest, node, sentence }: NonNullable<StartStep['start']>): Promise<void> {
    const outcome = await this.#watch.startGuest(guest, node, this.#closing.signal)
    this.#running = undefined
    if (this.#closing.signal.aborted) return
    if (outcome.ok && outcome.value.ok) this.#feed({ kind: 'noted', code: 'guest-started', sentence })
    else {
      const why = outcome.ok ? outcome.value.exitStatus : outcome.sentence
      const failed = `${guest} did not start when ${node} booted, and could not be started since: ${why}`
      this.#feed({ kind: 'noted', code: 'guest-start-failed', sentence: failed })
    }
    await this.#watch.refresh(['resources', 'tasks'])
    this.#onEnd()
  }
}
