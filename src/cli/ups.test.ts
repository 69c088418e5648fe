import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { run } from '../../test/faces/command-line.ts'
import { type Serving, serving } from '../../test/faces/serving.ts'
import { calm } from '../../test/faces/situation.ts'
import { PowerNight } from '../../test/sim/power/power-night.ts'
import { situationOf } from '../core/plan/situation.ts'

let served: Serving
beforeAll(async () => {
  served = await serving()
  const { daemon } = served
  Object.assign(daemon, { exportState: () => situationOf(daemon.current, daemon.clock) })
})
afterAll(() => served.close())
afterEach(() => {
  served.daemon.current = calm()
})

const command = (...args: readonly string[]) => run(['--state-directory', served.directory, ...args])

/** A night up to some second of a power failure. */
function shown(seconds: number, isBack = false): void {
  const night = new PowerNight({
    world: { hosts: [{ name: 'pve1' }, { name: 'pve2' }], guests: [{ id: 'qemu/100', host: 'pve2', stopS: 60 }] },
  })
  night.run(60)
  night.world.mains(false)
  night.run(seconds)
  if (isBack) {
    night.world.mains(true)
    night.until(() => night.outage() === undefined, 7_200)
  }
  served.daemon.current = night.state
  served.daemon.clock = night.now()
}

test('without a UPS it says where to begin', async () => {
  expect(await command('ups', 'status')).toMatchObject({
    code: 0,
    out: 'No UPS is configured. docs/power-management-setup.md says how.\n',
  })
})

test('on battery it shows each UPS, each stage, each host, and what happened last', async () => {
  shown(330)
  const { out, code } = await command('ups', 'status')
  expect(code).toBe(0)
  expect(out).toMatch(/^UPS {3}ON {7}FOR .*\nrack {2}battery/)
  expect(out).toContain('secondaries: under way, on battery for 5 min')
  expect(out).toContain('last: not begun')
  expect(out).toMatch(/pve2 {2}stopping-guests/)
  expect(out).toContain('The stage secondaries begins')
})

test('it is JSON for programs', async () => {
  shown(330)
  const answer = JSON.parse((await command('ups', 'status', '--json')).out)
  expect(answer).toMatchObject({
    configured: true,
    outage: { phase: 'on-battery', stages: [{ committed: false }, {}] },
  })
  expect(answer.units[0]).toMatchObject({ name: 'rack', supply: 'battery', heard: true, status: ['OB'] })
})

test('what is over is a report', async () => {
  expect((await command('ups', 'history')).out).toBe('No power failure is on record.\n')
  shown(900, true)
  const { out } = await command('ups', 'history')
  expect(out).toContain('The power failure is over after')
  expect(out).toContain('Everything that ran before runs again.')
})

test('a word of upsmon makes it look', async () => {
  let looks = 0
  Object.assign(served.daemon, { upsDesk: () => ({ look: () => (looks += 1) }) })
  expect(await command('ups', 'notify', 'UPS rack@localhost on battery')).toMatchObject({ code: 0, out: '' })
  expect(looks).toBe(1)
})

test('the plan is told with its times, its votes, and what it is reckoned from', async () => {
  shown(0, true)
  const { out, code } = await command('ups', 'plan')
  expect(code).toBe(0)
  expect(out).toMatch(/^If mains failed now\n/)
  expect(out).toMatch(/^rack .*pve1 120 W, pve2 120 W/m)
  expect(out).toMatch(/^pve2 {2}secondaries {2}1 in 3 min {2}2 min {2}11 min/m)
  expect(out).toContain('after secondaries (pve2): no quorum: 1 vote is left, 2 are needed')
  expect(out).toMatch(/^ {3}5:00 {2}The stage secondaries begins/m)
  expect(out).toContain('Supposed: mains is back 5 min after everything that goes is down')
})

test('the plan supposes what it is told to suppose, and says what is in its way', async () => {
  shown(0, true)
  const { out } = await command('ups', 'plan', '--mains-back-after', '3m', '--json')
  expect(JSON.parse(out)).toMatchObject({ ends: 'over', mainsBackAfterMs: 180_000, risks: [] })
  expect(await command('ups', 'plan', '--ups', 'attic')).toMatchObject({
    code: 64,
    err: 'No UPS is called attic; there are rack.\n',
  })
  expect((await command('ups', 'plan', '--runtime', 'soon')).err).toContain('a duration such as 90s')
  const state = served.daemon.current
  const heard = state.upsNow.rack?.heard as NonNullable<NonNullable<(typeof state.upsNow)['rack']>['heard']>
  const low = { ...heard, runtimeMs: 60_000 }
  served.daemon.current = { ...state, upsNow: { rack: { unit: 'rack', reading: low, heard: low, told: [] } } }
  const short = await command('ups', 'plan')
  expect(short.code).toBe(1)
  expect(short.out).toContain('  ! UPS rack reckons with 1 min')
  expect(short.out).toContain('loses power after 1 min')
})

