import { splitBoots } from '../../core/reboots/boots.ts'
import type { At } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch, JournalPart, JournalQuery } from '../../ports/cluster.ts'
import type { JournalTails, NodeKey } from '../../ports/journal-tails.ts'
import { oneLine } from './read-boots.ts'

export type FollowerParts = {
  readonly clock: Clock
  readonly watch: ClusterWatch
  readonly tails: JournalTails
  readonly followMs: number
  /** Where it was read up to before a restart of ours. */
  readonly cursor?: string
  /** Whether the node answers: one that does not would only hold a connection. */
  readonly answers: () => boolean
  /** Up to where, and of which boot. */
  readonly followed: (cursor: string, bootId: string | undefined) => void
  /** Lines of the last minute, none or some, at each look: they say what is about to happen. */
  readonly live: (lines: readonly string[]) => void
  readonly log?: (level: 'info' | 'warn', sentence: string) => void
}

/** At the first look, and when there is more: the end counts. */
const FIRST_LINES = 300
const MOST_BYTES = 512 * 1024
/** Without the privilege: it may be given some day. */
const REFUSED_MS = 600_000
/** What was said longer ago than this is no news. */
const LIVE_MS = 60_000
/** A cursor that is refused so often points to nothing any more. */
const MOST_FAILURES = 3

/** Reads what is new in one node's journal, again and again, and keeps the end of it off the node. */
export class JournalFollower {
  readonly #node: NodeKey
  readonly #parts: FollowerParts
  readonly #closing = new AbortController()
  #cursor: string | undefined
  #readAt: At | undefined
  #failures = 0
  #told: string | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(node: NodeKey, parts: FollowerParts) {
    this.#node = node
    this.#parts = parts
    this.#cursor = parts.cursor
  }

  start(): void {
    this.#running = this.#run()
  }

  close(): Promise<void> {
    this.#closing.abort()
    return this.#running
  }

  async #run(): Promise<void> {
    const { clock, followMs, answers } = this.#parts
    while (!this.#closing.signal.aborted) {
      const pauseMs = answers() ? await this.#look() : followMs
      await clock.sleep(pauseMs, this.#closing.signal)
    }
  }

  /** Answers when to look again. */
  async #look(): Promise<number> {
    const { watch, followMs } = this.#parts
    const query: JournalQuery =
      this.#cursor === undefined
        ? { lastEntries: FIRST_LINES, maxBytes: MOST_BYTES }
        : { startCursor: this.#cursor, maxBytes: MOST_BYTES }
    const outcome = await watch.journal(this.#node.node, query, this.#closing.signal)
    if (this.#closing.signal.aborted) return 0
    if (outcome.ok) {
      this.#failures = 0
      this.#told = undefined
      this.#take(outcome.value)
      return followMs
    }
    this.#tellOnce(outcome.code, outcome.sentence)
    if (outcome.code === 'forbidden' || outcome.code === 'not-supported') return REFUSED_MS
    this.#failures += 1
    if (this.#failures >= MOST_FAILURES && isAboutTheQuery(outcome.code)) this.#cursor = undefined
    return followMs
  }

  #tellOnce(code: string, sentence: string): void {
    if (code === this.#told) return
    this.#told = code
    this.#parts.log?.('warn', `The journal of ${this.#node.node} is not kept: ${sentence}`)
  }

  #take(part: JournalPart): void {
    const { tails, clock, live, followed } = this.#parts
    const boots = splitBoots(part.lines.map(oneLine))
    const newest = boots.at(-1) ?? []
    const boot = part.bootId ?? (boots.length === 1 ? bootOf(this.#cursor) : undefined)
    // Of a boot that is over the disk has all that there is to read: what we kept of it is what the disk may not have.
    if (boot !== undefined && newest.length > 0) tails.add(this.#node, boot, newest)
    const now = clock.now()
    const isLive = this.#readAt !== undefined && now.monoMs - this.#readAt.monoMs <= LIVE_MS
    // What a boot says at its begin is about itself, and is judged by its own clues all the same.
    if (isLive) live(newest)
    this.#readAt = now
    const cursor = part.endCursor ?? part.startCursor
    if (cursor === undefined) return
    this.#cursor = cursor
    followed(cursor, boot)
  }
}

function isAboutTheQuery(code: string): boolean {
  return code === 'rejected' || code === 'server-error' || code === 'not-found'
}

/** The boot that a cursor points into: `s=...;i=...;b=571e...;m=...`. */
function bootOf(cursor: string | undefined): string | undefined {
  return /(?:^|;)b=([0-9a-f]+)(?:;|$)/.exec(cursor ?? '')?.[1]
}
