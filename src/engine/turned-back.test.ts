import { expect, onTestFinished, test } from 'vitest'
import type { Command } from '../core/power/types.ts'
import { EMPTY_SNAPSHOT, initialState } from '../core/state/initial.ts'
import { later } from '../core/time.ts'
import { DeviceDesk } from './device-desk.ts'
import { Engine } from './engine.ts'
import { type Diary, FakeDevice, FakeJournal, FakeMarks, FakeProbing, POLICY } from './testing/fakes.ts'
import { ManualClock } from './testing/manual-clock.ts'

test('an OFF that still waits for its turn when the plan turns back is not sent', async () => {
  const diary: Diary = []
  const clock = new ManualClock()
  const probing = new FakeProbing(clock)
  const device = new FakeDevice(diary)
  const desk = new DeviceDesk([device], clock)
  const parts = { clock, journal: new FakeJournal(diary), breadcrumbs: new FakeMarks(diary), probing, desk }
  const state = initialState(EMPTY_SNAPSHOT, POLICY, clock.now())
  const engine = new Engine({ ...parts, state, onTold: () => {} })
  onTestFinished(() => engine.close())
  engine.start([])
  const look = await desk.look('strip')
  if (!look.ok) throw new TypeError(look.sentence)
  engine.feed({ kind: 'device-read', device: 'strip', identity: look.identity, readings: look.readings })

  // Right behind the arming, and so before the OFF, another call takes its time.
  const slow = Promise.withResolvers<undefined>()
  const read: Command = {
    id: 'other',
    intent: 'other',
    leg: 0,
    ref: { device: 'strip', outlet: '0' },
    op: 'read',
    attempt: 1,
    epoch: 1,
    sendBefore: later(clock.now(), 86_400_000),
  }
  device.before = async (call) => {
    if (call === 'arm') void desk.run(read, () => true)
    return call === 'read' ? slow.promise : undefined
  }
  for (let count = 0; count < 3; count += 1) {
    await clock.pass(POLICY.intervalMs)
    engine.feed({ kind: 'round', round: 1, evidence: await probing.ask(1, 0, new AbortController().signal) })
    await clock.settle()
    probing.alive = false
  }
  await clock.pass(100)
  expect(diary.slice(-3)).toEqual(['read', 'committed off', 'mark put'])
  expect(Object.values(engine.state.commands).map(({ op }) => op)).toEqual(['off'])
  engine.feed({ kind: 'stopping' })
  slow.resolve(undefined)
  await clock.pass(100)
  expect(diary).toContain('on')
  expect(diary).not.toContain('off')
})
