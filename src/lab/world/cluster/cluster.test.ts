import { describe, expect, test } from 'vitest'
import {
  type Action,
  act,
  advanceTo,
  createWorld,
  findOutlet,
  homeLabWithCluster,
  relay,
  type World,
} from '../index.ts'
import type { ClusterSpec } from './spec.ts'
import type { Cluster, Node } from './types.ts'
import { viewOf } from './view.ts'

const S = 1_000

function lab(over: Partial<ClusterSpec> = {}): World {
  const spec = homeLabWithCluster()
  const replications = over.guests === undefined ? {} : { replications: [] }
  return createWorld({ ...spec, clusters: [{ ...spec.clusters![0]!, ...replications, ...over }] })
}
const cluster = (world: World): Cluster => world.clusters[0]!
const node = (world: World, name: string): Node => cluster(world).nodes.find((one) => one.name === name)!
const guest = (world: World, id: string) => cluster(world).guests.find((one) => one.id === id)!
const service = (world: World, sid: string) => cluster(world).ha.services.find((one) => one.sid === sid)!
const view = (world: World, name: string) => viewOf(world, cluster(world), node(world, name))
const does = (world: World, action: Action) => expect(act(world, action)).toMatchObject({ ok: true })
const pass = (world: World, ms: number) => advanceTo(world, world.nowMs + ms)
const words = (world: World, name: string, boot = -1) =>
  (node(world, name).boots.at(boot)?.lines ?? []).map(({ who, text }) => `${who}: ${text}`)
const NONE = { qdevice: undefined } as unknown as Partial<ClusterSpec>

/** Goes on in seconds until it is so, and answers how many passed. */
function secondsUntil(world: World, isSo: () => boolean, mostS = 900): number {
  for (let second = 0; second <= mostS; second += 1) {
    if (isSo()) return second
    pass(world, S)
  }
  throw new Error('it never came')
}

describe('membership and quorum', () => {
  test('at rest nothing is due, and every node sees the same', () => {
    const world = lab()
    pass(world, 60 * S)
    expect(world.queue).toEqual([])
    for (const { name } of cluster(world).nodes) {
      expect(view(world, name)).toMatchObject({ members: ['pve1', 'pve2', 'pve3', 'pve4'], quorate: true })
      expect(view(world, name)).toMatchObject({ presentVotes: 5, neededVotes: 3 })
    }
  })

  test('a hung node is a member for 7 s more, and one that is back for 3 s not yet', () => {
    const world = lab()
    does(world, { kind: 'hang', host: 'pve3' })
    expect(secondsUntil(world, () => !view(world, 'pve1').members.includes('pve3'))).toBe(7)
    expect(view(world, 'pve1')).toMatchObject({ presentVotes: 4, quorate: true })
    does(world, { kind: 'heal', host: 'pve3' })
    expect(view(world, 'pve3')).toMatchObject({ members: ['pve3'], quorate: false })
    expect(secondsUntil(world, () => view(world, 'pve1').members.includes('pve3'))).toBe(3)
    expect(view(world, 'pve3').quorate).toBe(true)
  })

  test('one that is stopped in good order stops its guests first, and is then gone at once', () => {
    const world = lab()
    does(world, { kind: 'shutdown', host: 'pve3' })
    expect(guest(world, 'lxc/103').running).toBe(false)
    expect(view(world, 'pve1').members).toContain('pve3')
    pass(world, 15 * S)
    expect(view(world, 'pve1').members).toEqual(['pve1', 'pve2', 'pve4'])
  })

  test('the sides of a partition see each other not; the side without quorum keeps old rows and says nothing of it', () => {
    const world = lab()
    does(world, { kind: 'partition', host: 'pve4' })
    pass(world, 8 * S)
    expect(view(world, 'pve4')).toMatchObject({ members: ['pve4'], quorate: false, presentVotes: 1 })
    expect(view(world, 'pve1')).toMatchObject({ members: ['pve1', 'pve2', 'pve3'], quorate: true, presentVotes: 4 })
    does(world, { kind: 'guest-stop', guest: 'c3' })
    const seen = (name: string) => view(world, name).guests.find((one) => one.guest.id === 'lxc/103')?.status
    expect([seen('pve1'), seen('pve4')]).toEqual(['stopped', 'running'])
    pass(world, 300 * S)
    expect(seen('pve4')).toBe('unknown')
    does(world, { kind: 'rejoin', host: 'pve4' })
    pass(world, 3 * S)
    expect([seen('pve1'), seen('pve4'), view(world, 'pve4').quorate]).toEqual(['stopped', 'stopped', true])
  })

  test('a link that is cut one way makes the views differ', () => {
    const world = lab()
    does(world, { kind: 'partition-from', host: 'pve1', from: 'pve2' })
    pass(world, 8 * S)
    expect(view(world, 'pve1').members).toEqual(['pve1', 'pve3', 'pve4'])
    expect(view(world, 'pve2').members).toEqual(['pve1', 'pve2', 'pve3', 'pve4'])
    expect([view(world, 'pve1').quorate, view(world, 'pve2').quorate]).toEqual([true, true])
  })

  test('two against two: the QDevice votes for one side, and without it neither has quorum', () => {
    const split = (world: World) => {
      for (const host of ['pve1', 'pve2']) {
        for (const from of ['pve3', 'pve4']) {
          does(world, { kind: 'partition-from', host, from })
          does(world, { kind: 'partition-from', host: from, from: host })
        }
      }
      pass(world, 8 * S)
      return cluster(world).nodes.map(({ quorate }) => quorate)
    }
    expect(split(lab())).toEqual([true, true, false, false])
    const without = lab()
    does(without, { kind: 'qdevice-down' })
    expect(view(without, 'pve1')).toMatchObject({ quorate: true, presentVotes: 4, neededVotes: 3 })
    expect(split(without)).toEqual([false, false, false, false])
  })
})

