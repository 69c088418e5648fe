import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PacedClock } from '../../src/app/system-clock.ts'
import { LAB_CREDENTIALS } from '../../src/lab/servers/index.ts'
import { type DaemonProcess, PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { InProcess } from './site/in-process.ts'
import { type LabSite, openSite } from './site/lab-site.ts'
import { until } from './site/until.ts'

const OTHER = 'F'.repeat(40)

async function rests(site: LabSite, daemon: DaemonProcess): Promise<void> {
  await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts.every(({ verdict }) => verdict === 'up'), 'rest')
  const { violations, strips } = site.lab.state()
  expect(violations).toEqual([])
  expect(strips[0]?.outlets.map(({ on }) => on)).toEqual([true, true, true, true])
  expect(site.marks()).toEqual([])
}

const refusedBecause = (daemon: DaemonProcess, guard: string) =>
  daemon.tells('refused', ({ guards }) => guards?.includes(guard) === true)

describe.concurrent('a strip that cannot be used', { timeout: SLOWEST_MS }, () => {
  test('wrong credentials: told at once as such, nothing is switched; put right, it is used', async (context) => {
    const site = await openSite(context)
    // Enough for the pauses between handshakes, since a strip that throttles them looks the same.
    site.configure((configuration) => ({
      ...configuration,
      powerDevices: configuration.powerDevices.map((device) => ({ ...device, timeout: '2s' })),
    }))
    writeFileSync(site.passwordFile, 'not-it\n')
    const daemon = site.start()
    const { sentence } = await daemon.tells('power-device-unreachable')
    expect(sentence).toMatch(/strip.*(?:credentials|password|account)/i)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await refusedBecause(daemon, 'power-device-unreachable')
    expect(site.lab.state().switchings).toEqual([])
    expect((await daemon.get('/metrics')).text).toMatch(
      /guard_holding\{host="pve1",cluster="main",guard="power-device-unreachable"\} 1/,
    )
    writeFileSync(site.passwordFile, `${LAB_CREDENTIALS.password}\n`)
    await daemon.tells('power-device-back')
    await rests(site, daemon)
    expect(site.lab.state().cuts).toMatchObject([{ host: 'pve1' }])
  })

  test('another device at its address: told, and nothing is switched until an operator accepts it', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'swap-identity', strip: 'strip', deviceId: OTHER })
    const { sentence } = await daemon.tells('identity-mismatch')
    expect(sentence).toMatch(new RegExp(`says it is ${OTHER}.*Nothing is switched on it`))
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await refusedBecause(daemon, 'identity-mismatch')
    expect(site.lab.state().switchings).toEqual([])
    expect(await daemon.order({ by: 'test', order: 'accept-device', device: 'strip' })).toMatchObject({ ok: true })
    await refusedBecause(daemon, 'mapping-suspect')
    expect(site.lab.state().switchings).toEqual([])
    await site.lab.act({ kind: 'heal', host: 'pve1' })
    await rests(site, daemon)
  })

  test('another device in its place between OFF and ON: it is not switched, and the outlet comes on when ours is back', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    const { deviceId } = site.lab.state().strips[0]!
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('outlets-off')
    await site.lab.act({ kind: 'swap-identity', strip: 'strip', deviceId: OTHER })
    await daemon.tells('identity-mismatch')
    expect(site.outlet(0)?.on).toBe(false)
    await site.lab.act({ kind: 'swap-identity', strip: 'strip', deviceId })
    await daemon.tells('cycle-done')
    await rests(site, daemon)
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('answers that make no sense: told, nothing begun; when it comes to its senses, it is used', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    site.lab.strip('strip').plan({ kind: 'garbage-answer', garbage: 'not-json', count: 100_000, of: 'any' })
    await daemon.sees(({ devices }) => /JSON/.test(devices[0]?.lastError?.sentence ?? ''), 'what is wrong')
    await daemon.tells('power-device-unreachable')
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await refusedBecause(daemon, 'power-device-unreachable')
    expect(site.lab.state().switchings).toEqual([])
    site.lab.strip('strip').clearMishaps()
    await daemon.tells('cycle-done')
    await rests(site, daemon)
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('it acknowledges every OFF and does nothing: no success is claimed', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    site.lab.strip('strip').set({ ackWithoutApplying: true })
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    const acknowledged = () =>
      site.lab
        .strip('strip')
        .queries()
        .filter(({ methods }) => methods.includes('set_relay'))
    expect(await until(() => acknowledged().length > 0, PATIENCE_MS)).toBe(true)
    expect(await daemon.codes()).not.toContain('outlets-off')
    site.lab.strip('strip').set({ ackWithoutApplying: false })
    await daemon.tells('outlets-off')
    expect(site.outlet(0)?.on).toBe(false)
    await daemon.tells('cycle-done')
    await rests(site, daemon)
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('the answers to OFF and to ON are lost: both are looked at rather than believed', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    site.lab.strip('strip').plan({ kind: 'lose-answer', count: 9 })
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('outlets-off')
    await daemon.tells('cycle-done')
    await rests(site, daemon)
    expect(site.lab.state().cuts).toHaveLength(1)
  })
})

