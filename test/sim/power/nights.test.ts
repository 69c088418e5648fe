import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitrarySite, begin, suffer } from './arbitrary-site.ts'
import { trouble } from './morning.ts'

const RUNS = Number(process.env.SIM_RUNS ?? 80)

test(
  'whatever happens in a night of power failures, everything is back in the morning',
  () => {
    fc.assert(
      fc.property(arbitrarySite, (site) => {
        const night = begin(site)
        suffer(night, site.mishaps)
        expect(trouble(night)).toEqual([])
      }),
      { numRuns: RUNS },
    )
    // Digging deeper takes its time.
  },
  60_000 + RUNS * 500,
)
