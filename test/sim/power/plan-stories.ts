import { expect } from 'vitest'
import { about, begun, comesBack, expectWhole, HOUR, haTwo, MINUTE, night, story, three } from './story.ts'

about('a long power failure', () => {
  story(
    'takes the secondaries after five minutes, the last after fifteen, and brings them back the other way round',
    () => {
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
    },
  )

  story('after which the power was gone altogether: hosts start by their firmware and nothing is cycled', () => {
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

  story('wakes by the network what can be woken', () => {
    const site = night({ world: { ...three, hosts: three.hosts.map((host) => ({ ...host, wakes: true })) } })
    site.world.mains(false)
    site.run(30 * MINUTE)
    comesBack(site)
    expect(site.has('cycle-begun')).toBe(false)
  })

  story('that empties the battery sooner is met in time: the stage moves and says so', () => {
    const site = night({ world: { ...three, batteryS: 900 } })
    site.world.mains(false)
    site.run(20 * MINUTE)
    expect(site.has('power-stage-moved')).toBe(true)
    expect(site.world.broken).toEqual([])
    comesBack(site)
  })
})

about('a short power failure', () => {
  story('of a few seconds is recorded, and nothing else', () => {
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

  story('that ends before a node was ordered down is cancelled: what was stopped runs again', () => {
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

  story('that ends right after a node was ordered down: the stage is finished, and then everything comes back', () => {
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

  story('again and again is one failure with one plan', () => {
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

  story('during the return goes on with the same plan', () => {
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

about('guests', () => {
  story('with a tag are shed first, and run again', () => {
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

  story('go by their order, the highest first, and one that ignores it is stopped hard', () => {
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

about('HA', () => {
  story('of two nodes lets go before the second goes, and is armed again', () => {
    const site = night({ world: haTwo })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.when('power-ha-quiet')).toBeLessThan(site.when('power-node-shutting-down', 'pve2'))
    expect(site.world.hosts.pve1?.state).toBe('up')
    site.run(10 * MINUTE)
    comesBack(site)
    expect(site.has('power-ha-armed')).toBe(true)
  })

  story('that cannot let go makes the second node wait for the first: together they go without a fence', () => {
    const site = night({ world: { ...haTwo, haWay: 'none' } })
    site.world.mains(false)
    site.run(12 * MINUTE)
    expect(site.has('power-ha-refused') && site.has('power-stage-deferred')).toBe(true)
    expect(site.has('power-node-shutting-down')).toBe(false)
    site.run(15 * MINUTE)
    expect(site.has('power-node-off', 'pve1') && site.has('power-node-off', 'pve2')).toBe(true)
    comesBack(site)
  })

  story('is armed again where mains was back before the node went', () => {
    const site = night({ world: haTwo })
    site.world.mains(false)
    expect(site.until(() => site.has('power-ha-quiet'), 12 * MINUTE)).toBe(true)
    comesBack(site)
  })

  story('and Ceph: its flags are set before the first node goes, and cleared in the end', () => {
    const site = night({ world: { ...three, ceph: true } })
    site.world.mains(false)
    expect(site.until(() => site.has('power-node-shutting-down'), 12 * MINUTE)).toBe(true)
    expect(site.world.cephFlags).toBe(true)
    site.run(20 * MINUTE)
    comesBack(site)
  })
})

about('a forced shutdown', () => {
  story('that comes while we watch is obeyed, though mains is there, and only once', () => {
    const site = night()
    for (const unit of Object.values(site.world.units)) unit.fsd = true
    expect(site.until(() => site.has('power-node-off', 'pve1'), 15 * MINUTE)).toBe(true)
    expect(site.has('power-outage-urgent')).toBe(true)
    expect(site.when('power-node-off', 'pve3')).toBeLessThanOrEqual(site.when('power-node-shutting-down', 'pve1'))
    // The latch stays: nobody restarts upsd.
    comesBack(site)
    site.run(HOUR)
    expectWhole(site)
  })

  story('that was there before is told, and not obeyed', () => {
    const site = begun()
    for (const unit of Object.values(site.world.units)) unit.fsd = true
    site.run(HOUR)
    expect(site.has('ups-fsd-latched')).toBe(true)
    expect(site.errands).toEqual([])
    expectWhole(site)
  })

  story('is no order any more once our own machine has gone down with it', () => {
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
