import fc from 'fast-check'
import type { Order } from '../../src/core/state/types.ts'
import type { Action } from '../../src/lab/world/index.ts'
import type { Fault, Night, Reload } from './faults.ts'
import type { Mishap, MishapKind } from './mishaps.ts'
import type { Lie } from './prober.ts'
import type { CrashPoint, Fate } from './watch.ts'

const LENGTH_S = 1_500
const atS = fc.integer({ min: 60, max: LENGTH_S - 100 })
const forS = fc.integer({ min: 5, max: 400 })
const cyclable = fc.constantFrom('pve1', 'pve2', 'duo', 'fall')
const anyHost = fc.constantFrom('pve1', 'pve2', 'duo', 'fall', 'watched', 'nas')
const strip = fc.constantFrom('strip', 'rack')

const hang = fc.record({
  kind: fc.constant('world' as const),
  atS: fc.integer({ min: 60, max: 700 }),
  action: fc.record({ kind: fc.constantFrom('hang' as const, 'hang' as const, 'wedge' as const), host: cyclable }),
})

const hostAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      ...([
        'hang',
        'wedge',
        'cut-net',
        'heal',
        'shutdown',
        'reboot',
        'hold-power-button',
        'press-power-button',
      ] as const),
    ),
    host: anyHost,
  }),
  fc.record({
    kind: fc.constant('panic' as const),
    host: cyclable,
    rebootsAfterMs: fc.integer({ min: 1_000, max: 120_000 }),
  }),
  fc.record({ kind: fc.constant('break-boot' as const), host: cyclable, boots: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('set-boot-time' as const),
    host: cyclable,
    bootMs: fc.integer({ min: 5_000, max: 240_000 }),
  }),
)

const stripAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('strip-offline' as const, 'strip-online' as const), strip }),
  fc.record({
    kind: fc.constant('strip-reboot' as const),
    strip,
    outlets: fc.constantFrom('on' as const, 'off' as const, 'last' as const),
  }),
  fc.record({
    kind: fc.constant('person-switches' as const),
    strip,
    outlet: fc.integer({ min: 0, max: 4 }),
    on: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('swap-identity' as const),
    strip,
    deviceId: fc.constantFrom('ID-OTHER', 'ID-STRIP', 'ID-RACK'),
  }),
  fc.record({
    kind: fc.constant('rename-outlet' as const),
    strip,
    outlet: fc.integer({ min: 0, max: 2 }),
    alias: fc.constant('moved'),
  }),
)

const siteAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom(
    ...(['gateway-down', 'gateway-up', 'isolate-watcher', 'rejoin-watcher', 'mains-off', 'mains-on'] as const),
  ),
})

const world: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant('world' as const),
  atS,
  action: fc.oneof(
    { weight: 5, arbitrary: hostAction },
    { weight: 4, arbitrary: stripAction },
    { weight: 2, arbitrary: siteAction },
  ),
})

const by = fc.constant('sim')
const reason = fc.constant('the night shift')
const orders: fc.Arbitrary<Order> = fc.oneof(
  fc.record({
    by,
    order: fc.constant('pause' as const),
    target: fc.constantFrom('*', 'pve1', 'duo'),
    forMs: fc.integer({ min: 1_000, max: 400_000 }),
    reason,
  }),
  fc.record({ by, order: fc.constant('resume' as const), target: fc.constantFrom('*', 'pve1') }),
  fc.record({
    by,
    order: fc.constant('maintenance' as const),
    host: cyclable,
    forMs: fc.integer({ min: 1_000, max: 400_000 }),
    reason,
  }),
  fc.record({ by, order: fc.constant('maintenance-end' as const), host: cyclable }),
  fc.record({ by, order: fc.constant('clear-lockout' as const), host: cyclable }),
  fc.record({
    by,
    order: fc.constant('switch' as const),
    target: fc.oneof(anyHost, fc.constantFrom('strip/0', 'strip/3', 'strip/5', 'rack/2')),
    goal: fc.constantFrom('on' as const, 'off' as const, 'cycle' as const),
    reason,
    protected: fc.boolean(),
    verify: fc.boolean(),
    untilMs: fc.oneof(fc.integer({ min: 1_000, max: 500_000 }), fc.constant('release' as const)),
  }),
)
const order: fc.Arbitrary<Fault> = fc.record({ kind: fc.constant('order' as const), atS, order: orders })

const kinds: MishapKind[] = ['lost', 'late', 'doubled', 'not-applied', 'unread', 'misread', 'refused', 'other-identity']
const mishap: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant('mishap' as const),
  mishap: fc
    .record({
      kind: fc.constantFrom(...kinds),
      op: fc.constantFrom(...(['identify', 'read', 'arm', 'disarm', 'off', 'on', 'off', 'on'] as const)),
      ms: fc.integer({ min: 100, max: 14_900 }),
      skip: fc.integer({ min: 0, max: 4 }),
      times: fc.integer({ min: 1, max: 4 }),
    })
    .map((each): Mishap => each),
})

