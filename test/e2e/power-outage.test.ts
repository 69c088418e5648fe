import { describe, expect, type TestContext, test } from 'vitest'
import { homeLabWithCluster } from '../../src/lab/world/index.ts'
import { SECONDARY, Upsd, upsdMissing } from '../peers/upsd.ts'
import { SLOWEST_MS } from './site/daemon-process.ts'
import { openSite } from './site/lab-site.ts'
import { configurePower } from './site/power-site.ts'

const reason = upsdMissing()
if (reason !== undefined) console.warn(`skipped: a power failure with a real upsd: ${reason}`)

/** Lab seconds in a real one. */
const PACE = 20

async function begin(context: TestContext) {
  const upsd = await Upsd.start()
  context.onTestFinished(() => upsd.stop())
  const site = await openSite(context, { spec: homeLabWithCluster(), timeScale: PACE })
  configurePower(site, { server: '127.0.0.1', port: upsd.port, ...SECONDARY }, '20m')
  return { upsd, site }
}

describe.skipIf(reason)('a power failure', () => {
  test('with a real upsd, the API of a cluster, and a strip: down in order, and back whole', {
    timeout: SLOWEST_MS,
  }, async (context) => {
    const { upsd, site } = await begin(context)
    const daemon = await site.startWatching()
    await upsd.set('ups.status=OB DISCHRG')
    await daemon.tells('power-outage-begun')
    await daemon.tells('power-stage-begun')
    for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-off', (event) => event.host === host)
    expect(site.lab.state().hosts.find(({ name }) => name === 'pve1')?.state).toBe('up')
    await upsd.set('ups.status=OL CHRG')
    await daemon.tells('power-returning')
    for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-back', (event) => event.host === host)
    // Its guests have three minutes to start by themselves before the report: that long is not waited for here.
    await daemon.tells('power-ha-armed')
  })
})
