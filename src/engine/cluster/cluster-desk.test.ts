import { afterEach, describe, expect, it } from 'vitest'
import { config, guest, type LabSpec, lab, nodeStatus, read, storage, task } from '../../core/cluster/testing/lab.ts'
import { EMPTY_SNAPSHOT, feedsOf, initialState } from '../../core/state/initial.ts'
import type { Event, Snapshot, Told } from '../../core/state/types.ts'
import { DeviceDesk } from '../device-desk.ts'
import { Engine } from '../engine.ts'
import { FakeDevice, FakeJournal, FakeMarks, FakeProbing, POLICY } from '../testing/fakes.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ClusterDesk } from './cluster-desk.ts'
import type { ClusterDeskParts } from './parts.ts'
import { ToldWatch } from './testing/told-watch.ts'

const left: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of left.splice(0)) await end()
})

const [host] = POLICY.hosts
const policy = { ...POLICY, hosts: host === undefined ? [] : [{ ...host, name: 'pve1', cluster: 'home' }] }

type SetUp = {
  readonly spec?: LabSpec
  readonly startMissed?: boolean
  readonly snapshot?: Snapshot
  readonly parts?: Partial<ClusterDeskParts>
}

/** A desk with the real core behind it. */
function setUp({ spec = {}, startMissed = false, snapshot = EMPTY_SNAPSHOT, parts = {} }: SetUp = {}) {
  const clock = new ManualClock()
  const journal = new FakeJournal([])
  const told: Told[] = []
  const engine = new Engine({
    clock,
    journal,
    breadcrumbs: new FakeMarks([]),
    probing: new FakeProbing(clock),
    desk: new DeviceDesk([new FakeDevice([])], clock),
    state: initialState(snapshot, policy, clock.now()),
    onTold: (each) => void told.push(each),
  })
  const watch = new ToldWatch(lab({ ...spec, now: clock.now() }))
  const fed: Event[] = []
  const desk = new ClusterDesk(
    {
      clock,
      feed: (event) => {
        fed.push(event)
        engine.feed(event)
      },
      feeds: () => feedsOf(engine.state),
      alerts: () => engine.state.alerts,
      hostsOf: () => [{ name: 'pve1', address: '10.0.0.1' }],
      ownAddresses: () => [],
      ...parts,
    },
    [{ watch, startMissed }],
  )
  engine.start([])
  left.push(
    () => desk.close(),
    () => engine.close(),
  )
  const tell = (next: LabSpec) => watch.tell(lab({ ...next, now: clock.now() }))
  /** The same again and again, as long as time passes. */
  const live = async (next: LabSpec | (() => LabSpec), seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      tell(typeof next === 'function' ? next() : next)
      await clock.pass(Math.min(5, seconds - passed) * 1000)
    }
  }
  const alerts = () => Object.fromEntries(Object.entries(engine.state.alerts).map(([key, { state }]) => [key, state]))
  const inbox = () =>
    journal.inbox.flatMap((each) => (each.kind === 'alert' ? [`${each.status} ${each.labels.alertname}`] : []))
  return { clock, journal, engine, watch, desk, fed, told, tell, live, alerts, inbox }
}

const without3 = { sees: ['pve1', 'pve2'] }
const dead3: LabSpec = { specs: { pve1: without3, pve2: without3, pve3: { silent: true } } }
const stopped: LabSpec = { guests: [guest(100, 'pve2', { status: 'stopped' })], configs: { 'qemu/100': config() } }

