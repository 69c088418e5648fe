import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAnotherBoot } from './boot-change.ts'

const MINUTE = 60_000

describe('another boot', () => {
  it('is told by its id, whatever its uptime', () => {
    expect(isAnotherBoot({ bootId: 'a', uptimeS: 500 }, { bootId: 'b', uptimeS: 515 }, 15_000)).toBe(true)
    expect(isAnotherBoot({ bootId: 'a', uptimeS: 500 }, { bootId: 'a', uptimeS: 3 }, 15_000)).toBe(false)
  })

  it('is told by an uptime that went back where an id is missing', () => {
    expect(isAnotherBoot({ bootId: 'a', uptimeS: 500 }, { uptimeS: 40 }, 15_000)).toBe(true)
    expect(isAnotherBoot({ uptimeS: 500 }, { uptimeS: 495 }, 0)).toBe(false)
  })

  it('is told by an uptime that began after the last look, also where it has more of it by now', () => {
    expect(isAnotherBoot({ uptimeS: 60 }, { uptimeS: 300 }, 20 * MINUTE)).toBe(true)
    expect(isAnotherBoot({ uptimeS: 60 }, { uptimeS: 1_260 }, 20 * MINUTE)).toBe(false)
  })

  it('is not a machine that stood still for a while', () => {
    expect(isAnotherBoot({ uptimeS: 5_000 }, { uptimeS: 5_010 }, 10 * MINUTE)).toBe(false)
  })

  it('is never seen in one that goes on, and always in one that began anew a minute or more into its life', () => {
    const jitter = fc.integer({ min: -3, max: 3 })
    fc.assert(
      fc.property(fc.nat(1e7), fc.nat(1e6), jitter, (uptimeS, passedS, error) => {
        const now = { uptimeS: Math.max(0, uptimeS + passedS + error) }
        expect(isAnotherBoot({ uptimeS }, now, passedS * 1000)).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 70, max: 1e7 }), fc.nat(1e6), fc.nat(1e6), (uptimeS, deadS, sinceS) => {
        expect(isAnotherBoot({ uptimeS }, { uptimeS: sinceS }, (deadS + sinceS) * 1000)).toBe(true)
      }),
    )
  })
})