describe('high availability', () => {
  test('a node that loses quorum with an active LRM resets itself 71 s after its link went, and its guest is recovered', () => {
    const world = lab(NONE)
    does(world, { kind: 'partition', host: 'pve2' })
    expect(secondsUntil(world, () => node(world, 'pve2').host.state === 'booting')).toBe(71)
    expect(service(world, 'vm:101').state).toBe('fence')
    expect(secondsUntil(world, () => service(world, 'vm:101').node !== 'pve2')).toBeGreaterThan(50)
    expect(world.nowMs).toBe(130 * S)
    // The LRM there was idle: it first takes its lock.
    pass(world, 10 * S)
    expect(guest(world, 'qemu/101')).toMatchObject({ node: 'pve3', running: true })
    const told = words(world, 'pve2')
    for (const said of [
      'corosync[70]:   [QUORUM] This node is within the non-primary component and will NOT provide any services.',
      'pmxcfs[74]: [status] notice: node lost quorum',
      'pve-ha-lrm[144]: status change active => lost_agent_lock',
      'watchdog-mux[134]: client (PID 144) watchdog is about to expire',
      'watchdog-mux[134]: client (PID 144) watchdog expired - disable watchdog updates',
      'watchdog-mux[134]: exit watchdog-mux with active connections',
      'kernel: watchdog: watchdog0: watchdog did not stop!',
    ]) {
      expect(told).toContain(said)
    }
    expect(words(world, 'pve1')).toContain("pve-ha-crm[143]: fencing: acknowledged - got agent lock for node 'pve2'")
  })

  test('one whose LRM is idle stays as it is', () => {
    const world = lab(NONE)
    does(world, { kind: 'partition', host: 'pve4' })
    pass(world, 600 * S)
    expect(node(world, 'pve4').host.state).toBe('up')
    expect(cluster(world).ha.nodeStates.pve4).toBe('unknown')
  })

  test('quorum that comes back in time saves it', () => {
    const world = lab(NONE)
    does(world, { kind: 'partition', host: 'pve2' })
    pass(world, 50 * S)
    expect(node(world, 'pve2').lrm.state).toBe('lost_agent_lock')
    does(world, { kind: 'rejoin', host: 'pve2' })
    pass(world, 300 * S)
    expect(node(world, 'pve2')).toMatchObject({ quorate: true, lrm: { state: 'active' } })
    expect(node(world, 'pve2').host.state).toBe('up')
    expect(service(world, 'vm:101')).toMatchObject({ state: 'started', node: 'pve2' })
    expect(world.cuts).toEqual([])
  })

  test('a hung node is fenced after 60 s, its services move when its lock is free, and it comes back idle', () => {
    const world = lab()
    does(world, { kind: 'hang', host: 'pve2' })
    expect(secondsUntil(world, () => service(world, 'vm:101').state === 'fence')).toBe(67)
    expect(secondsUntil(world, () => service(world, 'vm:101').state === 'recovery')).toBe(120 - 67)
    expect(secondsUntil(world, () => service(world, 'vm:101').state === 'started')).toBe(10)
    expect(node(world, 'pve2').host.state).toBe('hung')
    relay(world, findOutlet(world, 'strip', 1)!, false)
    relay(world, findOutlet(world, 'strip', 1)!, true)
    pass(world, 120 * S)
    expect(node(world, 'pve2')).toMatchObject({ running: true, quorate: true, lrm: { state: 'wait_for_agent_lock' } })
    expect(cluster(world).ha.nodeStates.pve2).toBe('online')
    expect(guest(world, 'qemu/102')).toMatchObject({ node: 'pve2', running: true })
  })

  test('the guest of a node on its own disk cannot be recovered: error', () => {
    const world = lab({ guests: [{ vmid: 7, name: 'own', node: 'pve2', ha: 'started', storage: 'local' }] })
    does(world, { kind: 'hang', host: 'pve2' })
    pass(world, 200 * S)
    expect(service(world, 'vm:7').state).toBe('error')
  })

  test('the lock of a master that hangs is free after 120 s; the next one fences', () => {
    const world = lab()
    expect(cluster(world).ha.master).toBe('pve1')
    does(world, { kind: 'hang', host: 'pve1' })
    expect(secondsUntil(world, () => cluster(world).ha.master === 'pve2')).toBe(120)
    expect(secondsUntil(world, () => service(world, 'vm:100').node !== 'pve1')).toBe(70)
  })

  test('a reboot freezes its services, and they start again with it; a shutdown moves them', () => {
    const world = lab()
    does(world, { kind: 'reboot', host: 'pve2' })
    expect(service(world, 'vm:101').state).toBe('freeze')
    pass(world, 200 * S)
    expect(service(world, 'vm:101')).toMatchObject({ state: 'started', node: 'pve2' })
    expect(guest(world, 'qemu/101').running).toBe(true)
    does(world, { kind: 'shutdown', host: 'pve2' })
    expect(secondsUntil(world, () => service(world, 'vm:101').node !== 'pve2')).toBe(85)
  })

  test('a wedged node with an active LRM is reset by its watchdog', () => {
    const world = lab()
    does(world, { kind: 'wedge', host: 'pve2' })
    expect(secondsUntil(world, () => node(world, 'pve2').host.state === 'booting')).toBe(71)
  })

  test('a node that is stopping gets no guest any more, by hand or by HA', () => {
    const world = lab()
    does(world, { kind: 'migrate', guest: 'web1', to: 'pve4' })
    does(world, { kind: 'shutdown', host: 'pve4' })
    pass(world, S)
    expect(node(world, 'pve4').stopping).toBe('shutdown')
    expect(act(world, { kind: 'migrate', guest: '102', to: 'pve4' })).toMatchObject({ code: 'not-possible-now' })
    expect(act(world, { kind: 'guest-start', guest: '104' })).toMatchObject({
      sentence: 'pve4 does not run, or is stopping',
    })
    pass(world, 12 * S)
    expect(service(world, 'vm:100')).toMatchObject({ state: 'started', node: 'pve1' })
    expect(guest(world, 'qemu/100')).toMatchObject({ node: 'pve1', running: true, lock: undefined })
  })

  test('a node that loses quorum while it stops is starved like any other', () => {
    const world = lab()
    does(world, { kind: 'shutdown', host: 'pve2' })
    does(world, { kind: 'partition', host: 'pve2' })
    pass(world, 12 * S)
    expect(node(world, 'pve2')).toMatchObject({ quorate: false, lrm: { state: 'lost_agent_lock', starvedSinceMs: 0 } })
  })

  test('disarmed HA holds no watchdog, and waits for what is on its way', () => {
    const world = lab()
    does(world, { kind: 'migrate', guest: 'web1', to: 'pve3' })
    does(world, { kind: 'disarm-ha', mode: 'freeze' })
    pass(world, 9 * S)
    expect(cluster(world).ha.armed).toBe('disarming')
    expect(secondsUntil(world, () => cluster(world).ha.armed === 'disarmed')).toBeLessThan(20)
    expect(service(world, 'vm:100')).toMatchObject({ state: 'freeze', node: 'pve3' })
    expect(cluster(world).nodes.map(({ lrm }) => lrm.state)).not.toContain('active')
    does(world, { kind: 'partition', host: 'pve3' })
    pass(world, 300 * S)
    expect(node(world, 'pve3').host.state).toBe('up')
    does(world, { kind: 'rejoin', host: 'pve3' })
    does(world, { kind: 'arm-ha' })
    pass(world, 30 * S)
    expect(service(world, 'vm:100').state).toBe('started')
    expect(node(world, 'pve3').lrm.state).toBe('active')
  })

  test('watchdog-mux that is stopped takes the machine with it, if it has a client', () => {
    const world = lab()
    does(world, { kind: 'stop-watchdog-mux', host: 'pve4' })
    does(world, { kind: 'stop-watchdog-mux', host: 'pve2' })
    expect(secondsUntil(world, () => node(world, 'pve2').host.state === 'booting')).toBe(10)
    pass(world, 200 * S)
    expect(node(world, 'pve4').host.state).toBe('up')
    expect(words(world, 'pve2', -2).at(-1)).toBe('watchdog-mux[134]: exit watchdog-mux with active connections')
  })
})

