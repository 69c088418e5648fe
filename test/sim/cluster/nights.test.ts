import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryClusterNight } from '../arbitrary-night.ts'
import { liveThrough } from '../night.ts'

/** More by `SIM_RUNS=50000 SIM_SEED=7`; a failure prints the seed and the shrunken night. */
const RUNS = Math.ceil(Number(process.env.SIM_RUNS ?? 1_200) / 4)
const SEED = Number(process.env.SIM_SEED ?? 4711)

test(`${RUNS} random nights of a cluster: safe at every step, and well in the end`, { timeout: 3_600_000 }, () => {
  let recovered = 0
  fc.assert(
    fc.property(arbitraryClusterNight, (night) => {
      const sim = liveThrough(night)
      if (sim.has('host-recovered')) recovered += 1
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  )
  // The guards of the cluster must not hold everything for ever.
  expect(recovered).toBeGreaterThan(RUNS / 3)
})
