import type { ChannelPolicy } from '../../core/alerts/policy.ts'
import { list } from '../../core/phrase.ts'
import type { SendOutcome } from '../../ports/notifier.ts'
import type { AlertObservation } from './parts.ts'

/** Nothing has got out for so long. */
const SILENT_MS = 60_000
/** A try that is older than this tells nothing of now; longer than the longest wait between two tries. */
const RECENT_MS = 1_200_000
const UNREACHED: readonly string[] = ['unreachable', 'timeout']

type Tried = { readonly atMs: number; readonly failingSinceMs: number | undefined }

/**
 * Whether it is our own uplink that fails: every channel that leaves the site and was tried lately could not be reached,
 * and nothing got out for a minute. Times are those of a clock that nobody sets.
 */
export class Uplink {
  readonly #channels = new Map<string, Tried>()
  /** After a start nobody knows what an earlier process has told. */
  #down: boolean | undefined

  /** What came of a try; answers what is to be told of it. */
  note(channel: ChannelPolicy, outcome: SendOutcome, nowMs: number): AlertObservation | undefined {
    if (channel.local) return undefined
    const unreached = !outcome.ok && UNREACHED.includes(outcome.code)
    const failingSinceMs = unreached ? (this.#channels.get(channel.name)?.failingSinceMs ?? nowMs) : undefined
    this.#channels.set(channel.name, { atMs: nowMs, failingSinceMs })
    const recent = [...this.#channels].filter(([, { atMs }]) => nowMs - atMs < RECENT_MS)
    // Any answer at all came through the uplink.
    if (this.#down !== false && !unreached) {
      this.#down = false
      return { code: 'uplink-back', sentence: `The uplink works again: ${channel.name} could be reached.` }
    }
    if (this.#down === true) return undefined
    const silent = recent.every(
      ([, { failingSinceMs: sinceMs }]) => sinceMs !== undefined && nowMs - sinceMs >= SILENT_MS,
    )
    if (!silent) return undefined
    this.#down = true
    const names = list(recent.map(([name]) => name))
    const sentence = `Nothing gets out: ${names} cannot be reached. What is to be told waits until that is over.`
    return { code: 'uplink-down', sentence }
  }

  /** A channel that is configured no more tells nothing. */
  forget(isThere: (channel: string) => boolean): void {
    for (const name of this.#channels.keys()) if (!isThere(name)) this.#channels.delete(name)
  }
}
