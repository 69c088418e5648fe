import { afterEach, describe, expect, test } from 'vitest'
import type { AlertUpdate, Incoming } from '../core/alerts/types.ts'
import type { Evidence } from '../core/evidence/types.ts'
import { EMPTY_SNAPSHOT, initialState } from '../core/state/initial.ts'
import type { Change, FoundBreadcrumb, Order, Told } from '../core/state/types.ts'
import { DeviceDesk } from './device-desk.ts'
import { Engine } from './engine.ts'
import { type Diary, FakeDevice, FakeJournal, FakeMarks, FakeProbing, POLICY } from './testing/fakes.ts'
import { ManualClock } from './testing/manual-clock.ts'

const HOLD = POLICY.offHoldMs
const FULL = { ok: false, code: 'full', sentence: 'the disk is full' } as const
const engines: Engine[] = []
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close()
})

function setUp(policy = POLICY) {
  const diary: Diary = []
  const clock = new ManualClock()
  const journal = new FakeJournal(diary)
  const marks = new FakeMarks(diary)
  const probing = new FakeProbing(clock)
  const device = new FakeDevice(diary)
  const desk = new DeviceDesk([device], clock)
  const told: Told[] = []
  const state = initialState(EMPTY_SNAPSHOT, policy, clock.now())
  const onTold = (each: Told) => void told.push(each)
  const handed: (readonly [boolean, string])[] = []
  const onIncoming = (incoming: readonly Incoming[], committed: boolean) => {
    for (const each of incoming) if (each.kind === 'alert') handed.push([committed, wordOf(each)])
  }
  const engine = new Engine({ clock, journal, breadcrumbs: marks, probing, desk, state, onTold, onIncoming })
  engines.push(engine)
  const codes = () => told.map(({ code }) => code)
  return { diary, clock, journal, marks, probing, device, desk, told, handed, engine, codes }
}

const wordOf = ({ labels, status }: AlertUpdate) => `${labels.alertname} ${status}`

type Bench = ReturnType<typeof setUp>

/** The device is known and the host was seen alive. */
async function watching(bench = setUp(), breadcrumbs: FoundBreadcrumb[] = []): Promise<Bench> {
  const { engine, desk } = bench
  engine.start(breadcrumbs)
  const look = await desk.look('strip')
  if (!look.ok) throw new TypeError(look.sentence)
  engine.feed({ kind: 'device-read', device: 'strip', identity: look.identity, readings: look.readings })
  await round(bench)
  bench.diary.length = 0
  return bench
}

async function round({ engine, probing, clock }: Bench): Promise<void> {
  const evidence: readonly Evidence[] = await probing.ask(1, 0, new AbortController().signal)
  engine.feed({ kind: 'round', round: 1, evidence })
  await clock.settle()
}

/** The host falls silent, and so many rounds say so. */
async function dies(bench: Bench, rounds = 3): Promise<void> {
  bench.probing.alive = false
  for (let count = 0; count < rounds; count += 1) {
    await bench.clock.pass(POLICY.intervalMs)
    await round(bench)
  }
}

/** Rounds go on while time passes, so that the core sees no standstill. */
async function pass(bench: Bench, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= POLICY.intervalMs) {
    await bench.clock.pass(Math.min(left, POLICY.intervalMs))
    await round(bench)
  }
}

/** The disk is full from the moment in which such a command is to be written down. */
function fullAt(op: string): (changes: readonly Change[]) => boolean {
  let full = false
  return (changes) => {
    full ||= changes.some(({ collection, value }) => collection === 'commands' && value?.op === op)
    return full
  }
}

