import fc from 'fast-check'
import type { Core } from '../core.ts'
import { PowerNight } from './power-night.ts'
import type { GuestSpec, HostSpec } from './power-world.ts'

const HOUR = 3_600
type Mishap =
  | { readonly atS: number; readonly what: 'mains'; readonly lastsS: number }
  | { readonly atS: number; readonly what: 'restart' | 'reboot' }
  | { readonly atS: number; readonly what: 'upsd-away' | 'full-disk'; readonly lastsS: number }

const second = fc.integer({ min: 1, max: 2 * HOUR })
const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      atS: second,
      what: fc.constant('mains' as const),
      lastsS: fc.integer({ min: 3, max: 2_400 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ atS: second, what: fc.constantFrom('restart' as const, 'reboot' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      atS: second,
      what: fc.constantFrom('upsd-away' as const, 'full-disk' as const),
      lastsS: fc.integer({ min: 5, max: 900 }),
    }),
  },
)

const host = fc.record({
  downS: fc.integer({ min: 5, max: 90 }),
  bootS: fc.integer({ min: 30, max: 200 }),
  firmware: fc.constantFrom('on' as const, 'stay-off' as const),
  wakes: fc.boolean(),
  refuses: fc.boolean(),
})
const guest = fc.record({
  host: fc.integer({ min: 0, max: 2 }),
  order: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  stopS: fc.integer({ min: 1, max: 150 }),
  ignores: fc.boolean(),
  onboot: fc.boolean(),
  ha: fc.boolean(),
})
export const arbitrarySite = fc.record({
  hosts: fc.array(host, { minLength: 2, maxLength: 3 }),
  guests: fc.array(guest, { maxLength: 5 }),
  qdevice: fc.boolean(),
  ceph: fc.boolean(),
  haWay: fc.constantFrom('disarm' as const, 'ignore' as const),
  mishaps: fc.array(mishap, { minLength: 1, maxLength: 8 }),
  faults: fc.array(
    fc.constantFrom(
      'none' as const,
      'none' as const,
      'none' as const,
      'lost' as const,
      'unclear' as const,
      'failed' as const,
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
})

export type Site = typeof arbitrarySite extends fc.Arbitrary<infer S> ? S : never

const scatter = (number: number): number => Math.imul(number, 2_654_435_761) >>> 16

export function begin({ hosts, guests, faults, ...spec }: Site, core?: Core): PowerNight {
  const named = hosts.map(
    (each, index): HostSpec => ({
      ...each,
      // One that neither starts with power nor by a packet is started by a person alone.
      wakes: each.wakes || each.firmware === 'stay-off',
      name: `pve${index + 1}`,
    }),
  )
  const running = guests.map(({ order, ...each }, index): GuestSpec => {
    const on = named[each.host % named.length]?.name ?? 'pve1'
    return { ...each, id: `qemu/${100 + index}`, host: on, ...(order === undefined ? {} : { order }) }
  })
  // Enough for a shutdown in order, guests that ignore it and lost errands included.
  const world = { ...spec, hosts: named, guests: running, batteryS: 4_800 }
  // Scattered, so that no errand falls every time.
  const fault = (_errand: unknown, number: number) =>
    scatter(number) % 3 === 0 ? (faults[number % faults.length] ?? 'none') : 'none'
  const night = new PowerNight({ world, fault, ...(core === undefined ? {} : { core }) })
  night.run(300)
  return night
}

/** Everything that befalls the site in three hours. */
export function suffer(night: PowerNight, mishaps: readonly Mishap[]): void {
  const at = new Map<number, (() => void)[]>()
  const plan = (atS: number, act: () => void) => at.set(atS, [...(at.get(atS) ?? []), act])
  let mainsOff = 0
  const { world } = night
  for (const each of mishaps) {
    plan(each.atS, () => {
      if (each.what === 'restart' || each.what === 'reboot') return night.restart({ reboot: each.what === 'reboot' })
      if (each.what === 'full-disk') {
        night.storeOk = false
        return
      }
      if (each.what === 'mains') {
        mainsOff += 1
        return world.mains(false)
      }
      for (const unit of Object.values(world.units)) unit.heard = false
    })
    if (!('lastsS' in each)) continue
    plan(each.atS + each.lastsS, () => {
      if (each.what === 'full-disk') night.storeOk = true
      else if (each.what === 'upsd-away') for (const unit of Object.values(world.units)) unit.heard = true
      else {
        mainsOff -= 1
        if (mainsOff === 0) world.mains(true)
      }
    })
  }
  for (let second = 0; second < 3 * HOUR; second += 1) {
    for (const act of at.get(second) ?? []) act()
    night.run(1)
  }
}
