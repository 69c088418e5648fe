import { describe, expect, test } from 'vitest'
import { type NightOptions, PowerNight } from './power-night.ts'
import type { WorldSpec } from './power-world.ts'

const MINUTE = 60
const HOUR = 3_600

const three: WorldSpec = {
  hosts: ['pve1', 'pve2', 'pve3'].map((name) => ({ name })),
  guests: [
    { id: 'qemu/100', host: 'pve1', order: 1 },
    { id: 'qemu/101', host: 'pve2' },
    { id: 'qemu/102', host: 'pve3', onboot: false },
  ],
}

const haTwo: WorldSpec = {
  hosts: [{ name: 'pve1' }, { name: 'pve2' }],
  guests: [
    { id: 'qemu/100', host: 'pve1', ha: true },
    { id: 'qemu/101', host: 'pve2', ha: true },
  ],
}

function night(options: Partial<NightOptions> = {}): PowerNight {
  const made = new PowerNight({ world: three, ...options })
  made.run(5 * MINUTE)
  return made
}

/** Everything as it was, and nothing happened on the way that must not. */
function expectWhole(site: PowerNight): void {
  const { world } = site
  expect([...site.broken, ...world.broken]).toEqual([])
  expect(Object.values(world.hosts).map(({ name, state }) => `${name} ${state}`)).toEqual(
    Object.keys(world.hosts).map((name) => `${name} up`),
  )
  expect(Object.values(world.guests).filter(({ running }) => !running)).toEqual([])
  expect(world.haArmed).toBe(true)
  expect(world.cephFlags).toBe(false)
  expect(site.outage()).toBeUndefined()
  expect(Object.values(site.state.claims).filter(({ purpose }) => purpose === 'ups')).toEqual([])
}

function comesBack(site: PowerNight, seconds = 3 * HOUR): void {
  site.world.mains(true)
  site.until(() => site.outage() === undefined, seconds)
  // HA starts its own once it is armed.
  site.run(MINUTE)
  expectWhole(site)
}

