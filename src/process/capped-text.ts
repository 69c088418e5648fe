/** Gathers a stream's bytes up to a limit and drops the rest, so that no program can fill our memory. */
export class CappedText {
  #chunks: Buffer[] = []
  #bytes = 0
  readonly #maxBytes: number
  truncated = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): void {
    const room = this.#maxBytes - this.#bytes
    if (chunk.length > room) this.truncated = true
    if (room <= 0) return
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.#chunks.push(kept)
    this.#bytes += kept.length
  }

  /** All of it as UTF-8. Decoded once, so that a character cut by a chunk's end stays whole. */
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
