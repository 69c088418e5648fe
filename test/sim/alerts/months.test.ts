import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryAlertStore } from '../../../src/engine/testing/alert-store.ts'
import { alertsInMemory, alertsOn } from '../../../src/store/alerts/samples.ts'
import { arbitraryMonth } from './arbitrary-month.ts'
import { liveMonth } from './live-month.ts'

/** More by `SIM_RUNS=2000 SIM_SEED=7 npm test -- test/sim/alerts`; a failure prints the seed and the shrunken month. */
const RUNS = Number(process.env.SIM_RUNS ?? 40)
/** On the real rows, which take longer. */
const REAL_RUNS = Math.ceil(RUNS / 5)
const SEED = Number(process.env.SIM_SEED ?? 4711)

test(`${RUNS} random months: every alert is told or a dead letter, in order, and once`, {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryMonth, async (month) => {
      const store = new MemoryAlertStore()
      const { wrong } = await liveMonth(month, () => store)
      expect(wrong).toEqual([])
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  )
})

test(`${REAL_RUNS} random months on the real rows`, { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryMonth, async (month) => {
      const { database } = alertsInMemory()
      const { wrong } = await liveMonth(month, () => alertsOn(database).alerts)
      database.close()
      expect(wrong).toEqual([])
    }),
    { numRuns: REAL_RUNS, seed: SEED + 1, endOnFailure: false },
  )
})
