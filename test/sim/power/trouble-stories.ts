import { expect } from 'vitest'
import { about, comesBack, HOUR, MINUTE, night, restartAfter, story, three } from './story.ts'

about('a UPS', () => {
  story('whose battery is low sends everything down at once, in order', () => {
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

  story('that falls silent on battery counts as on battery, and never for ever', () => {
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

  story('that is nearly empty is charged before anybody is started', () => {
    const site = night({ ups: { returnChargePercent: 60 } })
    site.world.mains(false)
    site.run(25 * MINUTE)
    for (const unit of Object.values(site.world.units)) unit.chargeS = 400
    site.world.mains(true)
    site.run(15 * MINUTE)
    expect(site.has('power-returning')).toBe(true)
    expect(site.has('power-node-starting')).toBe(false)
    comesBack(site)
  })

  story('that is not heard yet after our own boot takes nothing down that has just come back', () => {
    const hosts = three.hosts.map((host) => ({ ...host, firmware: 'on' as const }))
    const site = night({ world: { ...three, hosts, batteryS: 2_400 }, runsHere: 'pve1' })
    site.world.mains(false)
    site.run(25 * MINUTE)
    for (const unit of Object.values(site.world.units)) unit.chargeS = 0.1
    site.run(MINUTE)
    expect(site.world.hosts.pve1?.state).toBe('no-power')
    for (const unit of Object.values(site.world.units)) unit.heard = false
    const before = site.errands.length
    site.world.mains(true)
    site.run(5 * MINUTE)
    expect(site.errands.slice(before)).toEqual([])
    expect(Object.values(site.world.hosts).map(({ state }) => state)).toEqual(['up', 'up', 'up'])
    for (const unit of Object.values(site.world.units)) unit.heard = true
    comesBack(site)
  })

  story('that falls silent on mains moves nothing', () => {
    const site = night()
    for (const unit of Object.values(site.world.units)) unit.heard = false
    site.run(HOUR)
    expect(site.has('ups-silent')).toBe(true)
    expect(site.errands).toEqual([])
  })

  story('beside another one: with `all` a host goes only when both are on battery', () => {
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

about('what goes wrong', () => {
  story('a node that hangs while it shuts down is told, holds up nobody, and is cycled in the end', () => {
    const hosts = three.hosts.map((host) => (host.name === 'pve3' ? { ...host, hangs: true } : host))
    const site = night({ world: { ...three, hosts } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.has('power-node-not-off', 'pve3')).toBe(true)
    expect(site.has('power-node-off', 'pve1')).toBe(true)
    comesBack(site)
    expect(site.has('cycle-begun', 'pve3')).toBe(true)
  })

  story('a host that wakes in the last second before its outlet is cut keeps its power', () => {
    const site = night()
    site.world.mains(false)
    site.run(20 * MINUTE)
    site.world.mains(true)
    expect(site.until(() => site.has('cycle-planned'), HOUR)).toBe(true)
    const pve1 = site.world.hosts.pve1
    if (pve1 !== undefined) pve1.state = 'up'
    site.run(MINUTE)
    expect(site.has('cycle-begun')).toBe(false)
    comesBack(site)
  })

  story('an API that refuses is passed by SSH', () => {
    const hosts = three.hosts.map((host) => (host.name === 'pve2' ? { ...host, refuses: true } : host))
    const site = night({ world: { ...three, hosts } })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.errands.some((errand) => errand.do === 'shutdown-node' && errand.by === 'ssh')).toBe(true)
    expect(site.has('power-node-off', 'pve2')).toBe(true)
    comesBack(site)
  })

  story('errands that are lost, unclear or refused are asked again', () => {
    const faults = ['lost', 'none', 'unclear', 'failed', 'none'] as const
    const site = night({ world: { ...three, ceph: true }, fault: (_errand, number) => faults[number % 5] ?? 'none' })
    site.world.mains(false)
    site.run(40 * MINUTE)
    comesBack(site, 6 * HOUR)
  })

  story('while the state cannot be written nothing is asked', () => {
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

  for (const minutes of [6, 7, 11, 15, 17, 25, 36, 40]) {
    story(`a restart after ${minutes} minutes goes on where it was`, () => restartAfter(minutes))
  }

  story('a clock that was set back with our own boot holds up nothing', () => {
    const site = night()
    site.world.mains(false)
    site.run(18 * MINUTE)
    site.wallJumpMs = -10 * 365 * 24 * HOUR * 1_000
    site.restart({ reboot: true })
    site.run(20 * MINUTE)
    comesBack(site)
  })

  story('our own host goes last, whatever its stage, and is up before anybody else is started', () => {
    const hosts = three.hosts.map((host) => ({ ...host, firmware: 'on' as const }))
    const site = night({ world: { ...three, hosts, batteryS: 2_400 }, runsHere: 'pve2' })
    site.world.mains(false)
    site.run(25 * MINUTE)
    expect(site.when('power-node-off', 'pve1')).toBeLessThanOrEqual(site.when('power-node-shutting-down', 'pve2'))
    site.run(5 * HOUR)
    comesBack(site)
  })

  story('what ran on a node that is left without quorum runs again, though nobody could tell any more', () => {
    const guests = [
      { id: 'qemu/100', host: 'pve1', onboot: false },
      { id: 'qemu/101', host: 'pve2' },
    ]
    const site = night({ world: { ...three, guests } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.told.find(({ code, host }) => code === 'power-node-shutting-down' && host === 'pve1')?.sentence).toBe(
      'pve1 is shut down, and vm100 with it.',
    )
    comesBack(site)
  })

  story('hosts that start by their outlet wait for their turn, and nobody is called for that', () => {
    const hosts = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5'].map((name) => ({ name, firmware: 'on' as const }))
    const byOutlet = { startBy: ['outlet' as const] }
    const fed = Object.fromEntries(hosts.map(({ name }) => [name, byOutlet]))
    const site = night({ world: { hosts, batteryS: 7_200 }, fed, ups: { bootPatienceMs: 3 * 60_000 } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    comesBack(site)
    expect(site.has('power-node-not-back')).toBe(false)
  })

  story('dry-run tells what it would do, and does nothing', () => {
    const site = night({ mode: 'dry-run' })
    site.world.mains(false)
    site.run(30 * MINUTE)
    expect(site.told.filter(({ code }) => code === 'power-stage-would-begin')).toHaveLength(2)
    expect(site.errands).toEqual([])
    comesBack(site)
  })

  story('a dead host is not power-cycled while the plan runs, and is afterwards', () => {
    const stages = [{ name: 'late', afterMs: 3_600_000, shedTags: [], hosts: ['pve1', 'pve2', 'pve3'] }]
    const site = night({ ups: { stages } })
    site.world.mains(false)
    site.run(2 * MINUTE)
    const pve3 = site.world.hosts.pve3
    if (pve3 !== undefined) pve3.state = 'hung'
    site.run(15 * MINUTE)
    expect(site.has('host-down', 'pve3')).toBe(true)
    expect(site.has('cycle-begun')).toBe(false)
    site.world.mains(true)
    site.run(30 * MINUTE)
    expect(site.has('cycle-begun', 'pve3')).toBe(true)
  })
})
