import { expect, test } from 'vitest'
import { list, spell } from './phrase.ts'

test.each([
  [-5, '0 s'],
  [499, '0 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [95_000, '1 min 35 s'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
  [7_260_000, '2 h 1 min'],
  [172_800_000, '2 d 0 h'],
  [180_000_000, '2 d 2 h'],
])('%i ms is spelled %s', (ms, text) => expect(spell(ms)).toBe(text))

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('%j is listed as %s', (words, text) => expect(list(words)).toBe(text))
