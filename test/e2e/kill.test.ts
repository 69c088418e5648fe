import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { State } from '../../src/core/state/types.ts'
import { type DaemonProcess, SLOWEST_MS } from './site/daemon-process.ts'
import { LabSite } from './site/lab-site.ts'
import { seededRandom } from './site/seeded-random.ts'

/** `KILLS=100` for more; `KILL_SEED` to have the same moments again. */
const KILLS = Number(process.env.KILLS ?? 25)
const SEED = Number(process.env.KILL_SEED ?? 20_251)
const LANES = 8
/** From the hang to well after the outlet is on: every step of an undisturbed cycle lies within. */
const OUTAGE_MS = 6_500
const VICTIMS = ['pve1', 'pve2', 'pve3']

/** One kill in each of as many parts of the outage, so that no step of it is left out; in random order. */
function killMoments(count: number): number[] {
  const random = seededRandom(SEED)
  const moments = Array.from({ length: count }, (_, part) => ((part + random()) / count) * OUTAGE_MS)
  return moments
    .map((moment) => ({ moment, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ moment }) => moment)
}

async function stateOf(daemon: DaemonProcess): Promise<State> {
  return (JSON.parse((await daemon.ask('GET', '/api/v1/export')).text) as { state: State }).state
}

/** Everything on and up, and nothing left of the outage but its count. */
async function settles(site: LabSite, daemon: DaemonProcess, what: string): Promise<void> {
  const { lab } = site
  await daemon.sees(
    ({ hosts, plans, round }) =>
      round.number > 1 && plans.length === 0 && hosts.every(({ verdict }) => verdict === 'up'),
    `rest after ${what}`,
  )
  const { hosts, strips, violations } = lab.state()
  expect(
    hosts.map(({ state }) => state),
    what,
  ).toEqual(['up', 'up', 'up'])
  expect(
    strips[0]?.outlets.map(({ on }) => on),
    what,
  ).toEqual([true, true, true, true])
  expect(
    strips[0]?.outlets.filter(({ timer }) => timer !== undefined && !timer.fired),
    what,
  ).toEqual([])
  expect(violations, what).toEqual([])
  expect(site.marks(), what).toEqual([])
}

/** One outage after the other on one lab; in each, the daemon is killed once or twice and started again at once. */
async function lane(number: number, moments: readonly number[]): Promise<void> {
  const random = seededRandom(SEED + 1 + number)
  const site = await LabSite.open()
  try {
    site.configure((configuration) => ({
      ...configuration,
      recovery: { ...configuration.recovery, maxCyclesPerOutage: 100, maxCyclesPerDay: 100 },
    }))
    let daemon = await site.startWatching()
    const left = [...moments]
    for (let outage = 0; left.length > 0; outage += 1) {
      const delays = left.splice(0, 1 + Math.floor(random() * 2))
      const host = VICTIMS[outage % VICTIMS.length] as string
      const what = `seed ${SEED}, lane ${number}, outage ${outage} of ${host}, killed after ${delays.map(Math.round).join(' and ')} ms`
      const cutsBefore = site.lab.state().cuts.length
      await site.lab.act({ kind: 'hang', host })
      for (const delay of delays) {
        await setTimeout(delay)
        await daemon.kill()
        daemon = site.start()
      }
      await settles(site, daemon, what)
      const cuts = site.lab.state().cuts.slice(cutsBefore)
      expect(cuts, what).toMatchObject([{ host, by: 'command', hostWas: 'hung' }])
      const { intents, commands, hosts } = await stateOf(daemon)
      expect({ intents, commands }, what).toEqual({ intents: {}, commands: {} })
      const everCut = site.lab.state().cuts.filter((cut) => cut.host === host).length
      // A cycle that was counted and then given up before its OFF spends budget; none is ever forgotten.
      expect(hosts[host]?.outage?.cycles, what).toBeGreaterThanOrEqual(everCut)
    }
    const codes = await daemon.codes()
    const times = (code: string) => codes.filter((each) => each === code).length
    const withoutCut = times('cycle-begun') - site.lab.state().cuts.length
    expect(withoutCut).toBeGreaterThanOrEqual(0)
    expect(withoutCut).toBeLessThanOrEqual(times('cycle-cut-short'))
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  } finally {
    await site.close()
  }
}

