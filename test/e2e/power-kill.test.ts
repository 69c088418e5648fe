import { expect, test } from 'vitest'
import { LAB_UPSD_USER } from '../../src/lab/servers/index.ts'
import { homeLabWithUps } from '../../src/lab/world/index.ts'
import { SLOWEST_MS } from './site/daemon-process.ts'
import { openSite } from './site/lab-site.ts'
import { configurePower, NODES } from './site/power-site.ts'

/** Lab seconds in a real one. */
const PACE = 20
/** The moments after which the process is killed: on the way down, and on the way back. */
const DOWN = [
  'power-outage-begun',
  'power-stage-begun',
  'power-ha-quiet',
  'power-guest-stopped',
  'power-node-shutting-down',
  'power-node-off',
] as const
const BACK = ['power-mains-back', 'power-returning', 'power-node-starting', 'outlets-off', 'power-node-back'] as const

test('a watchdog that is killed in every phase of a power failure brings everything down and back', {
  timeout: 2 * SLOWEST_MS,
}, async (context) => {
  const site = await openSite(context, { spec: homeLabWithUps(), timeScale: PACE })
  const { upsd } = site.lab.state()
  if (upsd === undefined) throw new Error('the lab has no upsd')
  configurePower(site, { server: upsd.address, port: upsd.port, ...LAB_UPSD_USER }, '20m')
  const ran = () =>
    site.lab
      .state()
      .clusters[0]?.guests.filter(({ running }) => running)
      .map(({ name }) => name)
  const before = ran()
  let daemon = await site.startWatching()
  const killedAfter = async (code: string) => {
    await daemon.tells(code)
    await daemon.kill()
    daemon = site.start()
    await daemon.sees(() => true, `life after ${code}`)
  }

  await site.lab.act({ kind: 'mains-off' })
  for (const code of DOWN) await killedAfter(code)
  for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-off', (event) => event.host === host)
  await site.lab.act({ kind: 'mains-on' })
  for (const code of BACK) await killedAfter(code)
  for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-back', (event) => event.host === host)
  await daemon.tells('power-ha-armed')

  const { hosts, strips, clusters, cuts, violations } = site.lab.state()
  expect(hosts.filter(({ name }) => NODES.includes(name)).map(({ state }) => state)).toEqual(NODES.map(() => 'up'))
  expect(strips[0]?.outlets.every(({ on }) => on)).toBe(true)
  expect(clusters[0]?.armed).not.toBe('disarmed')
  // Nothing was cut but what was down already, and that once.
  expect(cuts.map(({ host, hostWas }) => `${host} ${hostWas}`).sort()).toEqual(['pve3 standby', 'pve4 standby'])
  await expect.poll(() => site.marks(), { timeout: SLOWEST_MS / 4 }).toEqual([])
  expect(violations).toEqual([])
  const begun = (await daemon.events()).filter(({ code }) => code === 'power-outage-begun')
  expect(begun).toHaveLength(1)
  await expect.poll(ran, { timeout: SLOWEST_MS / 2, interval: 200 }).toEqual(before)
})
