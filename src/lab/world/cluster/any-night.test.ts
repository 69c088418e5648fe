import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Action, act, advanceTo, createWorld, findOutlet, homeLabWithCluster, relay } from '../index.ts'
import { membersOf } from './membership.ts'

const host = fc.constantFrom('pve1', 'pve2', 'pve3', 'pve4')
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      ...(['hang', 'wedge', 'heal', 'shutdown', 'reboot', 'cut-net', 'partition', 'rejoin'] as const),
    ),
    host,
  }),
  fc.record({
    kind: fc.constantFrom(
      ...(['press-power-button', 'hold-power-button', 'node-maintenance', 'stop-watchdog-mux'] as const),
    ),
    host,
  }),
  fc.record({ kind: fc.constantFrom('qdevice-down' as const, 'qdevice-up' as const, 'arm-ha' as const) }),
  fc.record({ kind: fc.constant('disarm-ha' as const), mode: fc.constantFrom('freeze' as const, 'ignore' as const) }),
  fc.record({
    kind: fc.constantFrom('guest-stop' as const, 'guest-start' as const, 'backup-start' as const),
    guest: fc.constantFrom('100', '101', '102', '103'),
  }),
  fc.record({ kind: fc.constant('migrate' as const), guest: fc.constantFrom('100', '102'), to: host }),
)
const power = fc.record({ outlet: fc.integer({ min: 0, max: 5 }), on: fc.boolean() })
const night = fc.array(
  fc.record({ waitS: fc.integer({ min: 0, max: 200 }), does: fc.oneof({ weight: 4, arbitrary: action }, power) }),
  { maxLength: 25 },
)

test('whatever happens, one side at most has quorum, no guest runs on a dead node, and it comes to rest', {
  timeout: 3_600_000,
}, () => {
  fc.assert(
    fc.property(night, (steps) => {
      const world = createWorld(homeLabWithCluster())
      const cluster = world.clusters[0]!
      for (const { waitS, does } of steps) {
        advanceTo(world, world.nowMs + waitS * 1_000)
        if ('kind' in does) act(world, does)
        else relay(world, findOutlet(world, 'strip', does.outlet)!, does.on)
        advanceTo(world, world.nowMs)
        // 8 s later every node has noticed.
        advanceTo(world, world.nowMs + 8_000)
        const quorate = cluster.nodes.filter((node) => node.quorate)
        for (const node of quorate) {
          for (const other of quorate) {
            // Links that are cut one by one leave no clear sides: two that do not hear each other both hear a third.
            const cut = [`${node.name}>${other.name}`, `${other.name}>${node.name}`].some((link) =>
              cluster.cutLinks.has(link),
            )
            const seen = membersOf(cluster, node)
            if (cut) expect(seen.some((member) => membersOf(cluster, other).includes(member))).toBe(true)
            else expect(seen).toContain(other)
          }
        }
        for (const guest of cluster.guests) {
          const state = world.hosts.find(({ name }) => name === guest.node)?.state
          if (guest.running) expect(['up', 'hung', 'wedged']).toContain(state)
        }
        for (const node of cluster.nodes) {
          if (!['up', 'shutting-down'].includes(node.host.state)) expect(node.running).toBe(false)
          if (node.lrm.state === 'active' && node.running && !node.quorate) {
            expect(node.lrm.starvedSinceMs).toBeDefined()
          }
        }
      }
      advanceTo(world, world.nowMs + 2 * 3_600_000)
      expect(world.queue.filter(({ due }) => due.kind === 'cluster-step')).toEqual([])
    }),
    { numRuns: Number(process.env.SIM_RUNS ?? 300) },
  )
})
