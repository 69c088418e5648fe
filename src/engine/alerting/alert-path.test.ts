import { expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { alertUpdate } from '../testing/alert-samples.ts'

test('an alert is told, and its end', async () => {
  const bench = await new AlertBench().start()
  await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs }))
  expect(bench.channel('chat').told).toEqual(['firing HostDown'])
  await bench.pass(60_000)
  await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
  expect(bench.channel('chat').told).toEqual(['firing HostDown', 'resolved HostDown'])
  expect(bench.story('HostDown')).toEqual([
    'fired: HostDown fires',
    'sent: Told by chat.',
    'resolved: It is over after 1 min.',
    'sent: Told by chat.',
  ])
  await bench.stop()
})
