import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryNight } from './arbitrary-night.ts'
import { liveThrough } from './night.ts'

/** More by `SIM_RUNS=50000 SIM_SEED=7 npm test`; a failure prints the seed and the shrunken night. */
const RUNS = Number(process.env.SIM_RUNS ?? 1_200)
const SEED = Number(process.env.SIM_SEED ?? 4711)

test(`${RUNS} random nights: safe at every step, and well in the end`, { timeout: 3_600_000 }, () => {
  fc.assert(
    fc.property(arbitraryNight, (night) => {
      liveThrough(night)
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  )
})

test('the same night twice is the same story', () => {
  for (const night of fc.sample(arbitraryNight, { numRuns: 20, seed: SEED })) {
    const [first, second] = [liveThrough(night), liveThrough(night)]
    expect(second.told).toEqual(first.told)
    expect(second.durable).toEqual(first.durable)
    expect(second.inbox.rows).toEqual(first.inbox.rows)
  }
})