const fate: fc.Arbitrary<Fate> = fc.record(
  {
    downMs: fc.integer({ min: 500, max: 200_000 }),
    reboots: fc.boolean(),
    wallErrorMs: fc.constantFrom(0, -Date.UTC(2025, 5, 1), 3_600_000, -3_600_000),
    storeLost: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: ['downMs'] },
)
const points: CrashPoint[] = ['before-commit', 'after-commit', 'after-send', 'before-result']
const crash: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('crash' as const), atS, fate }),
  fc.record({ kind: fc.constant('stop' as const), atS, fate }),
  fc.record({
    kind: fc.constant('crash-at' as const),
    plan: fc.record({ point: fc.constantFrom(...points), nth: fc.integer({ min: 0, max: 14 }), fate }),
  }),
)

const lie: fc.Arbitrary<Lie> = fc.record(
  {
    says: fc.constantFrom('life' as const, 'silence' as const, 'probe-broken' as const),
    host: anyHost,
    channel: fc.constantFrom('icmp', 'https:8006'),
  },
  { requiredKeys: ['says'] },
)

const reload: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant('reload' as const),
  atS,
  to: fc.constantFrom<Reload>('dry-run', 'swap-mapping', 'drop-host', 'move-outlet', 'original'),
})

const watcher: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('pause' as const), atS, forS, counted: fc.boolean() }),
  fc.record({ kind: fc.constant('disk-full' as const), atS, forS }),
  fc.record({ kind: fc.constant('lie' as const), atS, forS, lie }),
  fc.record({
    kind: fc.constant('wall-jump' as const),
    atS,
    errorS: fc.constantFrom(-1_748_736_000, 3_600, -3_600, 86_400),
  }),
  fc.record({ kind: fc.constant('slow-rounds' as const), atS, forS, delayS: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('slow-looks' as const), atS, delayS: fc.integer({ min: 1, max: 30 }) }),
)

const node = fc.constantFrom('pve1', 'pve2', 'duo', 'fall', 'watched')
const clusterAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('partition' as const, 'partition' as const, 'rejoin' as const), host: node }),
  fc
    .record({ kind: fc.constantFrom('partition-from' as const, 'rejoin-from' as const), host: node, from: node })
    .filter(({ host, from }) => host !== from),
  fc.record({ kind: fc.constantFrom('qdevice-down' as const, 'qdevice-up' as const, 'arm-ha' as const) }),
  fc.record({ kind: fc.constant('disarm-ha' as const), mode: fc.constantFrom('freeze' as const, 'ignore' as const) }),
  fc.record({
    kind: fc.constantFrom('node-maintenance' as const, 'node-maintenance-end' as const, 'stop-watchdog-mux' as const),
    host: node,
  }),
  fc.record({
    kind: fc.constant('backup-start' as const),
    guest: fc.constantFrom('100', '102'),
    forMs: fc.integer({ min: 1_000, max: 300_000 }),
  }),
  fc.record({ kind: fc.constant('migrate' as const), guest: fc.constantFrom('100', '101', '102'), to: node }),
)
const peerLie: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant('peer-lie' as const),
  atS,
  forS,
  lie: fc.record({ node, says: fc.constantFrom('stale' as const, 'all-well' as const, 'alone' as const) }),
})
const inCluster: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('world' as const), atS, action: clusterAction }) },
  { weight: 1, arbitrary: peerLie },
)

/** A random night of a site whose hosts are nodes of a Proxmox cluster. */
export const arbitraryClusterNight: fc.Arbitrary<Night> = fc
  .record({
    timers: fc.boolean(),
    onWedged: fc.constantFrom('alert' as const, 'cycle' as const),
    troubles: fc.array(hang, { minLength: 1, maxLength: 2 }),
    faults: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: inCluster },
        { weight: 4, arbitrary: world },
        { weight: 1, arbitrary: mishap },
        { weight: 1, arbitrary: crash },
        { weight: 1, arbitrary: order },
        { weight: 1, arbitrary: watcher },
      ),
      { maxLength: 10 },
    ),
  })
  .map(({ troubles, faults, ...night }) => {
    return { ...night, cluster: true, lengthS: LENGTH_S, faults: [...(troubles as Fault[]), ...faults] }
  })

/** A random night. Always one host in trouble; shrinks to few faults. */
export const arbitraryNight: fc.Arbitrary<Night> = fc
  .record({
    timers: fc.boolean(),
    onWedged: fc.constantFrom('alert' as const, 'cycle' as const),
    troubles: fc.array(hang, { minLength: 1, maxLength: 3 }),
    faults: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: world },
        { weight: 4, arbitrary: mishap },
        { weight: 3, arbitrary: crash },
        { weight: 3, arbitrary: order },
        { weight: 3, arbitrary: watcher },
        { weight: 1, arbitrary: reload },
      ),
      { maxLength: 10 },
    ),
  })
  .map(({ timers, onWedged, troubles, faults }) => {
    return { timers, onWedged, lengthS: LENGTH_S, faults: [...(troubles as Fault[]), ...faults] }
  })
