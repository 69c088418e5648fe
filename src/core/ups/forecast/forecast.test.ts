import { describe, expect, it } from 'vitest'
import type { NightOptions, PowerNight } from '../../../../test/sim/power/power-night.ts'
import { haTwo, MINUTE, night, three } from '../../../../test/sim/power/story.ts'
import { forecastOutage } from './forecast.ts'
import type { Forecast, Suppositions } from './types.ts'

const MS = 1_000

function forecast(options: Partial<NightOptions> = {}, supposed: Suppositions = {}): Forecast {
  return of(night(options), supposed)
}

function of(site: PowerNight, supposed: Suppositions = {}): Forecast {
  const found = forecastOutage(site.state, site.now(), supposed)
  if (found === undefined) throw new Error('no UPS is configured')
  return found
}

const minute = (found: Forecast, code: string, host?: string) => {
  const moment = found.timeline.find((each) => each.code === code && (host === undefined || each.host === host))
  return moment === undefined ? undefined : Math.round(moment.afterMs / MS / MINUTE)
}
const codes = (found: Forecast) => found.timeline.map(({ code }) => code)

describe('the forecast of a power failure', () => {
  it('tells what goes when, and that all of it comes back', () => {
    const found = forecast()
    expect(found).toMatchObject({ isLive: false, mode: 'act', ends: 'over' })
    expect(minute(found, 'power-stage-begun')).toBe(5)
    expect(found.hosts.map(({ host, stage }) => `${host} ${stage}`)).toEqual([
      'pve1 last',
      'pve2 secondaries',
      'pve3 secondaries',
    ])
    for (const { offAfterMs = 0, backAfterMs = 0 } of found.hosts) expect(backAfterMs).toBeGreaterThan(offAfterMs)
    expect(found.timeline.at(-1)?.code).toBe('power-outage-over')
  })

  it('agrees with the failure that comes, as long as nothing takes longer than was measured', () => {
    const site = night({ world: { ...haTwo, batteryS: 3_000 } })
    // One failure to measure by; the next is foretold.
    site.world.mains(false)
    site.run(30 * MINUTE)
    site.world.mains(true)
    site.until(() => site.outage() === undefined, 5_000)
    site.run(3_600)
    const found = of(site)
    const fromS = site.world.nowS
    site.told.length = 0
    site.world.mains(false)
    site.run(30 * MINUTE)
    for (const host of ['pve1', 'pve2']) {
      const toldS = site.when('power-node-off', host) - fromS
      const foretoldS = (found.hosts.find((each) => each.host === host)?.offAfterMs ?? 0) / MS
      expect(Math.abs(toldS - foretoldS)).toBeLessThan(90)
    }
  })

  it('changes nothing of what it is made from', () => {
    const site = night()
    const before = JSON.stringify(site.state)
    of(site)
    expect(JSON.stringify(site.state)).toBe(before)
  })

  it('says that a stage begins earlier, and by which battery', () => {
    const found = forecast({ world: { ...three, batteryS: 15 * MINUTE } })
    expect(minute(found, 'power-stage-moved')).toBeLessThan(5)
    expect(found.units).toMatchObject([{ unit: 'rack', chargePercent: 100, runtimeMs: 15 * MINUTE * MS }])
    expect(found.units[0]?.leftPercent).toBeLessThan(100)
    expect(found.units[0]?.emptyAfterMs).toBeUndefined()
  })

  it('says who loses power while it runs, where no plan could help', () => {
    const found = forecast({ world: { ...three, batteryS: 150 } })
    expect(found.units[0]?.emptyAfterMs).toBe(150 * MS)
    expect(found.hosts.map(({ lostPowerAfterMs }) => lostPowerAfterMs)).toEqual([150 * MS, 150 * MS, 150 * MS])
    expect(found.timeline.filter(({ code }) => code === 'supposed').map(({ sentence }) => sentence)).toContain(
      'The battery is empty and pve2 loses its power.',
    )
    expect(found.ends).toBe('over')
  })

  it('quiets HA before quorum is lost, or says that it cannot be', () => {
    const quiet = forecast({ world: haTwo })
    expect(quiet.clusters).toMatchObject([
      { cluster: 'main', ha: 'disarm', stages: [{ stage: 'secondaries', leftVotes: 1, neededVotes: 2 }, {}] },
    ])
    expect(codes(quiet).indexOf('power-ha-quiet')).toBeLessThan(codes(quiet).indexOf('power-node-shutting-down'))
    expect(codes(quiet)).toContain('power-ha-armed')
    const armed = forecast({ world: { ...haTwo, haWay: 'none' } })
    expect(armed.clusters).toMatchObject([{ ha: 'none', why: 'Sys.Console is missing' }])
    expect(codes(armed)).toContain('power-stage-deferred')
  })

  it('goes down with the machine that carries us, and goes on when that has started', () => {
    const found = forecast({ runsHere: 'pve1' })
    expect(found.ends).toBe('over')
    expect(found.supposed.join(' ')).toContain('pve1, which carries the watchdog, starts by itself')
    expect(minute(found, 'power-node-back', 'pve1')).toBeGreaterThan(20)
  })

  it('of mains that is back soon shuts nothing down that need not be', () => {
    const found = forecast({}, { mainsBackAfterMs: 3 * MINUTE * MS })
    expect(codes(found)).not.toContain('power-stage-begun')
    expect(found.hosts.every(({ offAfterMs }) => offAfterMs === undefined)).toBe(true)
  })

  it('of one UPS leaves alone what hangs on another', () => {
    const world = {
      hosts: [
        { name: 'pve1', unit: 'a' },
        { name: 'pve2', unit: 'b' },
      ],
    }
    const found = forecast({ world }, { units: ['b'] })
    expect(found.hosts.map(({ host, offAfterMs }) => `${host} ${offAfterMs === undefined ? 'stays' : 'goes'}`)).toEqual(
      ['pve1 stays', 'pve2 goes'],
    )
    expect(found.ends).toBe('over')
  })

  it('of a failure that is under way goes on from where it stands', () => {
    const site = night()
    site.world.mains(false)
    site.run(8 * MINUTE)
    const found = of(site)
    expect(found.isLive).toBe(true)
    expect(codes(found)).not.toContain('power-outage-begun')
    expect(minute(found, 'power-node-off', 'pve1')).toBeLessThan(20)
  })

  it('is that of mode act in dry-run, which is said', () => {
    const found = forecast({ mode: 'dry-run' })
    expect(found.mode).toBe('dry-run')
    expect(codes(found)).toContain('power-node-off')
  })

  it('takes a battery that tells nothing to last, or to last as long as is supposed', () => {
    const site = night()
    const { heard } = site.state.upsNow.rack as NonNullable<(typeof site.state.upsNow)['rack']>
    const { runtimeMs: _, chargePercent: __, ...mute } = heard as NonNullable<typeof heard>
    const state = { ...site.state, upsNow: { rack: { unit: 'rack', reading: mute, heard: mute, told: [] } } }
    const lasts = forecastOutage(state, site.now()) as Forecast
    expect(lasts.supposed.join(' ')).toContain('UPS rack does not tell what is left: its battery lasts')
    expect(minute(lasts, 'power-stage-begun')).toBe(5)
    const ends = forecastOutage(state, site.now(), { runtimeMs: 8 * MINUTE * MS }) as Forecast
    expect(minute(ends, 'power-stage-begun')).toBeLessThan(5)
  })

  it('is none without a UPS', () => {
    const site = night()
    const { ups: _, ...policy } = site.state.policy
    expect(forecastOutage({ ...site.state, policy }, site.now())).toBeUndefined()
  })
})
