import { expect, test } from 'vitest'
import {
  type Action,
  act,
  advanceTo,
  armTimer,
  clearTimers,
  createWorld,
  findHost,
  findOutlet,
  findStrip,
  hasPower,
  homeLab,
  look,
  lookAtGateway,
  nextDueMs,
  readOutlet,
  readOutlets,
  relay,
  stripReachable,
  type World,
  type WorldSpec,
} from './index.ts'
import { RECORD_LIMIT } from './record.ts'

const host = (world: World, name = 'pve1') => findHost(world, name)!
const outlet = (world: World, index: number, strip = 'strip') => findOutlet(world, strip, index)!
const does = (world: World, action: Action) => expect(act(world, action)).toMatchObject({ ok: true })
const state = (world: World, name = 'pve1') => host(world, name).state

const dual: WorldSpec = {
  strips: [
    { name: 'a', deviceId: 'A'.repeat(40) },
    { name: 'b', deviceId: 'B'.repeat(40) },
  ],
  hosts: [{ name: 'pve1', supplies: ['a', 'b'].map((strip) => ({ strip, outlet: 0 })) }],
}

test('a hung host is recovered by OFF and ON, and the record tells it', () => {
  const world = createWorld(homeLab())
  does(world, { kind: 'hang', host: 'pve1' })
  expect(look(world, host(world), 'icmp')).toEqual({ says: 'silence', proves: 'none' })
  advanceTo(world, 1000)
  relay(world, outlet(world, 0), false)
  expect(hasPower(world, 'pve1')).toBe(false)
  expect(world.cuts).toEqual([{ atMs: 1000, host: 'pve1', by: 'command', byOutlet: 'strip/0', hostWas: 'hung' }])
  advanceTo(world, 11_000)
  relay(world, outlet(world, 0), true)
  expect(state(world)).toBe('booting')
  expect(nextDueMs(world)).toBe(101_000)
  advanceTo(world, 71_000)
  expect(look(world, host(world), 'icmp').proves).toBe('kernel')
  expect(look(world, host(world), 'tcp').says).toBe('silence')
  advanceTo(world, 101_000)
  expect(look(world, host(world), 'http')).toEqual({ says: 'life', proves: 'userland' })
  expect(world.switchings).toHaveLength(2)
})

test('each state answers the channels that it can', () => {
  const world = createWorld(homeLab())
  const seen = () => (['icmp', 'tcp', 'banner', 'http'] as const).map((c) => look(world, host(world), c).proves)
  expect(seen()).toEqual(['kernel', 'kernel', 'userland', 'userland'])
  does(world, { kind: 'wedge', host: 'pve1' })
  expect(seen()).toEqual(['kernel', 'kernel', 'kernel', 'kernel'])
  does(world, { kind: 'heal', host: 'pve1' })
  does(world, { kind: 'shutdown', host: 'pve1' })
  expect(seen()).toEqual(['kernel', 'none', 'none', 'none'])
  advanceTo(world, 20_000)
  expect(state(world)).toBe('standby')
  expect(seen()).toEqual(['none', 'none', 'none', 'none'])
})

test('network faults hide a host without touching it', () => {
  const world = createWorld(homeLab())
  does(world, { kind: 'cut-net', host: 'pve1' })
  expect(look(world, host(world), 'icmp').says).toBe('silence')
  expect(look(world, host(world), 'icmp', host(world, 'pve2')).says).toBe('silence')
  expect(look(world, host(world, 'pve2'), 'icmp', host(world)).says).toBe('silence')
  does(world, { kind: 'heal', host: 'pve1' })
  does(world, { kind: 'isolate-watcher' })
  expect(look(world, host(world), 'icmp').says).toBe('silence')
  expect(look(world, host(world), 'icmp', host(world, 'pve2')).says).toBe('life')
  expect(lookAtGateway(world).says).toBe('silence')
  expect(stripReachable(world, findStrip(world, 'strip')!)).toBe(false)
  does(world, { kind: 'rejoin-watcher' })
  expect(lookAtGateway(world).says).toBe('life')
  does(world, { kind: 'gateway-down' })
  expect(lookAtGateway(world).says).toBe('silence')
  expect(look(world, host(world), 'icmp').says).toBe('life')
  expect(world.cuts).toEqual([])
})

test('two supplies: the host dies only when both are off, and they share its watts', () => {
  const world = createWorld(dual)
  expect(readOutlet(world, outlet(world, 0, 'a')).watts).toBe(30)
  relay(world, outlet(world, 0, 'a'), false)
  expect(hasPower(world, 'pve1')).toBe(true)
  expect(readOutlet(world, outlet(world, 0, 'b')).watts).toBe(60)
  relay(world, outlet(world, 0, 'b'), false)
  expect(state(world)).toBe('off')
  expect(world.cuts).toHaveLength(1)
  relay(world, outlet(world, 0, 'a'), true)
  expect(readOutlet(world, outlet(world, 0, 'a')).watts).toBe(120)
  relay(world, outlet(world, 0, 'b'), true)
  expect(readOutlet(world, outlet(world, 0, 'a')).watts).toBe(60)
})

