import { expect, test } from 'vitest'
import type { Command, CommandOp } from '../core/power/types.ts'
import { later } from '../core/time.ts'
import { CALL_LIMIT_MS, DeviceDesk } from './device-desk.ts'
import { FakeDevice } from './testing/fakes.ts'
import { ManualClock } from './testing/manual-clock.ts'

function hungDesk() {
  const clock = new ManualClock()
  const device = new FakeDevice([])
  const desk = new DeviceDesk([device], clock)
  const command = (op: CommandOp): Command => {
    const sendBefore = later(clock.now(), 5_000)
    return {
      id: op,
      intent: 'plan-1',
      leg: 0,
      ref: { device: 'strip', outlet: '0' },
      op,
      attempt: 1,
      epoch: 1,
      sendBefore,
    }
  }
  device.before = () => new Promise(() => {})
  return { clock, device, desk, run: (op: CommandOp) => desk.run(command(op), () => true) }
}

test('a call that never ends is ambiguous at last, and keeps no ON waiting for ever', async () => {
  const { clock, device, run } = hungDesk()
  const off = run('off')
  await clock.settle()
  device.before = async () => undefined
  const on = run('on')
  await clock.pass(CALL_LIMIT_MS)
  expect(await off).toMatchObject({ outcome: 'ambiguous', code: 'driver-failed' })
  expect(await on).toMatchObject({ outcome: 'ok', reading: { state: 'on' } })
})

test('a look that never ends is a failed one', async () => {
  const { clock, desk } = hungDesk()
  const look = desk.look('strip')
  await clock.pass(CALL_LIMIT_MS)
  expect(await look).toMatchObject({ ok: false, code: 'driver-failed' })
})
