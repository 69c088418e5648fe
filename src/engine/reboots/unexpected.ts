import { spell } from '../../core/phrase.ts'
import { isExpected } from '../../core/reboots/weight.ts'
import type { JudgedReboot, NodeKey } from '../../ports/journal-tails.ts'
import { ALERT_FOR_MS, type RebootWatchParts } from './parts.ts'

/** The alert about a reboot that nobody wanted: it holds for some hours, also across a restart of ours. */
export class UnexpectedReboot {
  readonly #node: NodeKey
  readonly #parts: RebootWatchParts
  readonly #host: () => string | undefined
  #untilMs: number | undefined

  constructor(node: NodeKey, parts: RebootWatchParts, host: () => string | undefined) {
    this.#node = node
    this.#parts = parts
    this.#host = host
  }

  start(): void {
    const newest = this.#parts.tails.judged(this.#node, 1)[0]
    if (newest === undefined || !this.judged(newest)) this.#say(false, `${this.#node.node} runs.`)
  }

  /** Answers whether it is one to be alarmed of now. */
  judged({ verdict, atMs }: JudgedReboot): boolean {
    const nowMs = this.#parts.clock.now().wallMs
    const untilMs = atMs + this.#forMs
    if (isExpected(verdict) || untilMs <= nowMs) return false
    // A clock that was far ahead when it happened must not hold it for years.
    this.#untilMs = Math.min(untilMs, nowMs + this.#forMs)
    this.#say(true, verdict.sentence)
    return true
  }

  /** What is due by the clock alone. */
  tick(): void {
    if (this.#untilMs === undefined || this.#parts.clock.now().wallMs < this.#untilMs) return
    this.#untilMs = undefined
    this.#say(false, `${this.#node.node} rebooted ${spell(this.#forMs)} ago, and has not done so since.`)
  }

  get #forMs(): number {
    return this.#parts.alertForMs ?? ALERT_FOR_MS
  }

  #say(holds: boolean, sentence: string): void {
    this.#parts.telling.unexpected(this.#node, this.#host(), holds, sentence)
  }
}