test('watts and energy follow the state of the host', () => {
  const world = createWorld(homeLab())
  const watts = () => readOutlet(world, outlet(world, 0)).watts
  expect(watts()).toBe(60)
  advanceTo(world, 3_600_000)
  expect(readOutlet(world, outlet(world, 0)).totalWattHours).toBeCloseTo(60)
  does(world, { kind: 'set-load', host: 'pve1', watts: 120 })
  expect(watts()).toBe(180)
  does(world, { kind: 'hang', host: 'pve1' })
  expect(watts()).toBe(95)
  does(world, { kind: 'hold-power-button', host: 'pve1' })
  expect(watts()).toBe(4)
  does(world, { kind: 'press-power-button', host: 'pve1' })
  expect(watts()).toBe(120)
  relay(world, outlet(world, 0), false)
  advanceTo(world, 7_200_000)
  expect(readOutlets(world, findStrip(world, 'strip')!)[0]).toMatchObject({ on: false, watts: 0, onForMs: 0 })
  expect(readOutlet(world, outlet(world, 0)).totalWattHours).toBeCloseTo(60)
})

test('standby needs a button, or power that goes and comes back', () => {
  const world = createWorld(homeLab())
  does(world, { kind: 'shutdown', host: 'pve1' })
  advanceTo(world, 600_000)
  expect(state(world)).toBe('standby')
  relay(world, outlet(world, 0), false)
  relay(world, outlet(world, 0), true)
  expect(state(world)).toBe('booting')
})

test.each([
  ['on', 'up', 'booting'],
  ['on', 'standby', 'booting'],
  ['last', 'up', 'booting'],
  ['last', 'standby', 'standby'],
  ['stay-off', 'up', 'standby'],
] as const)('firmware setting %s, %s before the power went: %s afterwards', (afterPowerLoss, begins, then) => {
  const spec = homeLab()
  const world = createWorld({ ...spec, hosts: [{ ...spec.hosts[0]!, afterPowerLoss, begins }] })
  relay(world, outlet(world, 0), false)
  relay(world, outlet(world, 0), true)
  expect(state(world)).toBe(then)
})

test('commands can be lost, late, doubled, or acknowledged without effect', () => {
  const world = createWorld(homeLab())
  relay(world, outlet(world, 0), false, { applies: false })
  expect(hasPower(world, 'pve1')).toBe(true)
  relay(world, outlet(world, 0), false, { landsAtMs: 5000, landsAgainAtMs: 9000 })
  advanceTo(world, 4999)
  expect(hasPower(world, 'pve1')).toBe(true)
  advanceTo(world, 5000)
  expect(hasPower(world, 'pve1')).toBe(false)
  relay(world, outlet(world, 0), true)
  advanceTo(world, 9000)
  expect(hasPower(world, 'pve1')).toBe(false)
  expect(world.cuts.map((cut) => [cut.atMs, cut.hostWas])).toEqual([
    [5000, 'up'],
    [9000, 'booting'],
  ])
})

test('the timer in the device: one rule an outlet, cleared by hand, by firing it is not', () => {
  const world = createWorld(homeLab())
  const target = outlet(world, 0)
  expect(armTimer(world, target, 60_000, true)).toMatchObject({ ok: true })
  expect(armTimer(world, target, 60_000, true)).toEqual({ ok: false, code: 'table-is-full' })
  relay(world, target, false)
  advanceTo(world, 60_000)
  expect(state(world)).toBe('booting')
  expect(readOutlet(world, target).timer).toMatchObject({ fired: true, remainMs: 0 })
  expect(armTimer(world, target, 60_000, true)).toEqual({ ok: false, code: 'table-is-full' })
  clearTimers(target)
  expect(armTimer(world, target, 1000, false)).toMatchObject({ ok: true })
  clearTimers(target)
  advanceTo(world, 200_000)
  expect(hasPower(world, 'pve1')).toBe(true)
  does(world, { kind: 'set-timers', strip: 'strip', supported: false })
  expect(armTimer(world, target, 1000, false)).toEqual({ ok: false, code: 'not-supported' })
})

test('a strip that restarts forgets its timers, is silent for a while, and may come back with outlets off', () => {
  const world = createWorld(homeLab())
  const strip = findStrip(world, 'strip')!
  armTimer(world, outlet(world, 0), 60_000, true)
  does(world, { kind: 'strip-reboot', strip: 'strip', outlets: 'off' })
  expect(world.cuts.map((cut) => cut.by)).toEqual(Array(5).fill('strip-reboot'))
  expect(stripReachable(world, strip)).toBe(false)
  advanceTo(world, 15_000)
  expect(stripReachable(world, strip)).toBe(true)
  advanceTo(world, 100_000)
  expect(hasPower(world, 'pve1')).toBe(false)
})

