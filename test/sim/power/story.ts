import { expect } from 'vitest'
import { type Core, realCore } from '../core.ts'
import { type NightOptions, PowerNight } from './power-night.ts'
import type { WorldSpec } from './power-world.ts'

export type Story = { readonly name: string; readonly run: () => void }

/** Every story; each demands what must hold with the core that it is told under. */
export const STORIES: Story[] = []
let core: Core = realCore
let chapter = ''

export function tellUnder(other: Core, { run }: Story): void {
  core = other
  try {
    run()
  } finally {
    core = realCore
  }
}

export function about(name: string, tell: () => void): void {
  chapter = name
  tell()
}

export function story(name: string, run: () => void): void {
  STORIES.push({ name: `${chapter} ${name}`, run })
}

export const MINUTE = 60
export const HOUR = 3_600

export const three: WorldSpec = {
  hosts: ['pve1', 'pve2', 'pve3'].map((name) => ({ name })),
  guests: [
    { id: 'qemu/100', host: 'pve1', order: 1 },
    { id: 'qemu/101', host: 'pve2' },
    { id: 'qemu/102', host: 'pve3', onboot: false },
  ],
}

export const haTwo: WorldSpec = {
  hosts: [{ name: 'pve1' }, { name: 'pve2' }],
  guests: [
    { id: 'qemu/100', host: 'pve1', ha: true },
    { id: 'qemu/101', host: 'pve2', ha: true },
  ],
}

export function night(options: Partial<NightOptions> = {}): PowerNight {
  const made = begun(options)
  made.run(5 * MINUTE)
  return made
}

/** From its very first second. */
export function begun(options: Partial<NightOptions> = {}): PowerNight {
  return new PowerNight({ world: three, core, ...options })
}

/** Everything as it was, and nothing happened on the way that must not. */
export function expectWhole(site: PowerNight): void {
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

export function comesBack(site: PowerNight, seconds = 3 * HOUR): void {
  site.world.mains(true)
  site.until(() => site.outage() === undefined, seconds)
  // HA starts its own once it is armed.
  site.run(MINUTE)
  expectWhole(site)
}

export function restartAfter(minutes: number): void {
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
}
