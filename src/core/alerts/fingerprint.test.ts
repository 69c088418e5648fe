import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import type { Labels } from './types.ts'

/** The definition, word for word: FNV-1a over UTF-8, names in the order of their bytes. */
function defined(labels: Labels): string {
  const names = Object.keys(labels).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  let hash = 0xcbf2_9ce4_8422_2325n
  for (const name of names) {
    for (const byte of [...Buffer.from(name), 0xff, ...Buffer.from(labels[name] ?? ''), 0xff]) {
      hash = ((hash ^ BigInt(byte)) * 0x0000_0100_0000_01b3n) & 0xffff_ffff_ffff_ffffn
    }
  }
  return hash.toString(16).padStart(16, '0')
}

describe('a fingerprint', () => {
  test('is the one that Prometheus computes', () => {
    // From the tests of prometheus/common: model/signature_test.go.
    expect(BigInt(`0x${fingerprintOf({})}`)).toBe(14_695_981_039_346_656_037n)
    const labels = { name: 'garland, briggs', fear: 'love is not enough' }
    expect(BigInt(`0x${fingerprintOf(labels)}`)).toBe(5_799_056_148_416_392_346n)
  })

  test('does not depend on the order in which labels were given', () => {
    expect(fingerprintOf({ a: '1', b: '2' })).toBe(fingerprintOf({ b: '2', a: '1' }))
    expect(fingerprintOf({ a: '1', b: '2' })).not.toBe(fingerprintOf({ a: '2', b: '1' }))
    expect(fingerprintOf({ ab: 'c' })).not.toBe(fingerprintOf({ a: 'bc' }))
  })

  test('follows its definition for whatever is in a label', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
    // Lone surrogates as well: a payload may hold them.
    const odd = fc.array(fc.integer({ min: 0xd700, max: 0xe010 })).map((codes) => String.fromCharCode(...codes))
    const word = fc.oneof(text, odd)
    fc.assert(
      fc.property(fc.dictionary(word, word, { maxKeys: 6 }), (labels) => {
        // Names that differ only in lone surrogates have one form in UTF-8, and so no order.
        fc.pre(new Set(Object.keys(labels).map((name) => name.toWellFormed())).size === Object.keys(labels).length)
        const wellFormed = Object.fromEntries(
          Object.entries(labels).map(([name, value]) => [name.toWellFormed(), value]),
        )
        expect(fingerprintOf(labels)).toBe(defined(wellFormed))
      }),
      { numRuns: 500 },
    )
  })
})
