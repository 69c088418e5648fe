import { expect, test } from 'vitest'
import { POLICY } from '../../../test/faces/situation.ts'
import type { Policy } from '../policy.ts'
import { apply } from './apply.ts'
import { decide } from './decide.ts'
import { EMPTY_SNAPSHOT, initialState } from './initial.ts'
import type { Event, FoundBreadcrumb, State } from './types.ts'

const at = (monoMs: number) => ({ wallMs: 1_000_000 + monoMs, bootId: 'boot', monoMs })

const HOSTLESS: Policy = {
  ...POLICY,
  cycleSpacingMs: 60_000,
  standbyWatts: 5,
  hosts: [],
  references: [],
  devices: [{ name: 'strip', driver: 'kasa', slowestCommandMs: 10_000, outlets: [{ outlet: '1', protected: false }] }],
}

const mark = (part: Partial<FoundBreadcrumb>): FoundBreadcrumb => ({
  intent: 'plan-41',
  target: 'pve1',
  device: 'strip',
  outlet: '1',
  reason: 'pve1 is down',
  offAt: at(-60_000),
  holdMs: 600_000,
  ...part,
})

const step = (state: State, event: Event, monoMs: number): State =>
  apply(state, decide(state, event, at(monoMs)).changes)

function started(...breadcrumbs: readonly FoundBreadcrumb[]): State {
  const event: Event = { kind: 'started', breadcrumbs, storeLost: 'The state was lost.' }
  return step(initialState(EMPTY_SNAPSHOT, HOSTLESS, at(0)), event, 0)
}

test('a timer that may run inside the device is disarmed before the mark is forgotten', () => {
  const state = started(mark({}))
  const intent = state.intents['plan-41']
  expect(intent?.legs[0]?.timerArmed).toBe('yes')
})

test('a number that a mark bears is given to no other plan', () => {
  const marks = [mark({}), mark({ intent: 'plan-1000', device: 'gone' }), mark({ intent: 'odd', outlet: '2' })]
  const state = started(...marks)
  expect(Object.keys(state.intents).sort()).toEqual(['odd', 'plan-41'])
  expect(state.meta.meta?.nextId).toBeGreaterThan(1000)
})
