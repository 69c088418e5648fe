import { describe, test } from 'vitest'
import { realCore } from './core.ts'
import { SCENARIOS } from './scenarios/scenarios.ts'

describe('stories with a known end', () => {
  test.each(SCENARIOS)('$name', ({ run }) => run({ core: realCore }))
})
