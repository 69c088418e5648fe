/** Longer than any line of upsd; more is no upsd. */
const MOST_CHARACTERS = 64 * 1024

/** Lines out of chunks that begin and end anywhere. Answers `undefined` for what can be no upsd. */
export class Lines {
  #rest = ''

  take(chunk: string): readonly string[] | undefined {
    const lines = `${this.#rest}${chunk}`.split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > MOST_CHARACTERS || lines.some(({ length }) => length > MOST_CHARACTERS)) return undefined
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }
}
