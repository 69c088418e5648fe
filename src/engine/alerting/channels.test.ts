import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'

const CHANNELS = [channelPolicy('chat'), channelPolicy('mail')]
const BOTH = { channels: CHANNELS, receivers: [receiverPolicy('all', { chain: [['chat', 'mail']] })] }

/** Every try of a channel, in minutes since the first. */
function triesOf(bench: AlertBench, name = 'chat'): number[] {
  const times: number[] = []
  const channel = bench.channel(name)
  const { answer } = channel
  channel.answer = (request, signal) => {
    times.push(bench.clock.now().monoMs)
    return answer(request, signal)
  }
  return times
}
const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0))

describe('a channel that fails', () => {
  test('is tried again less and less often, until it takes the message', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    const times = triesOf(bench)
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(HOUR)
    // Every third time another message would go first.
    expect(gaps(times)).toEqual([
      5_000, 10_000, 35_000, 40_000, 80_000, 175_000, 320_000, 600_000, 615_000, 600_000, 600_000,
    ])
    bench.channel('chat').answer = () => undefined
    await bench.pass(15 * MINUTE)
    expect(bench.channel('chat').taken).toMatchObject([{ late: 'Delivered 1 h 2 min late: it fails (unreachable).' }])
    expect(bench.path.status().channels[0]).toMatchObject({ delivered: 1, failures: { unreachable: 12 } })
    await bench.stop()
  })

  test('is asked when it said that it may be, not before', async () => {
    const bench = await new AlertBench().start()
    let refusals = 2
    bench.channel('chat').answer = () => {
      refusals -= 1
      return refusals < 0 ? undefined : refusedWith('rate-limited', { retryAfterMs: 40_000 })
    }
    const times = triesOf(bench)
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(10_000)
    await bench.take(alertUpdate('OutletNotOn', { severity: 'emergency' }))
    await bench.pass(HOUR)
    expect(gaps(times)[0]).toBe(40_125)
    expect(bench.channel('chat').told).toEqual(['firing OutletNotOn', 'firing HostDown'])
    await bench.stop()
  })

  test('is tried at once for something urgent, though it waits to be tried again', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('Disk', { severity: 'warning' }))
    await bench.pass(HOUR)
    bench.channel('chat').answer = () => undefined
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(100)
    expect(bench.channel('chat').told[0]).toBe('firing HostDown')
    await bench.stop()
  })

  test('is remembered as failing by the next process, and what it asked for is, too', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('rate-limited', { retryAfterMs: 30 * MINUTE })
    await bench.take(alertUpdate('HostDown'))
    await bench.stop()
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(MINUTE)
    expect(next.channel('chat').requests).toHaveLength(0)
    expect(next.path.status().channels[0]).toMatchObject({
      lastError: { code: 'rate-limited' },
      failingSinceMs: expect.any(Number),
    })
    await next.pass(30 * MINUTE)
    expect(next.channel('chat').told).toEqual(['firing HostDown'])
    await next.stop()
  })

  test.each(['hangs', 'throws', 'never answers, though it is told to give up'])(
    'and %s keeps no other waiting',
    async (how) => {
      const bench = await new AlertBench({ policy: BOTH }).start()
      bench.channel('chat').answer = (_, signal) => {
        if (how === 'throws') throw new TypeError('https://example.org/secret-token')
        return new Promise((resolve) => {
          if (how === 'hangs')
            signal.addEventListener('abort', () => resolve(refusedWith('aborted', { mayHaveArrived: true })))
        })
      }
      for (let index = 0; index < 20; index += 1) await bench.take(alertUpdate(`Alert${index}`))
      expect(bench.channel('mail').told).toHaveLength(20)
      await bench.pass(HOUR)
      expect(bench.channel('chat').requests.length).toBeGreaterThan(3)
      const [status] = bench.path.status().channels
      expect(status).toMatchObject({
        channel: 'chat',
        queued: 20,
        lastError: { code: how === 'throws' ? 'agent-failed' : 'timeout' },
      })
      expect(JSON.stringify([bench.logged, bench.path.deliveries({ limit: 99 })])).not.toContain('secret-token')
      bench.channel('chat').answer = () => undefined
      await bench.pass(HOUR)
      expect(bench.channel('chat').told).toHaveLength(20)
      await bench.stop()
    },
  )

  test('with one message does not keep the others', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = ({ message }) =>
      message.title.startsWith('Poison') ? refusedWith('server-error') : undefined
    await bench.take(alertUpdate('Poison', { severity: 'critical' }))
    for (let index = 0; index < 10; index += 1) await bench.take(alertUpdate(`Alert${index}`, { severity: 'warning' }))
    await bench.pass(2 * MINUTE)
    expect(bench.channel('chat').told).toHaveLength(10)
    await bench.stop()
  })
})