test('the mains take everything, and give it back as firmware and relays remember', () => {
  const world = createWorld(homeLab())
  relay(world, outlet(world, 5), false)
  does(world, { kind: 'mains-off' })
  expect(world.hosts.every((h) => h.state === 'off')).toBe(true)
  expect(act(world, { kind: 'person-switches', strip: 'strip', outlet: 5, on: true }).ok).toBe(false)
  relay(world, outlet(world, 5), true)
  does(world, { kind: 'mains-on' })
  does(world, { kind: 'mains-on' })
  expect(world.hosts.map((h) => h.state)).toEqual(['booting', 'booting', 'booting', 'off', 'booting'])
  expect(findStrip(world, 'strip')?.boots).toBe(1)
})

test('boots can fail, be slow, and be cut short; what was due for them is void', () => {
  const world = createWorld(homeLab())
  does(world, { kind: 'break-boot', host: 'pve1', boots: 1 })
  does(world, { kind: 'set-boot-time', host: 'pve1', bootMs: 30_000 })
  does(world, { kind: 'reboot', host: 'pve1' })
  advanceTo(world, 20_000)
  expect(state(world)).toBe('booting')
  advanceTo(world, 50_000)
  expect(state(world)).toBe('hung')
  does(world, { kind: 'heal', host: 'pve1' })
  does(world, { kind: 'panic', host: 'pve1', rebootsAfterMs: 10_000 })
  advanceTo(world, 60_000)
  expect(state(world)).toBe('booting')
  relay(world, outlet(world, 0), false)
  advanceTo(world, 80_000)
  relay(world, outlet(world, 0), true)
  advanceTo(world, 95_000)
  expect(state(world)).toBe('booting')
  advanceTo(world, 110_000)
  expect(state(world)).toBe('up')
})

test('plugs can be moved, and outlets renamed', () => {
  const world = createWorld(homeLab())
  relay(world, outlet(world, 3), false)
  does(world, { kind: 'replug', host: 'pve1', supplies: [{ strip: 'strip', outlet: 3 }] })
  expect(state(world)).toBe('off')
  expect(readOutlet(world, outlet(world, 0)).watts).toBe(0)
  relay(world, outlet(world, 0), false)
  does(world, { kind: 'replug', host: 'pve1', supplies: [] })
  expect(state(world)).toBe('booting')
  does(world, { kind: 'rename-outlet', strip: 'strip', outlet: 0, alias: 'lamp' })
  expect(readOutlet(world, outlet(world, 0)).alias).toBe('lamp')
  does(world, { kind: 'swap-identity', strip: 'strip', deviceId: 'F'.repeat(40) })
  expect(findStrip(world, 'strip')?.deviceId).toBe('F'.repeat(40))
})

test('what cannot be done is said and changes nothing', () => {
  const world = createWorld(homeLab())
  const codes = (
    [
      { kind: 'hang', host: 'pve9' },
      { kind: 'strip-offline', strip: 'other' },
      { kind: 'person-switches', strip: 'strip', outlet: 6, on: true },
      { kind: 'replug', host: 'pve1', supplies: [{ strip: 'strip', outlet: 9 }] },
    ] as Action[]
  ).map((action) => act(world, action))
  expect(codes.map((result) => (result.ok ? 'ok' : result.code))).toEqual([
    'no-such-host',
    'no-such-strip',
    'no-such-outlet',
    'no-such-outlet',
  ])
  relay(world, outlet(world, 0), false)
  expect(act(world, { kind: 'hang', host: 'pve1' })).toMatchObject({ ok: false, code: 'not-possible-now' })
  expect(() => advanceTo(world, -1)).toThrow(RangeError)
  expect(() => hasPower(world, 'pve9')).toThrow(RangeError)
  const bad = { ...homeLab(), hosts: [{ name: 'x', supplies: [{ strip: 'none', outlet: 0 }] }] }
  expect(() => createWorld(bad)).toThrow('none/0')
})

test('a copy of the world lives its own life, and the records are bounded', () => {
  const world = createWorld(homeLab())
  const copy = structuredClone(world)
  relay(copy, outlet(copy, 0), false)
  expect(hasPower(world, 'pve1')).toBe(true)
  for (let i = 0; i <= RECORD_LIMIT; i += 1) relay(world, outlet(world, 0), i % 2 === 1)
  expect(world.switchings).toHaveLength(RECORD_LIMIT)
  expect(world.forgotten).toBe(1)
})
