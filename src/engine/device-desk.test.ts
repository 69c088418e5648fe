import { describe, expect, test } from 'vitest'
import type { Command, CommandOp } from '../core/power/types.ts'
import { later } from '../core/time.ts'
import { DeviceDesk } from './device-desk.ts'
import { type Diary, FakeDevice, untilAborted } from './testing/fakes.ts'
import { ManualClock } from './testing/manual-clock.ts'

function setUp() {
  const diary: Diary = []
  const clock = new ManualClock()
  const device = new FakeDevice(diary)
  const desk = new DeviceDesk([device], clock)
  let made = 0
  const command = (op: CommandOp, name = 'strip'): Command => ({
    id: `cmd-${++made}`,
    intent: 'plan-1',
    leg: 0,
    ref: { device: name, outlet: '0' },
    op,
    attempt: 1,
    epoch: 1,
    sendBefore: later(clock.now(), 5_000),
    ...(op === 'arm' ? { armSeconds: 660 } : {}),
  })
  const run = (op: CommandOp, mayLeave = true, name?: string) => desk.run(command(op, name), () => mayLeave)
  return { diary, clock, device, desk, run }
}

const held = () => Promise.withResolvers<undefined>()

describe('commands', () => {
  test('go to the device and bring back what was read', async () => {
    const { run, diary } = setUp()
    expect(await run('identify')).toMatchObject({
      outcome: 'ok',
      identity: { deviceId: 'ID' },
      reading: { state: 'on' },
    })
    expect(await run('arm')).toEqual({ outcome: 'ok' })
    expect(await run('off')).toMatchObject({ outcome: 'ok', reading: { state: 'off', watts: 0 } })
    expect(await run('read')).toMatchObject({ outcome: 'ok', reading: { state: 'off' } })
    expect(await run('on')).toMatchObject({ outcome: 'ok', reading: { state: 'on' } })
    expect(await run('disarm')).toEqual({ outcome: 'ok' })
    expect(diary).toEqual(['identify', 'arm', 'off', 'read', 'on', 'disarm'])
  })

  test('go one at a time, in their order', async () => {
    const { run, diary, device, clock } = setUp()
    const hold = held()
    device.before = (call) => (call === 'read' ? hold.promise : Promise.resolve(undefined))
    const all = [run('read'), run('off'), run('on')]
    await clock.settle()
    expect(diary).toEqual(['read'])
    hold.resolve(undefined)
    await Promise.all(all)
    expect(diary).toEqual(['read', 'off', 'on'])
  })

  test('end a look that is under way, and leave at once', async () => {
    const { run, desk, diary, device, clock } = setUp()
    device.before = (call, signal) => (call === 'readAll' ? untilAborted(signal) : Promise.resolve(undefined))
    const look = desk.look('strip')
    await clock.settle()
    expect(await run('off')).toMatchObject({ outcome: 'ok' })
    expect(await look).toMatchObject({ ok: false, code: 'aborted' })
    expect(diary).toEqual(['identify', 'readAll', 'off'])
  })

  test('towards OFF are not sent once they are stale or no longer wanted; ON always is', async () => {
    const { run, diary, device, clock } = setUp()
    const hold = held()
    device.before = (call) => (call === 'read' ? hold.promise : Promise.resolve(undefined))
    const read = run('read')
    const stale = [run('off'), run('arm')]
    const on = run('on')
    await clock.pass(5_000)
    hold.resolve(undefined)
    for (const each of stale) expect(await each).toMatchObject({ outcome: 'not-sent', code: 'expired' })
    expect(await on).toMatchObject({ outcome: 'ok', reading: { state: 'on' } })
    await read
    expect(await run('off', false)).toMatchObject({ outcome: 'not-sent', code: 'expired' })
    expect(await run('on', false)).toMatchObject({ outcome: 'ok' })
    expect(diary).toEqual(['read', 'on', 'on'])
  })

  test('are ambiguous where they may have landed, and failed where not', async () => {
    const { run, device } = setUp()
    const fail = (mayHaveLanded: boolean) => async () => ({
      ok: false as const,
      error: { code: 'timeout' as const, sentence: 'no answer', mayHaveLanded },
    })
    device.before = fail(true)
    expect(await run('off')).toEqual({ outcome: 'ambiguous', code: 'timeout', sentence: 'no answer' })
    device.before = fail(false)
    expect(await run('off')).toEqual({ outcome: 'failed', code: 'timeout', sentence: 'no answer' })
  })

  test('are ambiguous where the driver throws, and the next one goes out all the same', async () => {
    const { run, desk, device } = setUp()
    device.before = async () => {
      throw new TypeError('a mistake')
    }
    expect(await run('off')).toMatchObject({
      outcome: 'ambiguous',
      code: 'driver-failed',
      sentence: expect.stringMatching(/a mistake/),
    })
    expect(await desk.look('strip')).toMatchObject({
      ok: false,
      code: 'driver-failed',
      sentence: expect.stringMatching(/strip.*a mistake/),
    })
    device.before = async () => undefined
    expect(await run('on')).toMatchObject({ outcome: 'ok' })
  })

  test('to a device that is not there, or has no timer, say so', async () => {
    const { run, desk, diary } = setUp()
    expect(await run('off', true, 'gone')).toMatchObject({ outcome: 'not-sent', code: 'unmapped' })
    expect(await desk.look('gone')).toMatchObject({ ok: false, code: 'unmapped' })
    const plain = Object.assign(new FakeDevice(diary), { arm: undefined, disarm: undefined })
    desk.replace([plain])
    expect(await run('arm')).toMatchObject({ outcome: 'failed', code: 'not-supported' })
  })
})

describe('the desk', () => {
  test('a device that is replaced takes the next command; the old one is handed back', async () => {
    const { run, desk, diary, device } = setUp()
    const other: Diary = []
    expect(desk.replace([new FakeDevice(other)])).toEqual([device])
    await run('off')
    expect(other).toEqual(['off'])
    expect(diary).toEqual([])
  })

  test('closing ends what is under way, and then the devices', async () => {
    const { run, desk, diary, device, clock } = setUp()
    device.before = (_call, signal) => untilAborted(signal)
    const read = run('read')
    const look = desk.look('strip')
    await clock.settle()
    await desk.close()
    expect(await read).toMatchObject({ outcome: 'failed', code: 'aborted' })
    expect(await look).toMatchObject({ ok: false, code: 'aborted' })
    expect(diary.at(-1)).toBe('device closed')
  })
})
