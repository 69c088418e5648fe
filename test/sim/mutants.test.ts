import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryNight } from './arbitrary-night.ts'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'
import { mutate } from './mutate.ts'
import { liveThrough } from './night.ts'
import { Violation } from './safety.ts'
import type { Under } from './scenarios/scenario.ts'
import { SCENARIOS } from './scenarios/scenarios.ts'

const NIGHTS = 300
/** The same nights each time. */
const SEED = 20250601

/** The story or night that tells the mutant from the real core; undefined where none does. */
function killerOf(mutant: Mutant, under: Under): string | undefined {
  const first = mutant.first
  const likely = SCENARIOS.filter(({ name }) => first !== undefined && name.startsWith(first))
  const others = SCENARIOS.filter((scenario) => !likely.includes(scenario))
  for (const { name, run } of [...likely, ...others]) {
    const broken = ruleBroken(() => run(under))
    if (broken !== undefined) return `“${name}”: ${broken}`
  }
  const out = fc.check(
    fc.property(arbitraryNight, (night) => ruleBroken(() => liveThrough(night, under.core, under.flaws)) === undefined),
    { numRuns: NIGHTS, seed: SEED, endOnFailure: true },
  )
  return out.failed ? 'a random night' : undefined
}

function ruleBroken(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof Violation) return error.message.split('\n')[0]
    // A mutant may also break so badly that it throws.
    return `it threw: ${String(error).split('\n')[0]}`
  }
}

test('a copy without a mistake is noticed by nobody', async () => {
  const { core, remove } = await mutate({ name: 'none' })
  try {
    for (const { name, run } of SCENARIOS) expect([name, ruleBroken(() => run({ core }))]).toEqual([name, undefined])
  } finally {
    remove()
  }
})

describe('mistakes that must be noticed', () => {
  test.each(MUTANTS)('$name', async (mutant) => {
    const { core, remove } = await mutate(mutant)
    try {
      const killer = killerOf(mutant, { core, ...(mutant.flaws === undefined ? {} : { flaws: mutant.flaws }) })
      console.log(`${mutant.name}: killed by ${killer ?? 'nobody'}`)
      expect(killer, `nothing notices “${mutant.name}”`).toBeDefined()
    } finally {
      remove()
    }
  })
})
