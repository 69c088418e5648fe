import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asItIs, type Escape, longestBeginning } from './fit.ts'

const starred: Escape = (character) => (character === '*' ? '\\*' : character)

describe('the longest beginning that fits', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a*c', 4, 'a\\*c'],
    ['a**', 4, 'a\\*…'],
    ['a**', 3, 'a…'],
    ['ab   cd', 5, 'ab…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
    ['', 0, ''],
    ['🔥🔥', 3, '🔥…'],
  ])('of %j in %i is %j', (text, most, beginning) => {
    expect(longestBeginning(text, most, starred)).toBe(beginning)
  })

  it('is counted as the channel counts, the ellipsis too', () => {
    expect(longestBeginning('äääää', 8, asItIs, Buffer.byteLength)).toBe('ää…')
    expect(longestBeginning('ä', 2, asItIs, Buffer.byteLength)).toBe('ä')
    expect(longestBeginning('ää', 2, asItIs, Buffer.byteLength)).toBe('')
  })

  it('never cuts through an escape, and cuts only what does not fit', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '*', '🔥', ' ') }), fc.nat(30), (text, most) => {
        const beginning = longestBeginning(text, most, starred)
        expect(beginning.length).toBeLessThanOrEqual(most)
        const whole = text.replaceAll('*', '\\*')
        if (whole.length <= most && most > 0) expect(beginning).toBe(whole)
        else if (most > 0) expect(text.startsWith(beginning.slice(0, -1).replaceAll('\\*', '*'))).toBe(true)
      }),
    )
  })
})
