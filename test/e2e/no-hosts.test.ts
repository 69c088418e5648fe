import { expect, test } from 'vitest'
import { openSite } from './site/lab-site.ts'

test('a configuration without any host starts all the same while an outlet is owed its ON', async (context) => {
  const site = await openSite(context)
  site.configure((configuration) => ({ ...configuration, recovery: { ...configuration.recovery, offHold: '2s' } }))
  await site.lab.act({ kind: 'set-timers', strip: 'strip', supported: false })
  const daemon = await site.startWatching()
  await site.lab.act({ kind: 'hang', host: 'pve2' })
  await daemon.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
  await daemon.kill()
  site.configure((configuration) => ({ ...configuration, hosts: [] }))
  const next = site.start()
  await next.sees(({ plans }) => plans.length === 0, 'its debt paid')
  expect(site.outlet(1)?.on).toBe(true)
  expect(site.marks()).toEqual([])
  await next.stop()
  const last = site.start()
  expect(await last.exited).toMatchObject({ code: 78 })
})
