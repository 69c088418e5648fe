import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type DaemonProcess, PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { type Configuration, type LabSite, openSite } from './site/lab-site.ts'
import { until } from './site/until.ts'

/** Long enough for what is done meanwhile. */
const HOLD = '4s'

async function cutsPower(context: Parameters<typeof openSite>[0], timers: boolean) {
  const site = await openSite(context)
  site.configure(holding(HOLD))
  await site.lab.act({ kind: 'set-timers', strip: 'strip', supported: timers })
  const daemon = await site.startWatching()
  await site.lab.act({ kind: 'hang', host: 'pve2' })
  await daemon.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
  return { site, daemon }
}

const holding = (offHold: string) => (configuration: Configuration) => ({
  ...configuration,
  recovery: { ...configuration.recovery, offHold },
})

async function rests(site: LabSite, daemon: DaemonProcess): Promise<void> {
  await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts.every(({ verdict }) => verdict === 'up'), 'rest')
  expect(site.lab.state().violations).toEqual([])
  expect(site.marks()).toEqual([])
}

describe.concurrent('SIGTERM in mid-cycle', { timeout: SLOWEST_MS }, () => {
  test('with a timer armed inside the strip it leaves at once; the next start takes over', async (context) => {
    const { site, daemon } = await cutsPower(context, true)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    expect(daemon.stdout).toMatch(/stays off while the watchdog stops: a timer inside the device turns it on/)
    expect(site.outlet(1)).toMatchObject({ on: false, timer: { on: true, fired: false } })
    expect(site.marks()).toHaveLength(1)
    const next = site.start()
    await next.tells('cycle-done')
    await rests(site, next)
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('without timers it turns the outlet on first, and exits 0', async (context) => {
    const { site, daemon } = await cutsPower(context, false)
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    expect(daemon.stdout).toMatch(/pve2 is turned on now: the watchdog is stopping/)
    expect(site.outlet(1)?.on).toBe(true)
    expect(site.marks()).toEqual([])
    const next = site.start()
    await rests(site, next)
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('a later one ends it although it owes power, one that came twice does not; the next start pays', async (context) => {
    const { site, daemon } = await cutsPower(context, false)
    await site.lab.act({ kind: 'strip-offline', strip: 'strip' })
    daemon.signal('SIGTERM')
    await daemon.logs('is turned on now: the watchdog is stopping')
    daemon.signal('SIGTERM')
    const { round } = await daemon.status()
    expect(round.number).toBeGreaterThan(0)
    const insisting = () => {
      daemon.signal('SIGTERM')
      return !daemon.running
    }
    expect(await until(insisting, PATIENCE_MS)).toBe(true)
    expect(await daemon.exited).toEqual({ code: 4, signal: null })
    expect(site.outlet(1)?.on).toBe(false)
    expect(site.marks()).toHaveLength(1)
    await site.lab.act({ kind: 'strip-online', strip: 'strip' })
    const next = site.start()
    await rests(site, next)
    expect(site.outlet(1)?.on).toBe(true)
    expect(site.lab.state().cuts).toHaveLength(1)
  })
})

describe.concurrent('SIGHUP', { timeout: SLOWEST_MS }, () => {
  test('a valid file takes effect; an invalid one is refused with its place, and the old one stays', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    site.configure((configuration) => ({ ...configuration, mode: 'dry-run' }))
    daemon.signal('SIGHUP')
    await daemon.sees(({ mode }) => mode === 'dry-run', 'mode dry-run')
    const wrong = ['mode: act\nhosts: {', 'mode: sometimes\n', '', 'mode: act\nhosts: []\n']
    for (const [index, text] of wrong.entries()) {
      writeFileSync(site.configurationFile, text)
      daemon.signal('SIGHUP')
      await daemon.tellsTimes('configuration-refused', index + 1)
    }
    const { sentence } = await daemon.tells('configuration-refused', (told) => told.sentence.includes('sometimes'))
    expect(sentence).toMatch(/the old one stays in force: .*proxmox-watchdog\.yaml:1:7/)
    expect(await daemon.status()).toMatchObject({ mode: 'dry-run', hosts: [{}, {}, {}] })
    site.configure()
    daemon.signal('SIGHUP')
    await daemon.sees(({ mode }) => mode === 'act', 'mode act')
  })

  test.for<[string, (configuration: Configuration) => object]>([
    ['to another outlet', (configuration) => remap(configuration, [{ device: 'strip', outlet: 3 }])],
    ['to nothing, the strip gone from the file', (configuration) => ({ ...unmapped(configuration), powerDevices: [] })],
    [
      'to another address of the strip',
      (configuration) => ({
        ...configuration,
        powerDevices: configuration.powerDevices.map((device) => ({
          ...device,
          address: '127.0.0.9',
          port: 9,
          legacyPort: 10,
        })),
      }),
    ],
  ])('that remaps the host %s in mid-cycle: ON still goes to the old one', async ([, change], context) => {
    const { site, daemon } = await cutsPower(context, false)
    site.configure((configuration) => change(holding(HOLD)(configuration) as Configuration))
    const loaded = (await daemon.codes()).filter((code) => code === 'configuration-loaded').length
    daemon.signal('SIGHUP')
    await daemon.tellsTimes('configuration-loaded', loaded + 1)
    expect(site.outlet(1)?.on).toBe(false)
    await daemon.tells('cycle-done')
    await rests(site, daemon)
    expect(site.lab.state().switchings.map(({ outlet, on }) => [outlet, on])).toEqual([
      [1, false],
      [1, true],
    ])
  })
})

const remap = (configuration: Configuration, power: object[]) => ({
  ...configuration,
  hosts: configuration.hosts.map((host) => (host.name === 'pve2' ? { ...host, power } : host)),
})

const unmapped = (configuration: Configuration) => ({
  ...configuration,
  hosts: configuration.hosts.map(({ power: _, ...host }) => host),
})