describe('journals', () => {
  test('a clean end is written to the last line, and the power takes the last half minute', () => {
    const world = lab()
    does(world, { kind: 'reboot', host: 'pve3' })
    pass(world, 120 * S)
    expect(words(world, 'pve3', -2).at(-1)).toBe('systemd-journald[52]: Journal stopped')
    expect(words(world, 'pve3').join()).not.toContain('recovery complete')
    pass(world, 100 * S)
    does(world, { kind: 'hang', host: 'pve1' })
    pass(world, 10 * S)
    relay(world, findOutlet(world, 'strip', 2)!, false)
    relay(world, findOutlet(world, 'strip', 2)!, true)
    pass(world, 100 * S)
    // It heard pve1 go three seconds before its power went.
    expect(words(world, 'pve3', -2).join()).not.toContain('Sync left[1]: 1')
    expect(words(world, 'pve2').join()).toContain('Sync left[1]: 1')
    expect(words(world, 'pve3')).toContain('kernel: EXT4-fs (dm-1): recovery complete')
    expect(node(world, 'pve3').boots).toHaveLength(3)
    expect(new Set(node(world, 'pve3').boots.map(({ id }) => id)).size).toBe(3)
  })

  test('they are bounded, in order, and left out where nobody reads them', () => {
    const world = lab()
    for (let round = 0; round < 60; round += 1) {
      does(world, { kind: 'partition', host: 'pve4' })
      pass(world, 10 * S)
      does(world, { kind: 'rejoin', host: 'pve4' })
      pass(world, 10 * S)
    }
    const { lines } = node(world, 'pve4').boots[0]!
    expect(lines).toHaveLength(600)
    expect(lines.map(({ atMs }) => atMs)).toEqual(lines.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
    expect(words(lab({ journals: false }), 'pve1')).toEqual([])
  })
})

describe('guests, storages and jobs', () => {
  test('guests start with their node in their order, and not while their storage is away', () => {
    const world = lab({ guests: homeGuests() })
    does(world, { kind: 'shutdown', host: 'nas' })
    relay(world, findOutlet(world, 'strip', 0)!, false)
    relay(world, findOutlet(world, 'strip', 0)!, true)
    pass(world, 0)
    expect(cluster(world).guests.map(({ running }) => running)).toEqual([false, false, false, false])
    secondsUntil(world, () => guest(world, 'qemu/3').running)
    expect(guest(world, 'qemu/2').running).toBe(false)
    secondsUntil(world, () => guest(world, 'qemu/2').running)
    pass(world, 60 * S)
    expect(guest(world, 'qemu/1').running).toBe(false)
    expect(guest(world, 'qemu/4').running).toBe(false)
    expect(cluster(world).tasks.map(({ status }) => status)).toContain("storage 'nas' is not online")
  })

  test('HA starts again what was stopped; what it does not manage stays stopped', () => {
    const world = lab()
    does(world, { kind: 'guest-stop', guest: 'web1' })
    does(world, { kind: 'guest-stop', guest: '102' })
    pass(world, 30 * S)
    expect([guest(world, 'qemu/100').running, guest(world, 'qemu/102').running]).toEqual([true, false])
    does(world, { kind: 'guest-start', guest: 'qemu/102' })
    pass(world, 5 * S)
    expect(guest(world, 'qemu/102').running).toBe(true)
  })

  test('a backup locks its guest while it runs; backups fail when told so', () => {
    const world = lab()
    does(world, { kind: 'backup-start', guest: '102', forMs: 20 * S })
    expect(guest(world, 'qemu/102').lock).toBe('backup')
    pass(world, 20 * S)
    expect(guest(world, 'qemu/102').lock).toBeUndefined()
    does(world, { kind: 'backup-fail' })
    expect(cluster(world).tasks.at(-1)).toMatchObject({ type: 'vzdump', status: 'job errors' })
    does(world, { kind: 'backup-ok' })
    expect(cluster(world).tasks.at(-1)).toMatchObject({ status: 'OK' })
  })

  test('a task dies with its node', () => {
    const world = lab()
    does(world, { kind: 'backup-start', guest: '102' })
    does(world, { kind: 'hang', host: 'pve2' })
    expect(cluster(world).tasks.at(-1)).toMatchObject({ node: 'pve2', status: 'unexpected status' })
  })

  test('what cannot be done is said', () => {
    const world = lab()
    const plain = createWorld({ ...homeLabWithCluster(), clusters: [] })
    const codes = (
      [
        [world, { kind: 'partition', host: 'nas' }],
        [world, { kind: 'partition-from', host: 'pve1', from: 'pve1' }],
        [world, { kind: 'guest-stop', guest: '999' }],
        [world, { kind: 'storage-full', storage: 'none' }],
        [world, { kind: 'guest-start', guest: 'web1' }],
        [world, { kind: 'qdevice-down', cluster: 'other' }],
        [plain, { kind: 'backup-fail' }],
      ] as [World, Action][]
    ).map(([where, action]) => act(where, action))
    expect(codes.map((result) => (result.ok ? 'ok' : result.code))).toEqual([
      'no-such-host',
      'no-such-host',
      'no-such-guest',
      'no-such-storage',
      'not-possible-now',
      'no-such-cluster',
      'no-such-cluster',
    ])
    expect(() => lab({ guests: [{ vmid: 1, name: 'x', node: 'none' }] })).toThrow('none')
  })
})

function homeGuests(): ClusterSpec['guests'] {
  return [
    { vmid: 1, name: 'on-nas', node: 'pve1', onboot: true, storage: 'nas' },
    { vmid: 2, name: 'later', node: 'pve1', onboot: true, startup: 'order=2' },
    { vmid: 3, name: 'first', node: 'pve1', onboot: true, startup: 'order=1' },
    { vmid: 4, name: 'by-hand', node: 'pve1' },
  ]
}
