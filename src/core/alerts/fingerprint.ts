import type { Labels } from './types.ts'

const PRIME = 0x0000_0100_0000_01b3n
const OFFSET = 0xcbf2_9ce4_8422_2325n
const MASK = 0xffff_ffff_ffff_ffffn
const SEPARATOR = 0xff

/**
 * 16 hex digits over a set of labels: FNV-1a of 64 bits over `name 0xff value 0xff` in the order of the names, as
 * Prometheus computes `LabelSet.Fingerprint`, so that an alert that went through an Alertmanager comes back with the
 * fingerprint that it left with.
 */
export function fingerprintOf(labels: Labels): string {
  let hash = OFFSET
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  }
  for (const name of Object.keys(labels).sort()) {
    for (const byte of utf8(name)) add(byte)
    add(SEPARATOR)
    for (const byte of utf8(labels[name] ?? '')) add(byte)
    add(SEPARATOR)
  }
  return hash.toString(16).padStart(16, '0')
}

/** The core has no TextEncoder. A lone surrogate counts as U+FFFD, as it does everywhere. */
function* utf8(text: string): Generator<number> {
  for (const character of text) {
    const found = character.codePointAt(0) ?? 0
    const code = found >= 0xd800 && found <= 0xdfff ? 0xfffd : found
    if (code < 0x80) yield code
    else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 0x3f)]
    else if (code < 0x1_0000) yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    else {
      yield* [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    }
  }
}