describe('towards OFF', () => {
  test('first the plan is on disk, then the mark, and only then OFF leaves', async () => {
    const bench = await watching()
    await dies(bench)
    const { diary, marks, device } = bench
    expect(device.state).toBe('off')
    const order = ['committed identify', 'identify', 'committed arm', 'arm', 'committed off', 'mark put', 'off']
    expect(diary.filter((each) => order.includes(each))).toEqual(order)
    expect([...marks.marks.values()]).toMatchObject([{ device: 'strip', outlet: '0', deviceId: 'ID', target: 'pve1' }])
  })

  test('the host is asked once more first; alive, it is left alone', async () => {
    const bench = await watching()
    bench.probing.alive = false
    const asked = bench.probing.ask.bind(bench.probing)
    bench.probing.ask = (number, deadlineMs, signal, hosts) => {
      bench.probing.alive = hosts !== undefined
      return asked(number, deadlineMs, signal, hosts)
    }
    await dies(bench)
    expect(bench.codes()).toContain('cycle-abandoned')
    expect(bench.diary).not.toContain('off')
  })

  test.each(['off', 'arm'])('nothing leaves when the commit of %s failed; with room again it goes on', async (op) => {
    const bench = await watching()
    bench.journal.refuses = fullAt(op)
    await dies(bench)
    expect(bench.diary).toContain('commit failed')
    expect(bench.diary).not.toContain('off')
    if (op === 'arm') expect(bench.diary).not.toContain('arm')
    expect(bench.marks.marks.size).toBe(0)
    expect(bench.device.state).toBe('on')
    expect(bench.codes()).toContain('store-unavailable')
    expect(bench.engine.storeOk).toBe(false)
    bench.journal.refuses = () => false
    await pass(bench, 120_000)
    expect(bench.engine.storeOk).toBe(true)
    expect(bench.codes()).toContain('store-recovered')
  })

  test('nothing leaves when the mark cannot be written', async () => {
    const bench = await watching()
    bench.marks.puts = () => FULL
    await dies(bench)
    await pass(bench, 120_000)
    expect(bench.diary).toContain('mark failed')
    expect(bench.diary).not.toContain('off')
    expect(bench.device.state).toBe('on')
  })

  test('a driver that throws at OFF leaves a doubt: the outlet is looked at', async () => {
    const bench = await watching()
    bench.device.before = async (call) => {
      if (call === 'off') throw new TypeError('a mistake')
      return undefined
    }
    await dies(bench)
    await pass(bench, 60_000)
    expect(bench.diary.slice(bench.diary.indexOf('off'))).toContain('read')
    expect(bench.device.state).toBe('on')
    expect(bench.codes()).toContain('cycle-failed')
    expect(bench.marks.marks.size).toBe(0)
  })
})

describe('towards ON', () => {
  test('ON leaves although the disk takes nothing; the mark goes once it does', async () => {
    const bench = await watching()
    await dies(bench)
    expect(bench.device.state).toBe('off')
    bench.journal.refuses = () => true
    await pass(bench, HOLD + 120_000)
    expect(bench.device.state).toBe('on')
    expect(bench.diary).toContain('on')
    expect(bench.engine.state.intents).toEqual({})
    expect(bench.marks.marks.size).toBe(1)
    bench.journal.refuses = () => false
    await pass(bench, 30_000)
    expect(bench.marks.marks.size).toBe(0)
    const written = bench.journal.commits.flatMap(({ told }) => told.map(({ code }) => code))
    expect(written).toContain('cycle-done')
  })

  test('a mark that cannot be removed is tried again', async () => {
    const bench = await watching()
    await dies(bench)
    bench.marks.removes = () => FULL
    await pass(bench, HOLD + 120_000)
    expect(bench.device.state).toBe('on')
    expect(bench.marks.marks.size).toBe(1)
    bench.marks.removes = () => ({ ok: true })
    await pass(bench, 30_000)
    expect(bench.marks.marks.size).toBe(0)
  })

  test('a mark without its plan is paid at once, disk or no disk', async () => {
    const bench = setUp()
    bench.journal.refuses = () => true
    bench.device.state = 'off'
    const offAt = bench.clock.now()
    const mark = { intent: 'plan-9', target: 'pve1', device: 'strip', outlet: '0', reason: 'dead', offAt, holdMs: HOLD }
    await watching(bench, [mark])
    await pass(bench, 60_000)
    expect(bench.device.state).toBe('on')
    expect(bench.codes()).toContain('breadcrumb-honoured')
  })
})

describe('alerts', () => {
  const isAlert = (each: Incoming): each is AlertUpdate => each.kind === 'alert'

  test('are in the commit of the decision, and handed out after it', async () => {
    const bench = await watching()
    await dies(bench)
    expect(bench.handed).toEqual([
      [true, 'ProxmoxHostDown firing'],
      [true, 'ProxmoxPowerCycle firing'],
    ])
    expect(bench.journal.inbox.filter(isAlert).map(wordOf)).toEqual(bench.handed.map(([, word]) => word))
    const off = bench.journal.commits.findIndex(({ changes }) =>
      changes.some(({ collection, value }) => collection === 'commands' && value?.op === 'off'),
    )
    expect(bench.journal.announced[off]?.filter(isAlert).map(wordOf)).toEqual(['ProxmoxPowerCycle firing'])
  })

  test('that the disk does not take are handed out all the same, and once more when it has', async () => {
    const bench = await watching()
    bench.journal.refuses = () => true
    await dies(bench)
    expect(bench.handed).toEqual([
      [false, 'WatchdogStateStore firing'],
      [false, 'ProxmoxHostDown firing'],
    ])
    expect(bench.journal.inbox).toEqual([])
    await pass(bench, 60_000)
    expect(bench.handed).toHaveLength(2)
    bench.journal.refuses = () => false
    await bench.clock.pass(5_000)
    expect(bench.handed.slice(2, 4)).toEqual([
      [true, 'WatchdogStateStore firing'],
      [true, 'ProxmoxHostDown firing'],
    ])
    await pass(bench, 120_000)
    const words = bench.journal.inbox.filter(isAlert).map(wordOf)
    expect(words.filter((word) => word === 'ProxmoxHostDown firing')).toHaveLength(1)
    expect(words).toContain('WatchdogStateStore resolved')
  })

  test('may raise others while they are handed out', async () => {
    const bench = await watching()
    bench.engine.feed({ kind: 'observed', name: 'WatchdogDeadLetters', subject: 'ntfy', holds: true, sentence: 'x' })
    expect(bench.handed).toEqual([[true, 'WatchdogDeadLetters firing']])
  })

  test('without anybody to hand them to are written down', async () => {
    const { engine, journal } = setUpWithoutAlertPath()
    engine.feed({ kind: 'observed', name: 'WatchdogDeadLetters', subject: 'ntfy', holds: true, sentence: 'x' })
    expect(journal.inbox).toHaveLength(1)
  })
})