describe('a message', () => {
  test('whose rich form is refused goes as plain text, and then to the dead letters', async () => {
    const bench = await new AlertBench().start()
    const { answer } = bench.channel('chat')
    bench.channel('chat').answer = ({ plain }) => (plain ? undefined : refusedWith('rejected', { advice: 'plain' }))
    await bench.take(alertUpdate('HostDown'))
    expect(bench.channel('chat').requests.map(({ plain }) => plain)).toEqual([false, true])
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    bench.channel('chat').answer = () => refusedWith('rejected', { advice: 'plain' })
    await bench.take(alertUpdate('Disk'))
    expect(bench.path.deliveries({ states: ['dead'], limit: 9 })).toMatchObject([{ plain: true, attempts: 2 }])
    bench.channel('chat').answer = answer
    await bench.stop()
  })

  test('that is not delivered for three days is a dead letter, and can be sent again', async () => {
    const bench = await new AlertBench({ policy: { expireAfterMs: 72 * HOUR } }).start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs }))
    await bench.pass(73 * HOUR)
    const [dead] = bench.path.deliveries({ states: ['dead'], limit: 9 })
    expect(dead?.lastError).toEqual({
      code: 'expired',
      sentence: 'Not delivered within 3 d 0 h: it fails (unreachable)',
    })
    expect(bench.observed).toContainEqual(expect.objectContaining({ code: 'dead-letter', channel: 'chat' }))
    expect(bench.path.status().channels[0]).toMatchObject({ queued: 0, dead: 1 })
    bench.channel('chat').answer = () => undefined
    expect(bench.path.replay({ channel: 'nowhere' }, 'anna')).toMatchObject({ ok: false, code: 'unknown-channel' })
    expect(bench.path.replay({ ids: [99] }, 'anna')).toMatchObject({ ok: false, code: 'nothing-to-replay' })
    expect(bench.path.replay({}, 'anna')).toMatchObject({ ok: true, sentence: '1 dead letter is on the way again.' })
    await bench.pass(1_000)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    expect(bench.observed.slice(-3).map(({ code }) => code)).toEqual([
      'dead-letter-gone',
      'uplink-back',
      'channel-works',
    ])
    expect(bench.story('HostDown')).toContain('note: anna put it back into the queue of chat.')
    await bench.stop()
  })

  test('replayed by its number or its channel leaves the other letters', async () => {
    const bench = await new AlertBench({ policy: BOTH }).start()
    for (const name of ['chat', 'mail'])
      bench.channel(name).answer = () => refusedWith('not-found', { advice: 'never' })
    await bench.take(alertUpdate('A'))
    await bench.take(alertUpdate('B'))
    for (const name of ['chat', 'mail']) bench.channel(name).answer = () => undefined
    bench.path.replay({ channel: 'mail' }, 'anna')
    await bench.pass(1_000)
    expect([bench.channel('mail').told, bench.channel('chat').told]).toEqual([['firing A', 'firing B'], []])
    const letters = bench.path.deliveries({ states: ['dead'], limit: 9 })
    bench.path.replay({ ids: letters.slice(0, 1).map(({ id }) => id) }, 'anna')
    await bench.pass(1_000)
    expect(bench.channel('chat').told).toEqual(['firing B'])
    await bench.stop()
  })

  test('tells what fired and was over while its channel was down, in one', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs, severity: 'warning' }))
    await bench.pass(20 * MINUTE)
    await bench.take(alertUpdate('HostDown', { severity: 'critical' }))
    await bench.pass(20 * MINUTE)
    await bench.take(alertUpdate('HostDown', { status: 'resolved', severity: 'critical' }))
    await bench.pass(2 * HOUR)
    bench.channel('chat').answer = () => undefined
    await bench.pass(15 * MINUTE)
    expect(bench.channel('chat').taken).toHaveLength(1)
    expect(bench.channel('chat').taken[0]).toMatchObject({
      status: 'resolved',
      late: expect.stringMatching(/^Delivered 2 h \d+ min late: it fails \(unreachable\)\.$/),
      alerts: [{ event: 'resolved', timeline: [{ sentence: 'It was warning and is critical now.' }] }],
    })
    const states = bench.path.deliveries({ limit: 9 }).map(({ state }) => state)
    expect(states.sort()).toEqual(['delivered', 'merged', 'merged'])
    await bench.stop()
  })

  test('that left in part is told to its end as it was begun, before anything else of the same', async () => {
    const bench = await new AlertBench({ policy: { groupBy: [] } }).start()
    bench.channel('chat').answer = ({ progress }) =>
      progress === undefined
        ? refusedWith('timeout', { progress: '1', mayHaveArrived: true })
        : refusedWith('unreachable', { progress })
    await bench.take(alertUpdate('A'), alertUpdate('B'))
    await bench.take(alertUpdate('B', { status: 'resolved' }))
    await bench.pass(MINUTE)
    bench.channel('chat').answer = () => undefined
    await bench.pass(10 * MINUTE)
    const { requests, taken } = bench.channel('chat')
    expect(requests.slice(1, -1).every(({ progress }) => progress === '1')).toBe(true)
    expect(taken.map(({ alerts }) => alerts.map(({ event, labels }) => `${event} ${labels.alertname}`))).toEqual([
      ['firing A', 'firing B'],
      ['resolved B'],
    ])
    await bench.stop()
  })

  test('that is urgent goes first', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('Old', { severity: 'warning', labels: { n: '1' } }))
    await bench.take(alertUpdate('Old', { severity: 'warning', labels: { n: '1' }, status: 'resolved' }))
    await bench.take(alertUpdate('Info', { severity: 'info' }))
    await bench.take(alertUpdate('Disk', { severity: 'warning' }))
    await bench.take(alertUpdate('HostDown'))
    bench.channel('chat').answer = () => undefined
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'resolved Old', 'firing Disk', 'firing Info'])
    await bench.stop()
  })

  test('leaves no faster than its channel lets it', async () => {
    const slow = channelPolicy('chat', { rate: { burst: 2, refillMs: 5_000 } })
    const bench = await new AlertBench({ policy: { channels: [slow] } }).start()
    const times = triesOf(bench)
    for (let index = 0; index < 5; index += 1) await bench.path.accept([alertUpdate(`Alert${index}`)])
    await bench.pass(MINUTE)
    expect(gaps(times)).toEqual([0, 5_000, 5_000, 5_000])
    await bench.stop()
  })
})

