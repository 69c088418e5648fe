import { expect, test } from 'vitest'
import type { Core } from '../core.ts'
import { mutate } from '../mutate.ts'
import { POWER_MUTANTS } from './mutants.ts'
import { STORIES, type Story, tellUnder } from './stories.ts'

/** The story that tells the mutant from the real core, the likely ones first. */
function killerOf(core: Core, first = ''): string | undefined {
  const likely = STORIES.filter(({ name }) => name.startsWith(first))
  const others = STORIES.filter((story) => !likely.includes(story))
  return [...likely, ...others].find((story) => notices(core, story))?.name
}

function notices(core: Core, story: Story): boolean {
  try {
    tellUnder(core, story)
    return false
  } catch {
    return true
  }
}

test.each(POWER_MUTANTS)('that $name is noticed', async (mutant) => {
  const { core, remove } = await mutate(mutant)
  try {
    const killer = killerOf(core, mutant.first)
    console.log(`${mutant.name}: noticed by ${killer ?? 'nobody'}`)
    expect(killer).toBeDefined()
  } finally {
    remove()
  }
})