test('a plan can be made of a file', async () => {
  shown(0, true)
  const file = join(served.directory, 'night.json')
  writeFileSync(file, JSON.stringify(situationOf(served.daemon.current, served.daemon.clock)))
  expect((await command('ups', 'plan', file)).out).toContain('If mains failed now')
  writeFileSync(file, '{}')
  expect(await command('ups', 'plan', file)).toMatchObject({ code: 1 })
  rmSync(file)
  expect((await command('ups', 'plan', file)).err).toContain('ENOENT')
})

test('a rehearsal says of each part whether it could be done', async () => {
  shown(0, true)
  const parts = [
    { about: 'rack', result: 'ok', sentence: 'It is heard: OL.' },
    { about: 'pve2', result: 'failed', sentence: 'SSH: permission denied.' },
  ]
  Object.assign(served.daemon, { upsDesk: () => ({ rehearse: async () => parts }) })
  const { out, code } = await command('ups', 'rehearse')
  expect(code).toBe(1)
  expect(out).toMatch(/^rack\n {2}ok {4}It is heard: OL\.\npve2\n {2}no {4}SSH: permission denied\.\n/)
  expect(out).toContain('1 part of the plan could not be done.')
  expect(out).toContain('If mains failed now')
  const json = JSON.parse((await command('ups', 'rehearse', '--json')).out)
  expect(json).toMatchObject({ parts, plan: { ends: 'over' } })
})

test('a battery is tested by a command that its UPS knows', async () => {
  shown(0, true)
  const asked: string[] = []
  let known = ['beeper.toggle', 'test.battery.start.quick', 'test.battery.start.deep']
  const desk = {
    commands: async () => ({ ok: true, code: 'listed', sentence: '', commands: known }),
    command: async (ups: string, name: string) => {
      asked.push(`${ups} ${name}`)
      return { ok: name.endsWith('quick'), code: 'x', sentence: `rack has heard ${name}.` }
    },
  }
  Object.assign(served.daemon, { upsDesk: () => desk })
  expect((await command('ups', 'test')).out).toMatch(/^rack has heard test\.battery\.start\.quick\. /)
  expect(await command('ups', 'test', 'attic')).toMatchObject({
    code: 64,
    err: 'No UPS is called attic. There are rack.\n',
  })
  expect((await command('ups', 'test', '--deep')).err).toContain('say --yes if that is meant')
  expect(await command('ups', 'test', '--deep', '--yes')).toMatchObject({ code: 1 })
  expect((await command('ups', 'test', '--stop')).err).toContain(
    'knows no such test: it knows test.battery.start.quick, test.battery.start.deep',
  )
  known = ['test.battery.start']
  await command('ups', 'test', 'rack')
  expect(asked).toEqual(['rack test.battery.start.quick', 'rack test.battery.start.deep', 'rack test.battery.start'])
})

test('a variable is set, and everything is ordered down only when that is meant', async () => {
  shown(0, true)
  const asked: string[] = []
  const answer =
    (what: string) =>
    async (...words: readonly string[]) => {
      asked.push([what, ...words].join(' '))
      return { ok: words[1] !== 'ups.colour', code: 'x', sentence: `It has heard ${what}.` }
    }
  Object.assign(served.daemon, { upsDesk: () => ({ set: answer('set'), forceShutdown: answer('fsd') }) })
  expect(await command('ups', 'set', 'battery.charge.low', '30')).toMatchObject({ code: 0, out: 'It has heard set.\n' })
  expect(await command('ups', 'set', 'ups.colour', 'red')).toMatchObject({ code: 1, err: 'It has heard set.\n' })
  expect((await command('ups', 'set', 'bad name', '1')).err).toContain('a variable such as battery.charge.low')
  expect((await command('ups', 'fsd')).err).toContain('Nothing was done')
  expect(await command('ups', 'fsd', '--yes')).toMatchObject({ code: 0, out: 'It has heard fsd.\n' })
  expect(asked).toEqual(['set rack battery.charge.low 30', 'set rack ups.colour red', 'fsd rack'])
})

test('where no UPS is configured none is asked', async () => {
  Object.assign(served.daemon, { upsDesk: () => undefined })
  expect(await command('ups', 'rehearse')).toMatchObject({ code: 1, err: 'No UPS is configured.\n' })
  for (const name of ['plan', 'test']) expect((await command('ups', name)).err).toContain('No UPS is configured')
})
