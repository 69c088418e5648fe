import type { NetconsoleLine } from './settings.ts'

const MOST_LINES = 1_000
const MOST_CHARACTERS = 256 * 1024
/** A panic with the stacks of every CPU is some thousand lines; more in a second is a flood. */
const MOST_A_SECOND = 5_000

/** The newest lines of one host, within bounds of number, size and rate. */
export class HostLines {
  #lines: NetconsoleLine[] = []
  #characters = 0
  #taken = 0
  #dropped = 0
  #secondMs = 0
  #inSecond = 0

  get stats(): { readonly lines: number; readonly dropped: number; readonly lastAtMs?: number } {
    const lastAtMs = this.#lines.at(-1)?.atMs
    return { lines: this.#taken, dropped: this.#dropped, ...(lastAtMs === undefined ? {} : { lastAtMs }) }
  }

  /** Whether it was taken. */
  add(line: NetconsoleLine, monoMs: number): boolean {
    if (monoMs - this.#secondMs >= 1_000) {
      this.#secondMs = monoMs
      this.#inSecond = 0
    }
    this.#inSecond += 1
    if (this.#inSecond > MOST_A_SECOND) {
      this.#dropped += 1
      return false
    }
    this.#taken += 1
    this.#lines.push(line)
    this.#characters += line.text.length
    // In slices, not one by one: moving a thousand entries for each line would cost more than the line.
    if (this.#lines.length >= 2 * MOST_LINES || this.#characters > 2 * MOST_CHARACTERS) this.#prune()
    return true
  }

  since(atMs: number): readonly NetconsoleLine[] {
    this.#prune()
    return this.#lines.filter((line) => line.atMs >= atMs)
  }

  #prune(): void {
    let from = Math.max(0, this.#lines.length - MOST_LINES)
    let characters = this.#lines.slice(from).reduce((sum, { text }) => sum + text.length, 0)
    while (characters > MOST_CHARACTERS) {
      characters -= this.#lines[from]?.text.length ?? 0
      from += 1
    }
    this.#lines = this.#lines.slice(from)
    this.#characters = characters
  }
}
