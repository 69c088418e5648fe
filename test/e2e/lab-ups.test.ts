import { expect, test } from 'vitest'
import { PacedClock } from '../../src/app/system-clock.ts'
import { Disclosed } from '../../src/config/secret.ts'
import type { UpsReading } from '../../src/core/ups/reading.ts'
import { LAB_UPSD_USER, startLab } from '../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../src/lab/testing/network.ts'
import { homeLabWithUps } from '../../src/lab/world/index.ts'
import { watchNut } from '../../src/nut/watch.ts'
import { until } from './site/until.ts'

test('the UPS of the lab is read by the client of the watchdog', async (context) => {
  const lab = await startLab({ spec: homeLabWithUps(), network: await claimNetwork(), ports: FREE_PORTS })
  context.onTestFinished(() => lab.stop())
  const upsd = lab.state().upsd as NonNullable<ReturnType<typeof lab.state>['upsd']>
  const password = new Disclosed(LAB_UPSD_USER.password)
  const { username } = LAB_UPSD_USER
  const unit = { name: 'rack', host: upsd.address, port: upsd.port, upsName: 'ups', username, password }
  const parts = { clock: new PacedClock(1), random: Math.random }
  const watch = watchNut({ units: [unit], pollMs: 50, timeoutMs: 1_000 }, parts)
  context.onTestFinished(() => watch.close())
  let last: UpsReading | undefined
  watch.start(([reading]) => {
    last = reading
  })
  const shows = (holds: (reading: UpsReading) => boolean) => until(() => last !== undefined && holds(last), 20_000)

  expect(await shows(({ status }) => status.includes('OL'))).toBe(true)
  expect(last).toMatchObject({ chargePercent: 100, runtimeMs: 1_800_000, watts: 330, model: 'Lab UPS' })
  await lab.act({ kind: 'mains-off' })
  expect(await shows(({ status }) => status.includes('OB'))).toBe(true)
  await lab.act({ kind: 'set-battery', ups: 'ups', percent: 5 })
  expect(await shows(({ status }) => status.includes('LB'))).toBe(true)
  await lab.act({ kind: 'mains-on' })
  await lab.act({ kind: 'ups-stale', ups: 'ups' })
  expect(await shows(({ hearing }) => hearing === 'stale')).toBe(true)
  await lab.act({ kind: 'ups-heard', ups: 'ups' })
  expect(await shows(({ status }) => status.includes('OL'))).toBe(true)
  watch.hold('rack', 'pve1')
  expect(await until(async () => watch.logins('rack').pve1?.held === true, 20_000)).toBe(true)
  expect((await watch.commands('rack')).commands).toContain('test.battery.start.quick')
  expect(await watch.command('rack', 'test.battery.start.quick')).toMatchObject({ ok: true, code: 'done' })
  await lab.act({ kind: 'ups-fsd', ups: 'ups' })
  expect(await shows(({ status }) => status.includes('FSD'))).toBe(true)
  await lab.act({ kind: 'ups-silent', ups: 'ups' })
  expect(await shows(({ hearing }) => hearing === 'unreachable')).toBe(true)
})