function setUpWithoutAlertPath() {
  const clock = new ManualClock()
  const journal = new FakeJournal([])
  const state = initialState(EMPTY_SNAPSHOT, POLICY, clock.now())
  const parts = { clock, journal, state, breadcrumbs: new FakeMarks([]), probing: new FakeProbing(clock) }
  const engine = new Engine({ ...parts, desk: new DeviceDesk([], clock), onTold: () => undefined })
  engines.push(engine)
  return { engine, journal }
}

describe('orders', () => {
  const by = 'test'
  const reason = 'a test'
  const orders: Order[] = [
    ...(['pve1', 'outlet:strip/0', 'nobody', 'outlet:gone/7', '*', ''] as const).flatMap((target): Order[] => [
      ...(['on', 'off', 'cycle'] as const).map(
        (goal): Order => ({ by, order: 'switch', target, goal, reason, protected: false, untilMs: 'release' }),
      ),
      { by, order: 'switch', target, goal: 'cycle', reason, protected: true, verify: true },
      { by, order: 'pause', target, reason },
      { by, order: 'resume', target },
      { by, order: 'maintenance', host: target, forMs: 60_000, reason },
      { by, order: 'maintenance-end', host: target },
      { by, order: 'clear-lockout', host: target },
      { by, order: 'accept-device', device: target },
    ]),
    { by, order: 'accept-device', device: 'strip' },
  ]

  test.each(orders.map((order) => [JSON.stringify(order), order] as const))(
    '%s is answered once',
    async (_name, order) => {
      const { engine, clock } = await watching()
      const answers: [string, unknown][] = []
      void engine.order(order).then((answer) => answers.push(['first', answer]))
      void engine
        .order({ by, order: 'resume', target: 'nobody-at-all' })
        .then((answer) => answers.push(['second', answer]))
      await clock.settle()
      expect(answers.map(([which]) => which)).toEqual(['first', 'second'])
      expect(answers[0]?.[1]).toMatchObject({ code: expect.any(String), sentence: expect.stringMatching(/\.$/) })
      expect(JSON.stringify(answers[1]?.[1])).toContain('nobody-at-all')
    },
  )

  test('is answered while the disk takes nothing, and when it is too late', async () => {
    const bench = await watching()
    bench.journal.refuses = () => true
    expect(await bench.engine.order({ by, order: 'pause', target: 'pve1', reason })).toMatchObject({
      code: expect.any(String),
    })
    bench.engine.close()
    expect(await bench.engine.order({ by, order: 'pause', target: 'pve1', reason })).toMatchObject({
      ok: false,
      code: 'stopping',
    })
  })
})

describe('the loop', () => {
  test('what is fed while a decision is made is taken right after it, in order', async () => {
    const bench = setUp()
    const seen: string[] = []
    const { engine } = bench
    const listener = (told: Told) => {
      seen.push(told.sentence)
      if (told.sentence === 'one') engine.feed({ kind: 'noted', code: 'watchdog-late', sentence: 'two' })
    }
    bench.told.push = (...each: Told[]) => {
      for (const told of each) listener(told)
      return 0
    }
    engine.feed({ kind: 'noted', code: 'watchdog-late', sentence: 'one' })
    expect(seen).toEqual(['one', 'two'])
  })

  test('stopping waits until what was cut is on, or until nobody wants to wait any longer', async () => {
    const without = setUp()
    without.device.before = async (call) =>
      call === 'arm'
        ? { ok: false, error: { code: 'not-supported', sentence: 'no timer', mayHaveLanded: false } }
        : undefined
    const bench = await watching(without)
    await dies(bench)
    expect(bench.device.state).toBe('off')
    let stopped = false
    const stopping = bench.engine.stop(new AbortController().signal).then(() => {
      stopped = true
    })
    await bench.clock.settle()
    expect(stopped).toBe(false)
    await pass(bench, 60_000)
    await stopping
    expect(bench.device.state).toBe('on')
    expect(bench.marks.marks.size).toBe(0)

    const other = await watching()
    await dies(other)
    const hurry = new AbortController()
    hurry.abort()
    await other.engine.stop(hurry.signal)
    const before = other.told.length
    other.engine.feed({ kind: 'noted', code: 'watchdog-late', sentence: 'too late' })
    expect(other.told).toHaveLength(before)
  })
})