/** Killed at a random moment of an outage, and what it had written is gone or damaged when it starts again. */
async function loses(moment: number, damage: (site: LabSite) => void, check?: (site: LabSite) => void): Promise<void> {
  const site = await LabSite.open()
  try {
    const first = await site.startWatching()
    await site.lab.act({ kind: 'hang', host: 'pve2' })
    await site.lab.until(({ strips }) => strips[0]?.outlets[1]?.on === false, 30_000)
    await setTimeout(moment)
    await first.kill()
    expect(site.marks()).toHaveLength(1)
    expect(site.outlet(1)?.on).toBe(false)
    damage(site)
    const daemon = site.start()
    await settles(site, daemon, 'the loss of the state')
    expect(await daemon.codes()).toContain('store-corrupt')
    expect(await daemon.tells('breadcrumb-honoured')).toMatchObject({ host: 'pve2', device: 'strip', outlet: '1' })
    const status = await daemon.status()
    expect(status).toMatchObject({
      mode: 'dry-run',
      dryRunForced: expect.stringMatching(/lost|corrupt|damaged|not a database/),
    })
    check?.(site)
    await staysDryUntilResumed(site, daemon)
  } finally {
    await site.close()
  }
}

async function staysDryUntilResumed(site: LabSite, daemon: DaemonProcess): Promise<void> {
  await site.lab.act({ kind: 'hang', host: 'pve3' })
  await daemon.tells('cycle-would-begin', ({ host }) => host === 'pve3')
  expect(site.lab.state().cuts).toHaveLength(1)
  expect(await daemon.order({ by: 'test', order: 'resume', target: '*' })).toMatchObject({ ok: true })
  await settles(site, daemon, 'the word of an operator')
  expect(site.lab.state().cuts.map(({ host }) => host)).toEqual(['pve2', 'pve3'])
}

const stateFiles = (site: LabSite) => readdirSync(site.stateDirectory).filter((name) => name.startsWith('state.sqlite'))

describe.concurrent('kill -9', { timeout: SLOWEST_MS }, () => {
  test(
    `${KILLS} times at random moments of an outage: every outlet is on in the end, each host was cut once`,
    async () => {
      const moments = killMoments(KILLS)
      const share = Math.ceil(KILLS / LANES)
      const lanes = Array.from({ length: LANES }, (_, index) => moments.slice(index * share, (index + 1) * share))
      // Each to its end: a lane that is left alone would leave its daemon behind.
      const ends = await Promise.allSettled(lanes.map((own, index) => lane(index, own)))
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
      if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures)
    },
    SLOWEST_MS + KILLS * 20_000,
  )

  test('and the database deleted: the mark alone brings the outlet back on', async () => {
    await loses(seededRandom(SEED)() * 1_000, (site) => {
      for (const name of stateFiles(site)) rmSync(join(site.stateDirectory, name))
    })
  })

  test('and the state file damaged: it is kept aside, and the mark brings the outlet back on', async () => {
    const damage = 'this is not a database'.repeat(999)
    await loses(
      seededRandom(SEED + 1)() * 1_000,
      (site) => {
        for (const name of stateFiles(site)) writeFileSync(join(site.stateDirectory, name), damage)
      },
      (site) => {
        const aside = stateFiles(site).find((name) => /^state\.sqlite\.corrupt-[^-]+$/.test(name)) ?? 'none'
        expect(readFileSync(join(site.stateDirectory, aside), 'utf8')).toBe(damage)
      },
    )
  })
})