describe('a channel that can edit', () => {
  const site = async () => {
    const bench = new AlertBench({ policy: { groupBy: [] } })
    bench.channel('chat').edits = true
    return bench.start()
  }

  test('changes its message when the alert is over', async () => {
    const bench = await site()
    await bench.take(alertUpdate('HostDown'))
    await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
    expect(bench.channel('chat').requests).toMatchObject([
      { message: { status: 'firing' } },
      { message: { status: 'resolved' }, edit: 'chat-1' },
    ])
    await bench.stop()
  })

  test('posts anew what gets louder, and changes that one from then on', async () => {
    const bench = await site()
    await bench.take(alertUpdate('HostDown', { severity: 'warning' }))
    await bench.take(alertUpdate('HostDown'))
    await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
    expect(bench.channel('chat').requests.map(({ edit }) => edit)).toEqual([undefined, undefined, 'chat-2'])
    await bench.stop()
  })

  test('posts the end of one of several anew', async () => {
    const bench = await site()
    await bench.take(alertUpdate('A'), alertUpdate('B'))
    await bench.take(alertUpdate('A', { status: 'resolved' }))
    expect(bench.channel('chat').requests).toMatchObject([
      {},
      { message: { alerts: [{ labels: { alertname: 'A' } }] } },
    ])
    expect(bench.channel('chat').requests[1]?.edit).toBeUndefined()
    await bench.stop()
  })

  test('posts anew where the message is gone', async () => {
    const bench = await site()
    await bench.take(alertUpdate('HostDown'))
    bench.channel('chat').answer = ({ edit }) =>
      edit === undefined ? undefined : refusedWith('not-found', { advice: 'anew' })
    await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'resolved HostDown'])
    await bench.stop()
  })

  test('shows notes, acknowledgements and what got quieter, all in one edit', async () => {
    const bench = await site()
    await bench.take(alertUpdate('HostDown', { labels: { host: 'pve1' } }))
    const note = { kind: 'note' as const, host: 'pve1', code: 'x', sentence: 'Its power is cut.', atMs: 1 }
    await bench.take(note, { ...note, sentence: 'Its power is back.' })
    bench.path.acknowledge(1, 'anna', '')
    await bench.take(alertUpdate('HostDown', { severity: 'warning', labels: { host: 'pve1' } }))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').requests).toHaveLength(2)
    expect(bench.channel('chat').requests[1]).toMatchObject({ edit: 'chat-1' })
    const [alert] = bench.channel('chat').requests[1]?.message.alerts ?? []
    expect(alert).toMatchObject({ acknowledgedBy: 'anna', severity: 'warning', event: 'update' })
    expect(alert?.timeline.map(({ sentence }) => sentence)).toEqual([
      'Its power is cut.',
      'Its power is back.',
      'anna has it.',
      'It was critical and is warning now.',
    ])
    await bench.stop()
  })

  test('changes a message with all that it shows', async () => {
    const bench = await site()
    await bench.take(alertUpdate('A', { labels: { host: 'pve1' } }), alertUpdate('B'))
    await bench.take({ kind: 'note', host: 'pve1', code: 'x', sentence: 'Something.', atMs: 1 })
    await bench.pass(MINUTE)
    expect(bench.channel('chat').requests[1]).toMatchObject({
      edit: 'chat-1',
      message: { alerts: [{ labels: { alertname: 'A' } }, { labels: { alertname: 'B' } }] },
    })
    await bench.stop()
  })

  test('shows the end of what was silenced after it was told', async () => {
    const bench = await site()
    await bench.take(alertUpdate('HostDown', { labels: { host: 'pve1' } }))
    bench.path.silence({ matchers: ['host=pve1'], forMs: HOUR, by: 'anna', comment: '' })
    await bench.pass(1_000)
    await bench.take(alertUpdate('HostDown', { labels: { host: 'pve1' }, status: 'resolved' }))
    await bench.pass(MINUTE)
    expect(bench.channel('chat').requests[1]).toMatchObject({ edit: 'chat-1', message: { status: 'resolved' } })
    expect(bench.channel('chat').requests).toHaveLength(2)
    await bench.stop()
  })
})

test('messages about one alert stay in one thread, also when others join', async () => {
  const bench = await new AlertBench({ policy: { groupBy: [] } }).start()
  await bench.take(alertUpdate('A'), alertUpdate('B'))
  await bench.take(alertUpdate('B', { status: 'resolved' }))
  await bench.take(alertUpdate('A', { status: 'resolved' }))
  const threads = bench.channel('chat').taken.map(({ thread }) => thread)
  expect(new Set(threads).size).toBe(1)
  expect(new Set(bench.channel('chat').taken.map(({ key }) => key)).size).toBe(3)
  await bench.stop()
})
