import { describe, expect, test } from 'vitest'
import type { AlertNote, AlertUpdate } from '../core/alerts/types.ts'
import { EMPTY_SNAPSHOT, initialState } from '../core/state/initial.ts'
import type { Change, Decision, Told } from '../core/state/types.ts'
import { Memory } from './memory.ts'
import { FakeJournal, POLICY } from './testing/fakes.ts'

const AT = { wallMs: 1, bootId: 'boot', monoMs: 1 }
const told = (sentence: string): Told => ({ code: 'host-up', severity: 'info', at: AT, sentence })
const record = (host: string, cycles: number): Change => {
  const outage = { id: 'outage-1', startedAt: AT, verdict: 'down' as const, cycles, wouldCycles: 0 }
  return { collection: 'hosts', key: host, value: { host, cycleTimes: [], outage } }
}
const seen: Change = {
  collection: 'devicesNow',
  key: 'strip',
  value: { device: 'strip', reachable: true, since: AT, readings: {}, highPower: {}, troubleTold: false, failures: 0 },
}
const decision = (changes: Change[], words: Told[] = []): Decision => ({
  changes,
  told: words,
  incoming: [],
  effects: [],
})

const alert = (startsMs: number): AlertUpdate => ({
  kind: 'alert',
  source: 'own',
  status: 'firing',
  fingerprint: '0123456789abcdef',
  labels: { alertname: 'ProxmoxHostDown' },
  annotations: {},
  severity: 'critical',
  startsMs,
})
const NOTE: AlertNote = { kind: 'note', host: 'pve1', code: 'refused', sentence: 'Not now.', atMs: 1 }

function setUp() {
  const journal = new FakeJournal([])
  const memory = new Memory(journal, initialState(EMPTY_SNAPSHOT, POLICY, AT))
  const full = (yes: boolean) => {
    journal.refuses = () => yes
  }
  return { journal, memory, full }
}

describe('memory', () => {
  test('what is only seen is kept in memory alone, and nothing to say is no commit', () => {
    const { journal, memory } = setUp()
    expect(memory.take(decision([seen])).outcome).toEqual({ ok: true })
    expect(memory.state.devicesNow.strip?.reachable).toBe(true)
    expect(journal.commits).toEqual([])
    memory.take(decision([seen, record('pve1', 1)], [told('a')]))
    expect(journal.commits).toEqual([{ changes: [record('pve1', 1)], told: [told('a')] }])
  })

  test('with the disk full it goes on, and owes the disk each row once, as it is now, and every word', () => {
    const { journal, memory, full } = setUp()
    full(true)
    expect(memory.take(decision([record('pve1', 1)], [told('a')])).outcome).toMatchObject({ ok: false, code: 'full' })
    expect(memory.state.hosts.pve1?.outage?.cycles).toBe(1)
    expect(memory.settled).toBe(false)
    memory.take(decision([record('pve1', 2), record('pve2', 1)], [told('b')]))
    memory.take(decision([{ collection: 'hosts', key: 'pve2', value: undefined }]))
    expect(memory.retry().outcome).toMatchObject({ ok: false })
    full(false)
    expect(memory.retry().outcome).toEqual({ ok: true })
    expect(memory.settled).toBe(true)
    expect(journal.commits).toEqual([
      {
        changes: [record('pve1', 2), { collection: 'hosts', key: 'pve2', value: undefined }],
        told: [told('a'), told('b')],
      },
    ])
    expect(memory.retry().outcome).toEqual({ ok: true })
    expect(journal.commits).toHaveLength(1)
  })

  test('the next decision pays the debt in its own commit', () => {
    const { journal, memory, full } = setUp()
    full(true)
    memory.take(decision([record('pve1', 1)], [told('a')]))
    full(false)
    expect(memory.take(decision([], [told('b')])).outcome).toEqual({ ok: true })
    expect(journal.commits).toEqual([{ changes: [record('pve1', 1)], told: [told('a'), told('b')] }])
  })

  test('even a decision without changes fails while something is owed: the caller must not begin anything', () => {
    const { memory, full } = setUp()
    full(true)
    memory.take(decision([record('pve1', 1)]))
    expect(memory.take(decision([seen])).outcome).toMatchObject({ ok: false })
  })

  test('words are bounded, the newest stay', () => {
    const { journal, memory, full } = setUp()
    full(true)
    for (let count = 0; count < 1_500; count += 1) memory.take(decision([], [told(`word ${count}`)]))
    full(false)
    memory.retry()
    const kept = journal.commits[0]?.told ?? []
    expect(kept).toHaveLength(1_000)
    expect(kept.at(-1)).toEqual(told('word 1499'))
  })

  test('what goes to the alerts’ inbox is in the commit of its decision, and in that of no other', () => {
    const { journal, memory } = setUp()
    const taken = memory.take({ ...decision([record('pve1', 1)], [told('a')]), incoming: [alert(1)] })
    expect(taken).toEqual({ outcome: { ok: true }, incoming: [alert(1)] })
    expect(memory.take(decision([record('pve1', 2)]))).toEqual({ outcome: { ok: true }, incoming: [] })
    expect(memory.take({ ...decision([]), incoming: [alert(2)] }).incoming).toEqual([alert(2)])
    expect(journal.commits).toHaveLength(3)
    expect(journal.inbox).toEqual([alert(1), alert(2)])
  })

  test('an alert that the disk did not take is owed, and goes to it once', () => {
    const { journal, memory, full } = setUp()
    full(true)
    expect(memory.take({ ...decision([]), incoming: [alert(1)] })).toMatchObject({
      outcome: { ok: false },
      incoming: [alert(1)],
    })
    expect(memory.settled).toBe(false)
    // Only what is new is handed out again: the first was told directly already.
    expect(memory.take({ ...decision([]), incoming: [alert(2)] }).incoming).toEqual([alert(2)])
    expect(memory.retry()).toMatchObject({ outcome: { ok: false }, incoming: [] })
    full(false)
    expect(memory.retry()).toEqual({ outcome: { ok: true }, incoming: [alert(1), alert(2)] })
    expect(memory.retry()).toEqual({ outcome: { ok: true }, incoming: [] })
    expect(memory.take(decision([], [told('b')])).incoming).toEqual([])
    expect(journal.inbox).toEqual([alert(1), alert(2)])
  })

  test('alerts are bounded: notes go first, then the oldest', () => {
    const { journal, memory, full } = setUp()
    full(true)
    for (let count = 0; count < 900; count += 1) memory.take({ ...decision([]), incoming: [alert(count), NOTE] })
    for (let count = 900; count < 1_100; count += 1) memory.take({ ...decision([]), incoming: [alert(count)] })
    full(false)
    expect(memory.retry().incoming).toHaveLength(1_000)
    expect(journal.inbox[0]).toEqual(alert(100))
    expect(journal.inbox.at(-1)).toEqual(alert(1_099))
  })

  test('a policy is configuration: it takes effect and is never written', () => {
    const { journal, memory } = setUp()
    memory.setPolicy({ ...POLICY, mode: 'dry-run' })
    expect(memory.state.policy.mode).toBe('dry-run')
    expect(journal.commits).toEqual([])
  })
})
