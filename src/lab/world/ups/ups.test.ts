import { expect, test } from 'vitest'
import {
  type Action,
  act,
  advanceTo,
  createWorld,
  findHost,
  findStrip,
  homeLabWithUps,
  lookAtGateway,
  readUps,
  relay,
  type World,
} from '../index.ts'

const MINUTE = 60_000
const does = (world: World, action: Action) => expect(act(world, action)).toMatchObject({ ok: true })
const ups = (world: World) => readUps(world, world.upses[0] as World['upses'][number])
const state = (world: World, name = 'pve1') => findHost(world, name)?.state
const begin = () => createWorld(homeLabWithUps())

test('on mains it is full, and carries what hangs behind it', () => {
  const world = begin()
  // Five hosts that idle, and itself.
  expect(ups(world)).toMatchObject({
    onBattery: false,
    output: true,
    chargePercent: 100,
    loadWatts: 330,
    status: ['OL'],
  })
  expect(ups(world).runtimeMs).toBe(30 * MINUTE)
})

test('without mains its battery drains with the load, and hosts and strip run on', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  advanceTo(world, 15 * MINUTE)
  expect(ups(world)).toMatchObject({ onBattery: true, chargePercent: 50, status: ['OB', 'DISCHRG'] })
  expect(state(world)).toBe('up')
  expect(findStrip(world, 'strip')?.powered).toBe(true)
  expect(lookAtGateway(world).says).toBe('life')
})

test('less load makes it last longer', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  for (const host of ['pve2', 'pve3', 'pve4']) does(world, { kind: 'shutdown', host })
  advanceTo(world, MINUTE)
  expect(ups(world).loadWatts).toBe(330 - 3 * 60 + 3 * 4)
  expect(ups(world).runtimeMs).toBeGreaterThan(50 * MINUTE)
})

test('it says that it is low, and then everything loses its power', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  advanceTo(world, 25 * MINUTE)
  expect(ups(world).status).toEqual(['OB', 'DISCHRG', 'LB'])
  advanceTo(world, 30 * MINUTE)
  expect(ups(world)).toMatchObject({ output: false, chargePercent: 0 })
  expect(['pve1', 'pve4', 'nas'].map((name) => state(world, name))).toEqual(['off', 'off', 'off'])
  expect(world.cuts.map(({ by }) => by)).toEqual(Array(5).fill('battery'))
  expect(lookAtGateway(world).says).toBe('silence')
})

test('mains brings back what had lost its power, and charges the battery', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  advanceTo(world, 40 * MINUTE)
  does(world, { kind: 'mains-on' })
  expect(state(world)).toBe('booting')
  advanceTo(world, 42 * MINUTE)
  expect(state(world)).toBe('up')
  expect(ups(world).status).toEqual(['OL', 'CHRG'])
  advanceTo(world, 300 * MINUTE)
  expect(ups(world)).toMatchObject({ chargePercent: 100, status: ['OL'] })
})

test('what was shut down while the battery lasted stays down when mains is back', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  does(world, { kind: 'shutdown', host: 'pve1' })
  advanceTo(world, 5 * MINUTE)
  does(world, { kind: 'mains-on' })
  advanceTo(world, 20 * MINUTE)
  expect(state(world)).toBe('standby')
})

test('an outlet that is turned off while on battery saves its share, and an old end is void', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  const outlet = findStrip(world, 'strip')?.outlets[5]
  if (outlet === undefined) throw new Error('no outlet')
  relay(world, outlet, false)
  advanceTo(world, 30 * MINUTE)
  expect(ups(world).output).toBe(true)
  expect(ups(world).loadWatts).toBe(270)
})

test('its charge can be set, and it is empty when that is gone', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  does(world, { kind: 'set-battery', ups: 'ups', percent: 10 })
  expect(ups(world).status).toContain('LB')
  advanceTo(world, 3 * MINUTE)
  expect(ups(world).output).toBe(false)
  expect(act(world, { kind: 'set-battery', ups: 'ups', percent: 101 })).toMatchObject({ ok: false })
  expect(act(world, { kind: 'ups-stale', ups: 'attic' })).toMatchObject({ ok: false, code: 'no-such-ups' })
})

test('a forced shutdown lasts until upsd is restarted', () => {
  const world = begin()
  does(world, { kind: 'ups-fsd', ups: 'ups' })
  does(world, { kind: 'mains-off' })
  does(world, { kind: 'mains-on' })
  expect(ups(world).status[0]).toBe('FSD')
  does(world, { kind: 'ups-heard', ups: 'ups' })
  expect(ups(world).status).not.toContain('FSD')
})

test('a load that is cut on order keeps the battery, and comes back with mains alone', () => {
  const world = begin()
  does(world, { kind: 'mains-off' })
  does(world, { kind: 'ups-command', ups: 'ups', command: 'load.off' })
  expect(state(world)).toBe('off')
  expect(ups(world).chargePercent).toBe(100)
  expect(act(world, { kind: 'ups-command', ups: 'ups', command: 'load.on' })).toMatchObject({ ok: false })
  does(world, { kind: 'mains-on' })
  expect(state(world)).toBe('booting')
})

const withTwo = () =>
  createWorld({
    strips: [],
    hosts: ['web', 'db', 'lamp'].map((name) => ({ name, supplies: [] })),
    upses: [
      { name: 'left', strips: [], hosts: ['web'], capacityWattHours: 45, lowPercent: 60 },
      { name: 'right', strips: [], hosts: ['db'], capacityWattHours: 45 },
    ],
  })
const named = (world: World, name: string) =>
  readUps(world, world.upses.find((one) => one.name === name) as World['upses'][number])

test('hosts may hang behind it directly, and those on the wall go first', () => {
  const world = withTwo()
  expect(named(world, 'left').loadWatts).toBe(90)
  does(world, { kind: 'mains-off' })
  expect(['web', 'db', 'lamp'].map((name) => state(world, name))).toEqual(['up', 'up', 'off'])
  does(world, { kind: 'shutdown', host: 'db' })
  advanceTo(world, 30 * MINUTE)
  expect(['web', 'db'].map((name) => state(world, name))).toEqual(['off', 'standby'])
  does(world, { kind: 'mains-on' })
  expect(['web', 'db', 'lamp'].map((name) => state(world, name))).toEqual(['booting', 'standby', 'booting'])
})

test('one UPS may lose its mains alone, and each has its own low charge', () => {
  const world = withTwo()
  does(world, { kind: 'ups-mains-off', ups: 'left' })
  advanceTo(world, 15 * MINUTE)
  expect(named(world, 'left').status).toEqual(['OB', 'DISCHRG', 'LB'])
  expect(named(world, 'right')).toMatchObject({ status: ['OL'], chargePercent: 100 })
  expect(state(world, 'lamp')).toBe('up')
  advanceTo(world, 30 * MINUTE)
  expect(['web', 'db'].map((name) => state(world, name))).toEqual(['off', 'up'])
  // Mains of the site does not mend the breaker in front of this one.
  does(world, { kind: 'mains-off' })
  does(world, { kind: 'mains-on' })
  expect(state(world, 'web')).toBe('off')
  does(world, { kind: 'ups-mains-on', ups: 'left' })
  expect(state(world, 'web')).toBe('booting')
})
