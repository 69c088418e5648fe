import { describe, expect, test } from 'vitest'
import { type At, elapsedMs, later, reached } from './time.ts'

const at = (wallMs: number, monoMs: number, bootId = 'a'): At => ({ wallMs, monoMs, bootId })

describe('time within a boot', () => {
  test('is monotonic, whatever the wall clock shows', () => {
    expect(elapsedMs(at(5_000, 100), at(0, 400))).toBe(300)
    expect(reached(at(0, 500), at(9_999_999, 400))).toBe(false)
    expect(reached(at(9_999_999, 400), at(0, 400))).toBe(true)
  })

  test('a later point is later on both clocks', () => {
    expect(later(at(1_000, 10), 5)).toEqual(at(1_005, 15))
  })
})

describe('time across boots', () => {
  test('is the wall clock’s, and never negative', () => {
    expect(elapsedMs(at(1_000, 900_000), at(4_000, 3, 'b'))).toBe(3_000)
    expect(elapsedMs(at(4_000, 900_000), at(1_000, 3, 'b'))).toBe(0)
  })

  test('a point is reached by the wall clock', () => {
    expect(reached(at(4_000, 1), at(3_999, 900_000, 'b'))).toBe(false)
    expect(reached(at(4_000, 900_000), at(4_000, 1, 'b'))).toBe(true)
  })
})
