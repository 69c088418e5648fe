import { expect, test } from 'vitest'
import { openSite } from './site/lab-site.ts'

test('whoever reads the log goes away: the watchdog goes on, and so does a cycle', async (context) => {
  const site = await openSite(context)
  // The reader takes one line and ends; what is written after it meets a broken pipe.
  const daemon = await site.startWatching({ wrapper: ['bash', '-c', 'exec "$@" > >(head -n 1 >/dev/null)', '_'] })
  await site.lab.act({ kind: 'hang', host: 'pve2' })
  await daemon.tells('cycle-done')
  expect(daemon.running).toBe(true)
  expect(site.marks()).toEqual([])
})
