import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { run } from '../../test/faces/command-line.ts'
import { type Serving, serving } from '../../test/faces/serving.ts'
import { calm } from '../../test/faces/situation.ts'
import { PowerNight } from '../../test/sim/power/power-night.ts'

let served: Serving
beforeAll(async () => {
  served = await serving()
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
  Object.assign(served.daemon, {
    lookAtUps: () => {
      looks += 1
    },
  })
  expect(await command('ups', 'notify', 'UPS rack@localhost on battery')).toMatchObject({ code: 0, out: '' })
  expect(looks).toBe(1)
})
