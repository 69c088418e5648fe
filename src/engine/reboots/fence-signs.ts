import type { LiveSigns } from '../../core/reboots/live.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NodeKey } from '../../ports/journal-tails.ts'
import type { RebootTelling } from './parts.ts'

/** From a warning until the reset at the latest: a lost lock leads to it within some 80 s. */
const OVER_MS = 150_000

/** What a living node's journal said that is about to happen, told once as it begins and once as it is over. */
export class FenceSigns {
  readonly #node: NodeKey
  readonly #clock: Clock
  readonly #telling: RebootTelling
  readonly #host: () => string | undefined
  #since: At | undefined
  #sentence = ''
  #stop: string | undefined

  constructor(node: NodeKey, clock: Clock, telling: RebootTelling, host: () => string | undefined) {
    this.#node = node
    this.#clock = clock
    this.#telling = telling
    this.#host = host
  }

  start(): void {
    this.#telling.fence(this.#node, this.#host(), false, `${this.#node.node}: no sign of a fence was seen yet.`)
  }

  take({ fence, fenceOver, stop }: LiveSigns): void {
    if (fence !== undefined) this.#begin(fence.sentence)
    else if (fenceOver === true) this.#end(`${this.#node.node}: HA feeds its watchdog again.`)
    if (stop === undefined || stop.kind === this.#stop) return
    this.#stop = stop.kind
    this.#telling.cleanStop(this.#node, this.#host(), stop.kind, this.#clock.now())
  }

  /** Its peers heard its goodbye: a stop of which its own journal may have had no time to tell. */
  left(): void {
    if (this.#telling.stopOver === undefined || this.#stop !== undefined) return
    this.#stop = 'left'
    this.#telling.cleanStop(this.#node, this.#host(), 'shut-down', this.#clock.now())
  }

  /** It is a member again. */
  joined(): void {
    if (this.#stop !== 'left') return
    this.#stop = undefined
    this.#telling.stopOver?.(this.#node, this.#host())
  }

  /** What is due by the clock alone. */
  tick(): void {
    if (this.#since === undefined || elapsedMs(this.#since, this.#clock.now()) <= OVER_MS) return
    this.#end(`${this.#node.node}: its watchdog did not reset it.`)
  }

  /** It runs anew: what was about to happen has happened. */
  began(): void {
    this.#stop = undefined
    this.#end(`${this.#node.node} was reset.`)
  }

  #begin(sentence: string): void {
    this.#since = this.#clock.now()
    if (sentence === this.#sentence) return
    this.#sentence = sentence
    this.#telling.fence(this.#node, this.#host(), true, sentence)
  }

  #end(sentence: string): void {
    if (this.#since === undefined) return
    this.#since = undefined
    this.#sentence = ''
    this.#telling.fence(this.#node, this.#host(), false, sentence)
  }
}