describe('what the guards are fed', () => {
  it('is that the cluster is configured, from the start on', () => {
    const silent = { silent: true }
    const { desk, engine } = setUp({ spec: { specs: { pve1: silent, pve2: silent, pve3: silent } } })
    desk.start()
    expect(feedsOf(engine.state)).toMatchObject({ peers: {}, peersConfigured: ['home'] })
  })

  it('is who is a member', () => {
    const { desk, engine } = setUp()
    desk.start()
    expect(feedsOf(engine.state)).toMatchObject({ peers: { home: { members: ['pve1'], quorate: true } } })
  })

  it('changes with the views, within a second, and not more often', async () => {
    const { desk, engine, tell, clock, fed } = setUp()
    desk.start()
    const before = fed.length
    tell({ specs: { pve2: { sees: ['pve2', 'pve3'] }, pve3: { sees: ['pve2', 'pve3'] }, pve1: { silent: true } } })
    for (let count = 0; count < 20; count += 1)
      tell({ specs: { pve2: { sees: ['pve2', 'pve3'] }, pve3: { sees: ['pve2', 'pve3'] }, pve1: { silent: true } } })
    await clock.pass(999)
    expect(fed.length).toBe(before)
    await clock.pass(1)
    expect(feedsOf(engine.state).peers.home?.members).toEqual([])
    expect(fed.slice(before).filter(({ kind }) => kind === 'fed')).toHaveLength(1)
  })

  it('is renewed while nothing changes, and seldom', async () => {
    const { desk, engine, live, fed, clock } = setUp()
    desk.start()
    await live({}, 60)
    const at = feedsOf(engine.state).peers.home?.at
    expect(clock.now().monoMs - (at?.monoMs ?? 0)).toBeLessThanOrEqual(20_000)
    expect(fed.filter(({ kind }) => kind === 'fed').length).toBeLessThanOrEqual(8)
  })

  it('is that nobody has quorum, once the last view has grown old', async () => {
    const { desk, engine, clock } = setUp()
    desk.start()
    expect(feedsOf(engine.state).peers.home?.quorate).toBe(true)
    await clock.pass(61_000)
    expect(feedsOf(engine.state).peers.home).toMatchObject({ quorate: false, members: [] })
  })
})

describe('alerts', () => {
  it('fire after their time, and end', async () => {
    const { desk, live, alerts, inbox } = setUp()
    desk.start()
    await live(dead3, 20)
    expect(alerts()['PveNodeOffline/home/pve3']).toBe('pending')
    await live(dead3, 60)
    expect(alerts()['PveNodeOffline/home/pve3']).toBe('firing')
    expect(inbox()).toContain('firing PveNodeOffline')
    await live({}, 90)
    expect(inbox()).toContain('resolved PveNodeOffline')
  })

  it('bear what they are about', async () => {
    const { desk, live, journal } = setUp()
    desk.start()
    await live(stopped, 200)
    const [update] = journal.inbox.flatMap((each) =>
      each.kind === 'alert' && each.labels.alertname === 'PveGuestDown' ? [each] : [],
    )
    expect(update).toMatchObject({
      labels: { cluster: 'home', guest: 'qemu/100', severity: 'critical' },
      annotations: {
        summary: 'qemu/100 of home is down and should run',
        description: 'g100 (qemu/100) is stopped on pve2, and it is to start with its node.',
        runbook_url: 'docs/runbook.md#pveguestdown',
      },
    })
  })

  it('are said once', async () => {
    const { desk, live, fed } = setUp()
    desk.start()
    await live(stopped, 600)
    expect(fed.filter((event) => event.kind === 'observed' && event.holds)).toHaveLength(1)
    await live({ guests: [guest(100, 'pve2')], configs: { 'qemu/100': config() } }, 60)
    expect(fed.filter((event) => event.kind === 'observed' && !event.holds)).toHaveLength(1)
  })

  it('are said once even where they are disabled', async () => {
    const { desk, engine, live, fed } = setUp()
    engine.reconfigure({ ...policy, disabledAlerts: ['PveGuestDown'] }, new FakeProbing(new ManualClock()))
    desk.start()
    await live(stopped, 60)
    expect(fed.filter(({ kind }) => kind === 'observed')).toHaveLength(1)
    await live({ guests: [guest(100, 'pve2')] }, 10)
    await live(stopped, 10)
    // It ceased and began again.
    expect(fed.filter(({ kind }) => kind === 'observed')).toHaveLength(2)
  })

  it('wait through a backup without being told', async () => {
    const { desk, live, inbox } = setUp()
    desk.start()
    await live(stopped, 120)
    await live({ ...stopped, tasks: [task('vzdump', 'pve2', '100')] }, 300)
    await live({ guests: [guest(100, 'pve2')], configs: stopped.configs ?? {} }, 60)
    expect(inbox()).toEqual([])
  })

  it('end after a restart, where what they were about is gone meanwhile', async () => {
    const first = setUp()
    first.desk.start()
    await first.live(stopped, 300)
    const { alerts } = first.engine.state
    expect(alerts['PveGuestDown/home/qemu/100']?.state).toBe('firing')
    const second = setUp({ snapshot: { ...EMPTY_SNAPSHOT, alerts } })
    second.desk.start()
    await second.live({}, 90)
    expect(second.inbox()).toEqual(['resolved PveGuestDown'])
  })

  it('end where their cluster is watched no longer', async () => {
    const { desk, live, inbox } = setUp()
    desk.start()
    await live(stopped, 300)
    await desk.reconfigure([])
    await live({}, 90)
    expect(inbox()).toEqual(['firing PveGuestDown', 'resolved PveGuestDown'])
  })

  it('say nothing of a host that is in our hands', async () => {
    const { desk, live, inbox } = setUp({
      parts: { hostsInHands: () => ['pve3'], hostsOf: () => [{ name: 'pve3', address: 'x' }] },
    })
    desk.start()
    await live(dead3, 300)
    expect(inbox()).not.toContain('firing PveNodeOffline')
  })
})

