import type { Labels } from './types.ts'

/** The two halves of FNV's first hash, and the low word of its prime, which is 2^40 + 0x1b3. */
const OFFSET_HIGH = 0xcbf2_9ce4
const OFFSET_LOW = 0x8422_2325
const PRIME_LOW = 0x1b3
const WORD = 0x1_0000_0000
const SEPARATOR = 0xff

/**
 * 16 hex digits over a set of labels: FNV-1a of 64 bits over `name 0xff value 0xff` in the order of the names, as
 * Prometheus computes `LabelSet.Fingerprint`, so that an alert that went through an Alertmanager comes back with the
 * fingerprint that it left with.
 */
export function fingerprintOf(labels: Labels): string {
  const hash = new Hash()
  for (const name of Object.keys(labels).sort(byBytes)) {
    hash.addText(name)
    hash.add(SEPARATOR)
    hash.addText(labels[name] ?? '')
    hash.add(SEPARATOR)
  }
  return hash.hex()
}

/** Go sorts by bytes, JavaScript by UTF-16: they differ only beyond the basic plane. */
function byBytes(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; ) {
    const [one, other] = [codeAt(a, at), codeAt(b, at)]
    if (one !== other) return one - other
    at += one > 0xffff ? 2 : 1
  }
  return a.length - b.length
}

/** A lone surrogate counts as U+FFFD, as it does everywhere. */
function codeAt(text: string, at: number): number {
  const code = text.codePointAt(at) as number
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
}

/** A 64-bit hash in two words of 32: a product of a word and the prime's low word is exact in a double. */
class Hash {
  #high = OFFSET_HIGH
  #low = OFFSET_LOW

  add(byte: number): void {
    const low = (this.#low ^ byte) >>> 0
    const product = low * PRIME_LOW
    // Times 2^40: the low word goes up by one word and eight bits, the high word falls out.
    const high = this.#high * PRIME_LOW + Math.floor(product / WORD) + (low << 8)
    this.#low = product >>> 0
    this.#high = high >>> 0
  }

  /** As UTF-8, which the core has no encoder for. */
  addText(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code < 0x80) {
        this.add(code)
        continue
      }
      const found = codeAt(text, at)
      if (found > 0xffff) at += 1
      this.#addLong(found)
    }
  }

  #addLong(code: number): void {
    if (code < 0x800) this.add(0xc0 | (code >> 6))
    else if (code < 0x1_0000) this.add(0xe0 | (code >> 12))
    else {
      this.add(0xf0 | (code >> 18))
      this.add(0x80 | ((code >> 12) & 0x3f))
    }
    if (code >= 0x800) this.add(0x80 | ((code >> 6) & 0x3f))
    this.add(0x80 | (code & 0x3f))
  }

  hex(): string {
    return this.#high.toString(16).padStart(8, '0') + this.#low.toString(16).padStart(8, '0')
  }
}