describe('a long power failure', () => {
  test('takes the secondaries after five minutes, the last after fifteen, and brings them back the other way round', () => {
    const site = night()
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.when('power-node-shutting-down', 'pve2')).toBeGreaterThanOrEqual(10 * MINUTE)
    expect(site.when('power-node-shutting-down', 'pve1')).toBeGreaterThanOrEqual(20 * MINUTE)
    expect(site.when('power-node-off', 'pve3')).toBeLessThan(site.when('power-node-shutting-down', 'pve1'))
    comesBack(site)
    expect(site.when('power-node-back', 'pve1')).toBeLessThanOrEqual(site.when('power-node-starting', 'pve2'))
    expect(site.told.filter(({ code }) => code === 'power-outage-over')).toHaveLength(1)
    expect(site.has('recovery-held')).toBe(false)
  })

  test('after which the power was gone altogether: hosts start by their firmware and nothing is cycled', () => {
    const world = {
      ...three,
      hosts: three.hosts.map((host) => ({ ...host, firmware: 'on' as const })),
      batteryS: 2_400,
    }
    const site = night({ world })
    site.world.mains(false)
    site.run(5 * HOUR)
    expect(site.world.broken).toEqual([])
    site.restart({ reboot: true })
    comesBack(site)
    expect(site.has('cycle-begun')).toBe(false)
  })

  test('wakes by the network what can be woken', () => {
    const site = night({ world: { ...three, hosts: three.hosts.map((host) => ({ ...host, wakes: true })) } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    comesBack(site)
    expect(site.has('cycle-begun')).toBe(false)
  })

  test('that empties the battery sooner is met in time: the stage moves and says so', () => {
    const site = night({ world: { ...three, batteryS: 900 } })
    site.world.mains(false)
    site.run(20 * MINUTE)
    expect(site.has('power-stage-moved')).toBe(true)
    expect(site.world.broken).toEqual([])
    comesBack(site)
  })
})

describe('a short power failure', () => {
  test('of a few seconds is recorded, and nothing else', () => {
    const site = night()
    site.world.mains(false)
    site.run(20)
    site.world.mains(true)
    site.run(10 * MINUTE)
    expect(site.has('ups-on-battery') && site.has('ups-on-mains')).toBe(true)
    expect(site.has('power-outage-begun')).toBe(false)
    expect(site.errands).toEqual([])
    expectWhole(site)
  })

  test('that ends before a node was ordered down is cancelled: what was stopped runs again', () => {
    const world = {
      ...three,
      guests: [
        { id: 'qemu/101', host: 'pve2', stopS: 10 },
        { id: 'qemu/103', host: 'pve2', stopS: 90, order: 1 },
        { id: 'qemu/102', host: 'pve3', stopS: 100 },
      ],
    }
    const site = night({ world })
    site.world.mains(false)
    expect(site.until(() => site.has('power-guest-stopped'), 20 * MINUTE)).toBe(true)
    comesBack(site)
    expect(site.errands.filter((errand) => errand.do === 'shutdown-node')).toEqual([])
  })

  test('that ends right after a node was ordered down: the stage is finished, and then everything comes back', () => {
    const world = {
      ...three,
      guests: [
        { id: 'qemu/101', host: 'pve2', stopS: 5 },
        { id: 'qemu/102', host: 'pve3', stopS: 60 },
      ],
    }
    const site = night({ world })
    site.world.mains(false)
    expect(site.until(() => site.has('power-node-shutting-down'), 20 * MINUTE)).toBe(true)
    site.run(6)
    site.world.mains(true)
    expect(site.until(() => site.has('power-node-off', 'pve3'), 10 * MINUTE)).toBe(true)
    expect(site.has('power-node-shutting-down', 'pve1')).toBe(false)
    comesBack(site)
  })

  test('again and again is one failure with one plan', () => {
    const site = night()
    for (let times = 0; times < 12; times += 1) {
      site.world.mains(false)
      site.run(70)
      site.world.mains(true)
      site.run(40)
    }
    expect(site.told.filter(({ code }) => code === 'power-outage-begun')).toHaveLength(1)
    // The moments of mains do not begin its five minutes anew.
    expect(site.has('power-stage-begun')).toBe(true)
    comesBack(site)
  })

  test('during the return goes on with the same plan', () => {
    const site = night()
    site.world.mains(false)
    site.run(30 * MINUTE)
    site.world.mains(true)
    expect(site.until(() => site.has('power-node-back', 'pve1'), HOUR)).toBe(true)
    site.world.mains(false)
    site.run(25 * MINUTE)
    expect(site.has('power-relapsed')).toBe(true)
    expect(site.world.hosts.pve1?.state).toBe('off')
    comesBack(site)
    expect(site.told.filter(({ code }) => code === 'power-outage-begun')).toHaveLength(1)
  })
})

describe('guests', () => {
  test('with a tag are shed first, and run again', () => {
    const guests = [
      { id: 'qemu/100', host: 'pve1', tags: ['batch'] },
      { id: 'qemu/101', host: 'pve2' },
    ]
    const stages = [{ name: 'shed', afterMs: 120_000, shedTags: ['batch'], hosts: [] }]
    const site = night({ world: { ...three, guests }, ups: { stages } })
    site.world.mains(false)
    site.run(4 * MINUTE)
    expect(Object.values(site.world.guests).map(({ running }) => running)).toEqual([false, true])
    comesBack(site)
    expect(site.errands.map((errand) => errand.do)).toEqual(['stop-guest', 'start-guest'])
  })

  test('go by their order, the highest first, and one that ignores it is stopped hard', () => {
    const guests = [
      { id: 'qemu/100', host: 'pve2', order: 1 },
      { id: 'qemu/101', host: 'pve2', order: 2, ignores: true },
      { id: 'qemu/102', host: 'pve2' },
    ]
    const site = night({ world: { ...three, guests } })
    site.world.mains(false)
    site.run(16 * MINUTE)
    const stopped = site.errands.flatMap((errand) => (errand.do === 'stop-guest' ? [errand.guest] : []))
    expect(stopped).toEqual(['qemu/102', 'qemu/101', 'qemu/100'])
    comesBack(site)
  })
})

describe('HA', () => {
  test('of two nodes lets go before the second goes, and is armed again', () => {
    const site = night({ world: haTwo })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.when('power-ha-quiet')).toBeLessThan(site.when('power-node-shutting-down', 'pve2'))
    expect(site.world.hosts.pve1?.state).toBe('up')
    site.run(10 * MINUTE)
    comesBack(site)
    expect(site.has('power-ha-armed')).toBe(true)
  })

  test('that cannot let go makes the second node wait for the first: together they go without a fence', () => {
    const site = night({ world: { ...haTwo, haWay: 'none' } })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.has('power-ha-refused') && site.has('power-stage-deferred')).toBe(true)
    expect(site.has('power-node-shutting-down')).toBe(false)
    site.run(15 * MINUTE)
    expect(site.has('power-node-off', 'pve1') && site.has('power-node-off', 'pve2')).toBe(true)
    comesBack(site)
  })

  test('is armed again where mains was back before the node went', () => {
    const site = night({ world: haTwo })
    site.world.mains(false)
    expect(site.until(() => site.has('power-ha-quiet'), 12 * MINUTE)).toBe(true)
    comesBack(site)
  })

  test('and Ceph: its flags are set before the first node goes, and cleared in the end', () => {
    const site = night({ world: { ...three, ceph: true } })
    site.world.mains(false)
    expect(site.until(() => site.has('power-node-shutting-down'), 12 * MINUTE)).toBe(true)
    expect(site.world.cephFlags).toBe(true)
    site.run(20 * MINUTE)
    comesBack(site)
  })
})