const ABORTED = { ok: false, code: 'aborted', sentence: 'Given up.' } as const

describe('guests that a boot has not started', () => {
  const missed: LabSpec = {
    guests: [guest(101, 'pve1', { status: 'stopped' }), guest(102, 'pve1', { status: 'stopped' })],
    configs: { 'qemu/101': config({ order: 2 }), 'qemu/102': config({ order: 1, upS: 20 }) },
    storages: [storage('pve1', 'local')],
  }
  const booted = (clock: ManualClock) => (): LabSpec => {
    const own = read(nodeStatus({ uptimeS: 400, bootId: 'boot-2' }), 5, clock.now())
    return { ...missed, specs: { pve1: { view: { own } } } }
  }

  it('are started in order, each once, and told', async () => {
    const { desk, live, watch, told, clock } = setUp({ startMissed: true })
    desk.start()
    await live(booted(clock), 10)
    expect(watch.started).toEqual(['qemu/102'])
    await live(booted(clock), 120)
    expect(watch.started).toEqual(['qemu/102', 'qemu/101'])
    expect(watch.refreshed).toContain('resources')
    expect(told.filter(({ code }) => code === 'guest-started')).toHaveLength(2)
  })

  it('are left alone unless that is configured', async () => {
    const { desk, live, watch, clock } = setUp()
    desk.start()
    await live(booted(clock), 60)
    expect(watch.started).toEqual([])
  })

  it('that cannot be started are told, and not tried again', async () => {
    const { desk, live, watch, told, clock } = setUp({ startMissed: true })
    watch.onStart = async (id) => ({ ok: true, value: { upid: id, exitStatus: 'no such volume', ok: false } })
    desk.start()
    await live(booted(clock), 120)
    expect(watch.started).toEqual(['qemu/102', 'qemu/101'])
    expect(told.find(({ code }) => code === 'guest-start-failed')?.sentence).toBe(
      'qemu/102 did not start when pve1 booted, and could not be started since: no such volume',
    )
  })

  it('are started one at a time, however long that takes', async () => {
    const { desk, live, watch, clock } = setUp({ startMissed: true })
    watch.onStart = (_, signal) => {
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(ABORTED)))
    }
    desk.start()
    await live(booted(clock), 120)
    expect(watch.started).toEqual(['qemu/102'])
  })

  it('are remembered over a reload', async () => {
    const { desk, live, watch, clock } = setUp({ startMissed: true })
    desk.start()
    await live(booted(clock), 10)
    await desk.reconfigure([{ watch, startMissed: true }])
    await live(booted(clock), 120)
    expect(watch.started).toEqual(['qemu/102', 'qemu/101'])
  })
})

describe('the desk', () => {
  it('shows a model as of now', async () => {
    const { desk, clock } = setUp()
    desk.start()
    await clock.pass(3000)
    expect(desk.model('home')?.nodes[0]?.viewAgeMs).toBe(8000)
    expect(desk.model('away')).toBeUndefined()
  })

  it('leaves nothing behind', async () => {
    const { desk, watch, fed, clock, tell } = setUp()
    desk.start()
    await desk.close()
    const before = fed.length
    tell(dead3)
    await clock.pass(60_000)
    expect(fed).toHaveLength(before)
    expect(watch.listeners.size).toBe(0)
  })
})
