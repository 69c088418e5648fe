import { expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { alertUpdate } from '../testing/alert-samples.ts'

/** Turns of the microtask queue between a channel's answer and the next alert: far more than a settled call takes. */
const MOST_MICROTASKS = 60

test('an alert that comes at any moment around the end of a message is told at once', async () => {
  const late: number[] = []
  for (let turns = 0; turns < MOST_MICROTASKS; turns += 1) {
    const bench = await new AlertBench().start()
    const channel = bench.channel('chat')
    channel.answer = () => {
      channel.answer = () => undefined
      void (async () => {
        for (let turn = 0; turn < turns; turn += 1) await undefined
        await bench.path.accept([alertUpdate('Second', { severity: 'emergency' })])
      })()
    }
    await bench.take(alertUpdate('First', { severity: 'emergency' }))
    await bench.pass(1_000)
    if (channel.told.length < 2) late.push(turns)
    await bench.stop()
  }
  expect(late).toEqual([])
})