describe('a forced shutdown', () => {
  test('that comes while we watch is obeyed, though mains is there, and only once', () => {
    const site = night()
    for (const unit of Object.values(site.world.units)) unit.fsd = true
    expect(site.until(() => site.has('power-node-off', 'pve1'), 15 * MINUTE)).toBe(true)
    expect(site.has('power-outage-urgent')).toBe(true)
    // The latch stays: nobody restarts upsd.
    comesBack(site)
    site.run(HOUR)
    expectWhole(site)
  })

  test('that was there before is told, and not obeyed', () => {
    const site = new PowerNight({ world: three })
    for (const unit of Object.values(site.world.units)) unit.fsd = true
    site.run(HOUR)
    expect(site.has('ups-fsd-latched')).toBe(true)
    expect(site.errands).toEqual([])
    expectWhole(site)
  })

  test('is no order any more once our own machine has gone down with it', () => {
    const hosts = three.hosts.map((host) => ({ ...host, firmware: 'on' as const }))
    const site = night({ world: { ...three, hosts }, runsHere: 'pve1' })
    for (const unit of Object.values(site.world.units)) unit.fsd = true
    expect(site.until(() => site.world.hosts.pve1?.state === 'off', 15 * MINUTE)).toBe(true)
    // The primary cuts the UPS, which turns on again. The latch stays.
    for (const name of Object.keys(site.world.hosts)) site.world.switchOutlet(name, false)
    site.run(30)
    for (const name of Object.keys(site.world.hosts)) site.world.switchOutlet(name, true)
    comesBack(site)
    site.run(HOUR)
    expectWhole(site)
    expect(site.errands.filter((errand) => errand.do === 'shutdown-node' && errand.host === 'pve1')).toHaveLength(1)
  })
})

describe('a UPS', () => {
  test('whose battery is low sends everything down at once, in order', () => {
    const site = night({
      world: { ...three, batteryS: 300 },
      ups: { marginMs: 0, nodeDownMs: 10_000, guestDownMs: 10_000 },
    })
    site.world.mains(false)
    site.run(6 * MINUTE)
    expect(site.when('power-node-shutting-down', 'pve2')).toBeLessThanOrEqual(
      site.when('power-node-shutting-down', 'pve1'),
    )
    expect(site.has('power-node-shutting-down', 'pve1')).toBe(true)
    comesBack(site)
  })

  test('that falls silent on battery counts as on battery, and never for ever', () => {
    const site = night()
    site.world.mains(false)
    site.run(2 * MINUTE)
    for (const unit of Object.values(site.world.units)) unit.heard = false
    site.run(20 * MINUTE)
    expect(site.has('power-node-off', 'pve1')).toBe(true)
    // Its upsd ran on what was shut down: nobody will say that mains is back.
    site.world.mains(true)
    expect(site.until(() => Object.values(site.world.hosts).every(({ state }) => state === 'up'), 6 * HOUR)).toBe(true)
  })

  test('that falls silent on mains moves nothing', () => {
    const site = night()
    for (const unit of Object.values(site.world.units)) unit.heard = false
    site.run(HOUR)
    expect(site.has('ups-silent')).toBe(true)
    expect(site.errands).toEqual([])
  })

  test('beside another one: with `all` a host goes only when both are on battery', () => {
    const hosts = [
      { name: 'pve1', unit: 'a' },
      { name: 'pve2', unit: 'b' },
      { name: 'pve3', unit: 'b' },
    ]
    const both = { units: ['a', 'b'], onBatteryWhen: 'all' as const }
    const site = night({ world: { ...three, hosts }, fed: { pve2: both } })
    site.world.mains(false, 'b')
    site.run(12 * MINUTE)
    expect(site.has('power-node-shutting-down', 'pve3')).toBe(true)
    expect(site.has('power-node-shutting-down', 'pve2')).toBe(false)
    site.world.mains(false, 'a')
    site.run(12 * MINUTE)
    expect(site.has('power-node-shutting-down', 'pve2')).toBe(true)
    comesBack(site)
  })
})

