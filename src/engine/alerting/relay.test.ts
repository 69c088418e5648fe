import { describe, expect, test } from 'vitest'
import type { RelayAnswer, RelayPeer } from '../../ports/relay-peer.ts'
import { AlertBench, BenchClock } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, HOUR, MINUTE } from '../testing/alert-samples.ts'

const NO_ANSWER: RelayAnswer = { ok: false, code: 'unreachable', sentence: 'no' }
const hooked = (name: string, more = {}) => alertUpdate(name, { source: 'alertmanager', ...more })

/** The other relay, as a test wants it to answer. */
class Peer implements RelayPeer {
  asked: string[][] = []
  answer: (keys: readonly string[]) => RelayAnswer | Promise<RelayAnswer> = () => NO_ANSWER

  async ask(keys: readonly string[]): Promise<RelayAnswer> {
    this.asked.push([...keys])
    return this.answer(keys)
  }
}
const all = (state: 'delivered' | 'held' | 'unknown') => (keys: readonly string[]) => ({
  ok: true as const,
  states: Object.fromEntries(keys.map((key) => [key, state])),
})

const second = { relayWaitMs: 30_000 }

describe('the second relay', () => {
  test('drops what the first has told, and notes it', async () => {
    const peer = new Peer()
    peer.answer = all('delivered')
    const bench = await new AlertBench({ peer, policy: second }).start()
    await bench.take(hooked('HostDown'))
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual([])
    expect(peer.asked).toEqual([[expect.stringMatching(/^[0-9a-f]{16}:firing:1000$/)]])
    expect(bench.story('HostDown')).toContain('sent: The other relay has told it (firing).')
    expect(bench.path.list({ limit: 9 })).toMatchObject([{ told: true }])
    // Its end is another fact.
    peer.answer = all('unknown')
    await bench.take(hooked('HostDown', { status: 'resolved' }))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['resolved HostDown'])
    await bench.stop()
  })

  test.each<[string, Peer['answer']]>([
    ['has not', all('unknown')],
    ['has not yet', all('held')],
    ['does not answer', () => NO_ANSWER],
    ['hangs', () => new Promise(() => undefined)],
    ['fails', () => Promise.reject(new TypeError('x'))],
    ['answers nonsense', () => ({ ok: true, states: {} })],
  ])('tells what the first %s, after its time', async (_, answer) => {
    const peer = new Peer()
    peer.answer = answer
    const bench = await new AlertBench({ peer, policy: second }).start()
    await bench.take(hooked('HostDown'))
    await bench.pass(29_000)
    expect(bench.channel('chat').told).toEqual([])
    await bench.pass(7_000)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('does not ask one that is silent again and again', async () => {
    const peer = new Peer()
    const bench = await new AlertBench({ peer, policy: second }).start()
    for (let index = 0; index < 20; index += 1) await bench.take(hooked(`Alert${index}`))
    await bench.pass(35_000)
    expect(bench.channel('chat').told).toHaveLength(20)
    expect(peer.asked).toHaveLength(1)
    await bench.stop()
  })

  test('keeps nothing of ours waiting, while it waits for an answer', async () => {
    const peer = new Peer()
    peer.answer = () => new Promise(() => undefined)
    const bench = await new AlertBench({ peer, policy: second }).start()
    await bench.take(hooked('Hooked'))
    await bench.pass(30_000)
    await bench.take(alertUpdate('Own', { severity: 'info' }))
    expect(bench.channel('chat').told).toEqual(['firing Own'])
    await bench.stop()
  })

  test('asks in the morning about what waited for it', async () => {
    const peer = new Peer()
    peer.answer = all('delivered')
    const quietHours = { fromMinute: 22 * 60, toMinute: 7 * 60 }
    const bench = await new AlertBench({ peer, policy: { ...second, quietHours } }).start()
    await bench.take(hooked('Disk', { severity: 'warning' }))
    await bench.pass(9 * HOUR)
    expect(peer.asked).toHaveLength(1)
    expect(bench.channel('chat').told).toEqual([])
    await bench.stop()
  })

  test('reminds by the same key as the first', async () => {
    const peer = new Peer()
    peer.answer = all('delivered')
    const bench = await new AlertBench({ peer, policy: { ...second, remindEveryMs: 4 * HOUR } }).start()
    const startsMs = bench.wallMs - 1_234
    await bench.take(hooked('HostDown', { startsMs }))
    await bench.pass(5 * HOUR)
    expect(peer.asked.flat()[1]).toMatch(new RegExp(`:reminder:${startsMs}:${startsMs + 4 * HOUR}$`))
    expect(bench.channel('chat').told).toEqual([])
    await bench.stop()
  })
})

describe('a relay that was down, or whose channel was', () => {
  test('asks before it tells what is old, and leaves what the other told', async () => {
    const peer = new Peer()
    const bench = await new AlertBench({ peer }).start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(hooked('HostDown'), alertUpdate('Own'))
    await bench.pass(10 * MINUTE)
    peer.answer = all('delivered')
    bench.channel('chat').answer = () => undefined
    await bench.pass(20 * MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing Own'])
    expect(bench.path.deliveries({ states: ['dropped'], limit: 9 })).toHaveLength(1)
    expect(bench.story('HostDown').at(-1)).toBe('sent: The other relay has told it; chat is not given it again.')
    await bench.stop()
  })

  test('tells what the other does not know, in the same message less what it told', async () => {
    const peer = new Peer()
    const bench = await new AlertBench({ peer, policy: { groupBy: [] } }).start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(hooked('A'), hooked('B', { startsMs: 2_000 }))
    await bench.pass(10 * MINUTE)
    peer.answer = (keys) => ({
      ok: true,
      states: Object.fromEntries(keys.map((key) => [key, key.endsWith(':2000') ? 'delivered' : 'unknown'])),
    })
    bench.channel('chat').answer = () => undefined
    await bench.pass(20 * MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing A'])
    await bench.stop()
  })
})

test('the other relay is told where events stand', async () => {
  const bench = await new AlertBench({ policy: { groupWaitMs: 30_000 } }).start()
  await bench.take(hooked('HostDown'))
  const key = `${bench.incident('HostDown').fingerprint}:firing:1000`
  expect(bench.path.relayStates([key, 'x:firing:1'])).toEqual({ [key]: 'held', 'x:firing:1': 'unknown' })
  await bench.pass(MINUTE)
  expect(bench.path.relayStates([key])).toEqual({ [key]: 'delivered' })
  bench.store.full = true
  expect(bench.path.relayStates([key])).toEqual({})
  await bench.stop()
})

test('two relays tell a hook once, while both live', async () => {
  const clock = new BenchClock()
  const first: { bench?: AlertBench } = {}
  const askFirst: RelayPeer = {
    ask: async (keys) => ({ ok: true, states: first.bench?.path.relayStates(keys) ?? {} }),
  }
  const a = await new AlertBench({ clock }).start()
  first.bench = a
  const b = await new AlertBench({ clock, peer: askFirst, policy: second }).start()
  for (const status of ['firing', 'resolved'] as const) {
    await Promise.all([
      a.path.accept([hooked('HostDown', { status })]),
      b.path.accept([hooked('HostDown', { status })]),
    ])
    await clock.pass(5 * MINUTE)
  }
  expect(a.channel('chat').told).toEqual(['firing HostDown', 'resolved HostDown'])
  expect(b.channel('chat').told).toEqual([])
  await a.stop()
  await b.stop()
})