/** In paced time: what takes a quarter of an hour takes seconds. */
const PACE = 40

async function inPacedTime(context: Parameters<typeof openSite>[0], timers: boolean) {
  const site = await openSite(context, { timeScale: PACE })
  site.configure((configuration) => ({
    ...configuration,
    rounds: { interval: '30s', failureThreshold: 2 },
    recovery: { offHold: '2m', bootGrace: '5m', startupGrace: '60s', cycleSpacing: '0s' },
    deviceCheck: '60s',
  }))
  await site.lab.act({ kind: 'set-timers', strip: 'strip', supported: timers })
  const daemon = await InProcess.start(site, new PacedClock(PACE))
  context.onTestFinished(() => daemon.stop())
  await daemon.seesAllUp()
  await site.lab.act({ kind: 'hang', host: 'pve2' })
  await daemon.tells('outlets-off')
  await site.lab.act({ kind: 'strip-offline', strip: 'strip' })
  return { site, daemon }
}

describe.concurrent('a strip that vanishes between OFF and ON', { timeout: SLOWEST_MS }, () => {
  test('is told as loudly as can be, tried for ever, and turned on when it is back', async (context) => {
    const { site, daemon } = await inPacedTime(context, false)
    const failed = await daemon.tells('on-failed')
    expect(failed).toMatchObject({
      severity: 'critical',
      host: 'pve2',
      sentence: expect.stringMatching(/tried for ever.*Go there/),
    })
    expect(await daemon.tells('on-overdue')).toMatchObject({ severity: 'critical', host: 'pve2' })
    expect(site.outlet(1)?.on).toBe(false)
    expect(site.marks()).toHaveLength(1)
    await site.lab.act({ kind: 'strip-online', strip: 'strip' })
    await daemon.tells('cycle-done')
    await daemon.seesAllUp()
    expect(site.lab.state().switchings.map(({ on, by }) => [on, by])).toEqual([
      [false, 'command'],
      [true, 'command'],
    ])
    expect(site.marks()).toEqual([])
    expect(site.lab.state().violations).toEqual([])
  })

  test('turns itself on where it has a timer, and is found so', async (context) => {
    const { site, daemon } = await inPacedTime(context, true)
    expect(await site.lab.until(({ strips }) => strips[0]?.outlets[1]?.on === true, 30_000)).toBe(true)
    await site.lab.act({ kind: 'strip-online', strip: 'strip' })
    // A test machine that stands still for a second meanwhile finds the host up before its outlet.
    await daemon.tells(['cycle-done', 'cycle-cut-short'])
    await daemon.seesAllUp()
    expect(site.lab.state().switchings.map(({ on, by }) => [on, by])).toEqual([
      [false, 'command'],
      [true, 'timer'],
    ])
    expect(site.lab.state().violations).toEqual([])
  })
})