describe('what goes wrong', () => {
  test('a node that hangs while it shuts down is told, holds up nobody, and is cycled in the end', () => {
    const hosts = three.hosts.map((host) => (host.name === 'pve3' ? { ...host, hangs: true } : host))
    const site = night({ world: { ...three, hosts } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.has('power-node-not-off', 'pve3')).toBe(true)
    expect(site.has('power-node-off', 'pve1')).toBe(true)
    site.world.mains(true)
    site.run(3 * HOUR)
    // It still draws power and answers nothing: by its watts it is not off, and recovery takes it once the plan is over.
    expect(site.world.hosts.pve1?.state).toBe('up')
    expect(site.has('power-node-not-back', 'pve3')).toBe(true)
  })

  test('an API that refuses is passed by SSH', () => {
    const hosts = three.hosts.map((host) => (host.name === 'pve2' ? { ...host, refuses: true } : host))
    const site = night({ world: { ...three, hosts } })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.errands.some((errand) => errand.do === 'shutdown-node' && errand.by === 'ssh')).toBe(true)
    expect(site.has('power-node-off', 'pve2')).toBe(true)
    comesBack(site)
  })

  test('errands that are lost, unclear or refused are asked again', () => {
    const faults = ['lost', 'none', 'unclear', 'failed', 'none'] as const
    const site = night({ world: { ...three, ceph: true }, fault: (_errand, number) => faults[number % 5] ?? 'none' })
    site.world.mains(false)
    site.run(40 * MINUTE)
    comesBack(site, 6 * HOUR)
  })

  test('while the state cannot be written nothing is asked', () => {
    const site = night()
    site.world.mains(false)
    site.run(MINUTE)
    site.storeOk = false
    site.run(6 * MINUTE)
    expect(site.errands).toEqual([])
    site.storeOk = true
    site.run(20 * MINUTE)
    comesBack(site)
  })

  test.each([6, 7, 11, 15, 17, 25, 36, 40])('a restart after %i minutes goes on where it was', (minutes) => {
    const site = night({ world: { ...haTwo, ceph: true } })
    site.world.mains(false)
    const steps = [minutes * MINUTE, 30 * MINUTE - minutes * MINUTE]
    if (minutes < 30) {
      site.run(steps[0] ?? 0)
      site.restart()
      site.run(steps[1] ?? 0)
    } else {
      site.run(30 * MINUTE)
      site.world.mains(true)
      site.run((minutes - 30) * MINUTE)
      site.restart()
    }
    comesBack(site)
    expect(site.told.filter(({ code }) => code === 'power-outage-begun')).toHaveLength(1)
  })

  test('a clock that was set back with our own boot holds up nothing', () => {
    const site = night()
    site.world.mains(false)
    site.run(18 * MINUTE)
    site.wallJumpMs = -10 * 365 * 24 * HOUR * 1_000
    site.restart({ reboot: true })
    site.run(20 * MINUTE)
    comesBack(site)
  })

  test('our own host goes last, whatever its stage, and is up before anybody else is started', () => {
    const hosts = three.hosts.map((host) => ({ ...host, firmware: 'on' as const }))
    const site = night({ world: { ...three, hosts, batteryS: 2_400 }, runsHere: 'pve2' })
    site.world.mains(false)
    site.run(25 * MINUTE)
    expect(site.when('power-node-off', 'pve1')).toBeLessThanOrEqual(site.when('power-node-shutting-down', 'pve2'))
    site.run(5 * HOUR)
    comesBack(site)
  })

  test('dry-run tells what it would do, and does nothing', () => {
    const site = night({ mode: 'dry-run' })
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.told.filter(({ code }) => code === 'power-stage-would-begin')).toHaveLength(2)
    expect(site.errands).toEqual([])
    comesBack(site)
  })

  test('a dead host is not power-cycled while the plan runs, and is afterwards', () => {
    const site = night()
    site.world.mains(false)
    site.run(2 * MINUTE)
    const pve3 = site.world.hosts.pve3
    if (pve3 !== undefined) pve3.state = 'hung'
    site.run(25 * MINUTE)
    expect(site.has('cycle-begun')).toBe(false)
  })
})
