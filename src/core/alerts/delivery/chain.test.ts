import { describe, expect, test } from 'vitest'
import type { ReceiverPolicy } from '../policy.ts'
import type { Delivery, DeliveryState, Notification } from '../types.ts'
import { type ChainView, firstLast, moveOf, postsOf, stepAfter } from './chain.ts'

const receiver = (more: Partial<ReceiverPolicy> = {}): ReceiverPolicy => ({
  name: 'ops',
  chain: [['chat', 'mail'], ['phone'], ['siren']],
  escalateAfterMs: 300_000,
  criticalAllAtOnce: false,
  until: 'delivered',
  ...more,
})
const all = () => true
const not = (gone: string) => (channel: string) => channel !== gone

describe('the channels of a chain', () => {
  test('are those of the steps, each by its first', () => {
    expect(postsOf(receiver(), 0, 0, all)).toEqual([
      { channel: 'chat', step: 0 },
      { channel: 'mail', step: 0 },
    ])
    const twice = receiver({ chain: [['chat'], ['chat', 'phone']] })
    expect(postsOf(twice, 0, 1, all)).toEqual([
      { channel: 'chat', step: 0 },
      { channel: 'phone', step: 1 },
    ])
    expect(postsOf(receiver(), 0, 9, not('chat')).map(({ channel }) => channel)).toEqual(['mail', 'phone', 'siren'])
  })

  test('begin with the first step, with all for an emergency, and as far as the begin went for an end', () => {
    expect(firstLast(receiver(), 'critical', 0)).toBe(0)
    expect(firstLast(receiver({ criticalAllAtOnce: true }), 'critical', 0)).toBe(2)
    expect(firstLast(receiver({ criticalAllAtOnce: true }), 'warning', 0)).toBe(0)
    expect(firstLast(receiver(), 'emergency', 0)).toBe(2)
    expect(firstLast(receiver(), 'warning', 1)).toBe(1)
    expect(firstLast(receiver(), 'warning', 9)).toBe(2)
  })

  test('go on with the next step that has one', () => {
    expect(stepAfter(receiver(), 0, all)).toBe(1)
    expect(stepAfter(receiver(), 0, not('phone'))).toBe(2)
    expect(stepAfter(receiver(), 2, all)).toBeUndefined()
    expect(stepAfter(undefined, 0, all)).toBeUndefined()
  })
})

const notification = (more: Partial<Notification> = {}): Notification => ({
  id: 1,
  receiver: 'ops',
  group: '',
  step: 0,
  severity: 'critical',
  digest: false,
  createdMs: 0,
  nextStepMs: 300_000,
  state: 'open',
  ...more,
})
const delivery = (state: DeliveryState, channel = 'chat', step = 0) => ({ state, channel, step }) as Delivery
const view = (deliveries: Delivery[], more: Partial<ChainView> = {}): ChainView => ({
  notification: notification(),
  deliveries,
  nextStep: 1,
  loops: (channel) => channel === 'alertmanager',
  elsewhere: false,
  waitsForPerson: false,
  acknowledged: false,
  nowMs: 100_000,
  ...more,
})
const LATER = { nowMs: 300_000 }
const LAST = { nextStep: undefined, notification: notification({ step: 2, nextStepMs: undefined }) }

describe('what becomes of a notification', () => {
  test.each<[string, ChainView, ReturnType<typeof moveOf>]>([
    ['it waits while it is on its way', view([delivery('queued')]), 'wait'],
    ['one channel that has it is enough', view([delivery('delivered'), delivery('queued', 'mail')]), 'confirmed'],
    ['what was merged was told', view([delivery('merged')]), 'confirmed'],
    ['what the other relay told was told', view([delivery('dropped')]), 'confirmed'],
    ['that it was told counts after its time, too', view([delivery('delivered')], LATER), 'confirmed'],
    ['nobody confirmed it in time', view([delivery('queued')], LATER), 'next-step'],
    ['all of a step are dead', view([delivery('dead'), delivery('dead', 'mail')]), 'next-step'],
    ['one of a step is not dead', view([delivery('dead'), delivery('sending', 'mail')]), 'wait'],
    [
      'only the step that has the word counts',
      view([delivery('dead'), delivery('queued', 'phone', 1)], {
        notification: notification({ step: 1 }),
      }),
      'wait',
    ],
    ['Alertmanager’s word is nobody’s', view([delivery('delivered', 'alertmanager')]), 'wait'],
    ['nor is it in the end', view([delivery('delivered', 'alertmanager')], LATER), 'next-step'],
    ['nor beside one that is dead', view([delivery('delivered', 'alertmanager'), delivery('dead')]), 'next-step'],
    ['another receiver’s notification told it', view([], { elsewhere: true }), 'confirmed'],
    ['nothing was made, and nobody told it', view([], LATER), 'next-step'],
    ['nothing was made yet', view([]), 'wait'],
    ['a person is waited for', view([delivery('delivered')], { waitsForPerson: true }), 'wait'],
    ['and does not come', view([delivery('delivered')], { waitsForPerson: true, ...LATER }), 'next-step'],
    ['and has come', view([delivery('queued')], { acknowledged: true }), 'confirmed'],
    ['the last step is still under way', view([delivery('queued', 'siren', 2)], { ...LAST, ...LATER }), 'wait'],
    ['the last step told it to nobody', view([delivery('dead', 'siren', 2)], LAST), 'exhausted'],
    [
      'the last step told it, and a person is waited for',
      view([delivery('delivered', 'siren', 2)], {
        ...LAST,
        waitsForPerson: true,
      }),
      'wait',
    ],
    ['an earlier step may still tell it', view([delivery('queued'), delivery('dead', 'siren', 2)], LAST), 'wait'],
  ])('%s', (_, given, expected) => {
    expect(moveOf(given)).toBe(expected)
  })
})
