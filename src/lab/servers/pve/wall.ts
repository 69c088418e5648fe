import type { ClusterNode } from '../../world/index.ts'

/**
 * The wall clock of the lab's nodes. A lab whose time runs faster still tells the hour of everybody else: what it calls
 * a minute is over sooner, and so its times are squeezed.
 */
export class Wall {
  readonly #startMs: number
  readonly #labStartMs: number
  readonly #scale: number

  constructor(startMs: number, labStartMs: number, scale: number) {
    this.#startMs = startMs
    this.#labStartMs = labStartMs
    this.#scale = scale
  }

  /** Milliseconds since 1970 of a moment of the lab, by the clock of `node` where one is given. */
  ms(labMs: number, node?: ClusterNode): number {
    return this.#startMs + (labMs - this.#labStartMs) / this.#scale + (node?.clockSkewMs ?? 0)
  }

  /** The same in whole seconds. */
  s(labMs: number, node?: ClusterNode): number {
    return Math.floor(this.ms(labMs, node) / 1000)
  }

  /** How long a span of the lab is for everybody else, in whole seconds. */
  spanS(labMs: number): number {
    return Math.max(0, Math.floor(labMs / this.#scale / 1000))
  }

  /** `Fri Nov 20 18:47:16 2026`. */
  words(labMs: number, node?: ClusterNode): string {
    const date = new Date(this.ms(labMs, node))
    const day = DAYS[date.getUTCDay()]
    return `${day} ${monthAndDay(date)} ${time(date)} ${date.getUTCFullYear()}`
  }

  /** `Nov 20 18:47:14`. */
  stamp(labMs: number, node: ClusterNode): string {
    const date = new Date(this.ms(labMs, node))
    return `${monthAndDay(date)} ${time(date)}`
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function monthAndDay(date: Date): string {
  return `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`
}

function time(date: Date): string {
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
}

function two(value: number): string {
  return `${value}`.padStart(2, '0')
}
