import { expect, test } from 'vitest'
import { MINUTE, night } from '../../../test/sim/power/story.ts'
import { powerPlanAtWork } from './at-work.ts'

test('the plan is at work from the first guest that it stops until everything is back', () => {
  const site = night()
  const atWork = () => powerPlanAtWork(site.state, 'main') !== undefined
  site.world.mains(false)
  site.run(3 * MINUTE)
  expect(atWork()).toBe(false)
  site.run(3 * MINUTE)
  expect(atWork()).toBe(true)
  expect(powerPlanAtWork(site.state, 'other')).toBeUndefined()
  site.run(20 * MINUTE)
  site.world.mains(true)
  site.run(6 * MINUTE)
  expect(atWork()).toBe(true)
  site.until(() => site.outage() === undefined, 7_200)
  expect(atWork()).toBe(false)
})

test('in dry-run it does nothing, and hides nothing', () => {
  const site = night({ mode: 'dry-run' })
  site.world.mains(false)
  site.run(20 * MINUTE)
  expect(powerPlanAtWork(site.state, 'main')).toBeUndefined()
})
