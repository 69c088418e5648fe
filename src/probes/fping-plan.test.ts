import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planFping } from './fping-plan.ts'

describe('the pace of a round', () => {
  test('a few hosts: unhurried', () => {
    expect(planFping(5, 3000, [2, 2], 30_000)).toEqual({ intervalMs: 10, tryMs: 1500, tries: 2, capacity: 5 })
  })

  test('ten thousand in thirty seconds: one a millisecond, two tries each', () => {
    expect(planFping(10_001, 3000, [2, 2], 29_900)).toEqual({ intervalMs: 1, tryMs: 1500, tries: 2, capacity: 10_001 })
  })

  test('tight: faster first, then with fewer tries', () => {
    expect(planFping(20_000, 3000, [2, 3], 29_900)).toMatchObject({ tries: 3, capacity: 20_000 })
    expect(planFping(30_000, 3000, [2, 3], 29_900)).toMatchObject({ tries: 2, tryMs: 1500, capacity: 30_000 })
  })

  test('too many: as many as fit', () => {
    expect(planFping(200_000, 3000, [2, 2], 29_900)?.capacity).toBeLessThan(40_000)
  })

  test('a deadline hardly longer than the timeout: a little less wait, both tries', () => {
    const plan = planFping(3, 3000, [2, 2], 3000)
    expect(plan).toMatchObject({ tries: 2, capacity: 3 })
    expect(plan?.tryMs).toBeGreaterThan(1100)
  })

  test('a deadline of less than half the timeout: not at all', () => {
    expect(planFping(3, 3000, [2, 2], 1500)).toBeUndefined()
  })

  test('always ends within its budget, though all stay silent, and never waits less than half', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 200, max: 20_000 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 120_000 }),
        (count, timeoutMs, most, budgetMs) => {
          const plan = planFping(count, timeoutMs, [2, most], budgetMs)
          if (!plan) return
          const tries = plan.tries
          expect(tries).toBeGreaterThanOrEqual(2)
          expect(plan.capacity * tries * (plan.intervalMs + 0.1) + plan.tryMs * tries).toBeLessThanOrEqual(budgetMs)
          expect(plan.tryMs * tries).toBeGreaterThanOrEqual(timeoutMs / 2 - 1)
          expect(plan.tryMs * tries).toBeLessThanOrEqual(timeoutMs + 1)
          expect(plan.intervalMs).toBeGreaterThanOrEqual(0.3)
        },
      ),
    )
  })
})
