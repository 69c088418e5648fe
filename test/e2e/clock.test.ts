import { describe, expect, test } from 'vitest'
import { SystemClock } from '../../src/app/system-clock.ts'
import type { At } from '../../src/core/time.ts'
import { SLOWEST_MS } from './site/daemon-process.ts'
import { InProcess } from './site/in-process.ts'
import { openSite } from './site/lab-site.ts'

const YEARS_MS = 50 * 365 * 86_400_000
const HOLD_MS = 1_500

/** A machine whose wall clock is set by somebody. */
class JumpingClock extends SystemClock {
  offsetMs = 0

  override now(): At {
    const real = super.now()
    return { ...real, wallMs: real.wallMs + this.offsetMs }
  }
}

describe.concurrent('a wall clock that jumps', { timeout: SLOWEST_MS }, () => {
  test.for([
    ['back to 1970', -YEARS_MS],
    ['fifty years ahead', YEARS_MS],
    ['an hour ahead', 3_600_000],
  ] as const)('%s during the hold: the outlet is on when the hold ends, not before', async ([, jumpMs], context) => {
    const site = await openSite(context)
    const clock = new JumpingClock()
    const daemon = await InProcess.start(site, clock)
    context.onTestFinished(() => daemon.stop())
    await daemon.seesAllUp()
    await site.lab.act({ kind: 'hang', host: 'pve2' })
    await daemon.tells('outlets-off')
    clock.offsetMs = jumpMs
    await daemon.tells('outlets-turning-on')
    await daemon.tells('cycle-done')
    const [off, on] = site.lab.state().switchings
    expect([off, on]).toMatchObject([
      { outlet: 1, on: false },
      { outlet: 1, on: true },
    ])
    expect((on?.atMs ?? 0) - (off?.atMs ?? 0)).toBeGreaterThanOrEqual(HOLD_MS)
    await daemon.seesAllUp()
    expect(site.lab.state().cuts).toHaveLength(1)
    expect(site.marks()).toEqual([])
  })

  test('before the verdict: ahead voids what was seen and begins the grace anew, back changes nothing', async (context) => {
    const site = await openSite(context)
    const clock = new JumpingClock()
    const daemon = await InProcess.start(site, clock)
    context.onTestFinished(() => daemon.stop())
    await daemon.seesAllUp()
    clock.offsetMs = 3_600_000
    expect((await daemon.tells('watchdog-suspended')).sentence).toMatch(/stood still for 1 h/)
    await daemon.seesAllUp()
    clock.offsetMs = -YEARS_MS
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('cycle-done')
    expect(site.lab.state().cuts).toMatchObject([{ host: 'pve1', byOutlet: 'strip/0' }])
    expect(daemon.told.filter(({ code }) => code === 'watchdog-suspended')).toHaveLength(1)
  })

  test('a machine that restarts in 1970 in mid-cycle: the hold never lasts longer than from the start', async (context) => {
    const site = await openSite(context)
    const first = await InProcess.start(site, new SystemClock())
    await first.seesAllUp()
    await site.lab.act({ kind: 'hang', host: 'pve3' })
    await first.tells('outlets-off')
    await first.stop()
    expect(site.outlet(2)?.on).toBe(false)
    const rebooted = new JumpingClock()
    rebooted.offsetMs = -YEARS_MS
    const now = rebooted.now.bind(rebooted)
    rebooted.now = () => ({ ...now(), bootId: 'another-boot', monoMs: now().monoMs % 1e9 })
    const second = await InProcess.start(site, rebooted)
    context.onTestFinished(() => second.stop())
    await second.tells('cycle-done')
    await second.seesAllUp()
    expect(site.outlet(2)?.on).toBe(true)
    expect(site.lab.state().cuts).toHaveLength(1)
  })
})
