import type { HostPolicy } from '../../../src/core/policy.ts'
import type { Claim } from '../../../src/core/power/types.ts'
import { NO_FEEDS } from '../../../src/core/state/initial.ts'
import type { PeersView } from '../../../src/core/state/types.ts'
import type { UpsPolicy } from '../../../src/core/ups/policy.ts'
import { UPS } from '../../faces/ups-situation.ts'
import { fullSite, HOUR, MINUTE, SECOND, type Setup, threeHosts } from '../setup.ts'
import type { Simulation } from '../simulation.ts'
import { demand, demandCut, demandHeld, guardsOf, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

/** Keeps feeding a view of the cluster, as a part that asks the nodes does. */
function feeding(sim: Simulation, view: () => Partial<PeersView> | undefined): void {
  const feed = () => {
    const part = view()
    const clusters = [...new Set(sim.policy.hosts.map(({ cluster }) => cluster))]
    const peers: PeersView | undefined = part && {
      at: sim.now(),
      quorate: true,
      nodes: sim.policy.hosts.map(({ name }) => name),
      members: [],
      fencedNodes: [],
      costsQuorum: [],
      tasks: {},
      cleanStops: {},
      inMaintenance: [],
      carriesUs: [],
      ...part,
    }
    sim.deliver({
      kind: 'fed',
      feeds: { ...NO_FEEDS, peersConfigured: clusters, peers: peersOf(clusters, peers) },
    })
    sim.at(sim.nowMs + 20 * SECOND, feed)
  }
  feed()
}

function peersOf(clusters: readonly string[], view: PeersView | undefined): Record<string, PeersView> {
  return view === undefined ? {} : Object.fromEntries(clusters.map((cluster) => [cluster, view]))
}

/** With this view the guard holds; with a clean one the host is cycled. */
function byView(name: string, guard: string, view: (sim: Simulation) => Partial<PeersView>): Scenario {
  return {
    name,
    run: (under) => {
      const sim = site(under)
      let clean = false
      feeding(sim, () => (clean ? {} : view(sim)))
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, guard)
      clean = true
      demandCut(sim, 0, `without ${guard} it is cycled`)
    },
  }
}

function changed(over: Partial<HostPolicy>): Setup {
  const setup = threeHosts()
  const [first, ...rest] = setup.policy.hosts
  return { ...setup, policy: { ...setup.policy, hosts: [{ ...first, ...over } as HostPolicy, ...rest] } }
}

const viewScenarios: readonly Scenario[] = [
  byView('peers-see-it: the other nodes still see it as a member', 'peers-see-it', () => ({ members: ['pve1'] })),
  byView('peers-unknown: a view without quorum is believed in nothing', 'peers-unknown', () => ({ quorate: false })),
  byView('peers-unknown: a view that is an hour old is none', 'peers-unknown', (sim) => {
    const now = sim.now()
    return { at: { ...now, wallMs: now.wallMs - HOUR, monoMs: now.monoMs - HOUR } }
  }),
  byView('split-brain-risk: the views disagree', 'split-brain-risk', () => ({
    viewsDisagree: 'pve2 and pve3 disagree.',
  })),
  byView('ha-transition: a service is in recovery', 'ha-transition', () => ({ haBusy: 'vm:100 is in recovery.' })),
  byView('quorum-cost: it may still vote', 'quorum-cost', () => ({ costsQuorum: ['pve1'] })),
  byView('storage-hold: a storage is down', 'storage-hold', () => ({ storageTrouble: 'Ceph is not clean.' })),
  byView('task-running: a task must not be cut', 'task-running', () => ({ tasks: { pve1: 'A backup runs.' } })),
  byView('rebooting: a clean reboot was seen', 'rebooting', (sim) => ({
    cleanStops: { pve1: { kind: 'rebooting', at: sim.now() } },
  })),
  byView('shut-down: it was stopped cleanly', 'shut-down', (sim) => ({
    cleanStops: { pve1: { kind: 'shut-down', at: sim.now() } },
  })),
  byView('maintenance: Proxmox has it in maintenance', 'maintenance', () => ({ inMaintenance: ['pve1'] })),
  {
    name: 'peers-unknown: Proxmox is configured and no view has come; the hold is told',
    run: (under) => {
      const sim = site(under)
      feeding(sim, () => undefined)
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'peers-unknown', 20 * MINUTE)
      demand(sim, sim.has('recovery-held', 'pve1'), 'the hold is told')
    },
  },
  {
    name: 'ha-transition: the fenced node itself may be cycled',
    run: (under) => {
      const sim = site(under)
      feeding(sim, () => ({ haBusy: 'vm:100 is in fence.', fencedNodes: ['pve1'] }))
      sim.act({ kind: 'hang', host: 'pve1' })
      demandCut(sim, 0, 'its fencing is the expected answer')
    },
  },
  {
    name: 'a clean view that comes between the plan and the OFF is asked again',
    run: (under) => {
      const sim = site(under)
      let members: string[] = []
      feeding(sim, () => ({ members }))
      sim.mishap({ kind: 'lost', op: 'identify', times: 2 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      members = ['pve1']
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'nothing was cut')
    },
  },
]

const RACK: UpsPolicy = { ...UPS, hosts: [], stages: [], returnChargePercent: 30, bootPatienceMs: 10 * MINUTE }

const upsScenarios: readonly Scenario[] = (['battery', 'waiting', 'battery, then silent', 'silent'] as const).map(
  (state) => ({
    name: `ups: ${state}`,
    run: (under) => {
      const sim = site(under)
      sim.reload({ ...sim.policy, ups: RACK })
      let good = false
      const hearing = state === 'waiting' ? 'waiting' : state === 'silent' ? 'unreachable' : 'heard'
      const silentAt = sim.nowMs + 3 * MINUTE
      const read = () => {
        const gone = state === 'battery, then silent' && sim.nowMs > silentAt
        const status = good ? ['OL'] : hearing === 'heard' && !gone ? ['OB', 'DISCHRG'] : []
        const told = good ? 'heard' : gone ? 'unreachable' : hearing
        sim.deliver({
          kind: 'ups-read',
          readings: [{ ups: 'rack', at: sim.now(), hearing: told, connection: 1, status }],
        })
        sim.at(sim.nowMs + 5 * SECOND, read)
      }
      read()
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, state.startsWith('battery') ? 'ups-on-battery' : 'ups-unknown')
      good = true
      demandCut(sim, 0, 'on mains it is cycled')
    },
  }),
)

const seenScenarios: readonly Scenario[] = [
  {
    name: 'self-isolated: no reference answers',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'gateway-down' })
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'self-isolated')
      demand(sim, sim.has('self-isolated'), 'it is told')
      sim.act({ kind: 'gateway-up' })
      demandCut(sim, 0, 'with the gateway back it is cycled')
    },
  },
  {
    name: 'evidence-missing: a probe that cannot work proves nothing',
    run: (under) => {
      const sim = site(under)
      sim.lies.push({ host: 'pve1', channel: 'https:8006', says: 'probe-broken' })
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'it is not cycled')
      demand(sim, sim.has('probe-broken') && sim.has('host-unknown', 'pve1'), 'and that is told')
      sim.lies.length = 0
      demandCut(sim, 0, 'with the probe mended it is cycled')
    },
  },
  {
    name: 'evidence-missing: silence that is too old is none',
    run: (under) => {
      const sim = site(under)
      sim.order({ by: 'op', order: 'pause', target: '*', reason: 'x' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is down', () => sim.has('host-down', 'pve1'))
      sim.roundDelayMs = 10 * MINUTE
      sim.runFor(3 * MINUTE)
      sim.order({ by: 'op', order: 'resume', target: '*' })
      demandHeld(sim, 'pve1', 0, 'evidence-missing', 5 * MINUTE)
    },
  },
  {
    name: 'updating: an update of the host is under way, and ends or is renewed',
    run: (under) => {
      const sim = site(under)
      const claim = {
        id: 'update-1',
        revision: 1,
        target: 'pve1',
        purpose: 'update',
        by: 'update',
        reason: 'kernel',
      } as const
      const until = { renewedAt: sim.now(), ttlMs: 15 * MINUTE }
      const value: Claim = { ...claim, goal: 'hands-off', blocks: ['recovery'], until, madeAt: sim.now() }
      sim.rewrite({ collection: 'claims', key: value.id, value })
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'updating', 14 * MINUTE)
      demandCut(sim, 0, 'a dead update cannot mute recovery for ever')
    },
  },
  {
    name: 'a probe that breaks for the last look stops the plan',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is nearly down', () => sim.state.hostsNow.pve1?.failures === 2)
      // After the third round was asked, and before it is answered.
      sim.runFor(29.8 * SECOND)
      sim.lies.push({ host: 'pve1', channel: 'icmp', says: 'probe-broken' })
      sim.runFor(5 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'nothing was cut')
    },
  },
  {
    name: 'host-alive: one channel that still answers is life',
    run: (under) => {
      const sim = site(under)
      sim.lies.push({ host: 'pve1', channel: 'https:8006', says: 'silence' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'a kernel that answers is not cut')
      demand(sim, guardsOf(sim, 'pve1').includes('host-alive'), 'by this guard')
    },
  },
  {
    name: 'startup-grace: a host that was dead before we came waits for the grace',
    run: (under) => {
      const setup = withPolicy({ startupGraceMs: 10 * MINUTE })
      const hosts = setup.world.hosts.map((each) => ({
        ...each,
        begins: each.name === 'pve1' ? ('hung' as const) : ('up' as const),
      }))
      const sim = site(under, { ...setup, world: { ...setup.world, hosts } })
      demand(sim, guardsOf(sim, 'pve1').includes('startup-grace'), 'it holds')
      sim.runFor(4.9 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'to its end')
      demandCut(sim, 0, 'then it is cycled')
    },
  },
  {
    name: 'boot-grace: a slow boot is not cycled again',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'set-boot-time', host: 'pve1', bootMs: 9 * MINUTE })
      untilCut(sim)
      wait(sim, 22 * MINUTE, 'it is back', () => sim.has('host-recovered', 'pve1'))
      demand(sim, sim.count('cycle-begun') === 1, 'after one cycle')
    },
  },
  {
    name: 'cycle-in-flight: a pause between two cycles',
    run: (under) => {
      const sim = site(under, withPolicy({ cycleSpacingMs: 5 * MINUTE }))
      untilCut(sim)
      wait(sim, 12 * MINUTE, 'the first is done', () => sim.has('cycle-done', 'pve1'))
      const doneMs = sim.nowMs
      wait(sim, 5 * MINUTE, 'its host is back', () => sim.hostState('pve1') === 'up')
      sim.act({ kind: 'hang', host: 'pve2' })
      wait(sim, 15 * MINUTE, 'the second is cut', () => !sim.isOn('strip', 1))
      demand(sim, sim.nowMs - doneMs >= 5 * MINUTE, 'after the pause')
    },
  },
  {
    name: 'power-device-unreachable: a strip that does not answer is relied on for nothing',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      sim.runFor(3 * MINUTE)
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'power-device-unreachable', 20 * MINUTE)
      demand(sim, sim.has('power-device-unreachable') && sim.has('recovery-held', 'pve1'), 'it is told')
      sim.act({ kind: 'strip-online', strip: 'strip' })
      demandCut(sim, 0, 'back again it is cycled')
    },
  },
  {
    name: 'shut-down: a host that draws standby watts only was shut down',
    run: (under) => {
      const sim = site(under, withPolicy({ standbyWatts: 8 }))
      sim.act({ kind: 'shutdown', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'shut-down', 20 * MINUTE)
      demand(sim, sim.has('recovery-held', 'pve1'), 'it is told')
      sim.act({ kind: 'press-power-button', host: 'pve1' })
      sim.runFor(5 * MINUTE)
      untilCut(sim, 'pve2', 1)
    },
  },
  {
    name: 'runs-here: the watchdog’s own host is never cut, not even on order',
    run: (under) => {
      const sim = site(under, changed({ runsHere: true }))
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'runs-here')
      const order = { by: 'op', order: 'switch', target: 'pve1', goal: 'cycle', reason: 'x', protected: false } as const
      demand(sim, sim.order(order)?.code === 'runs-here', 'nor by hand')
    },
  },
  {
    name: 'unmapped and protected hosts are only watched',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.act({ kind: 'hang', host: 'watched' })
      sim.act({ kind: 'hang', host: 'nas' })
      sim.runFor(HOUR)
      demand(
        sim,
        guardsOf(sim, 'watched').join() === 'unmapped' && !sim.has('recovery-held', 'watched'),
        'one is watched',
      )
      demand(
        sim,
        guardsOf(sim, 'nas').includes('protected-outlet') && sim.has('recovery-held', 'nas'),
        'one is held, and told',
      )
      demand(sim, sim.world.switchings.length === 0, 'neither is switched')
    },
  },
  {
    name: 'maintenance and a pause of one host hold, until they end',
    run: (under) => {
      const sim = site(under)
      sim.order({ by: 'op', order: 'maintenance', host: 'pve1', forMs: 20 * MINUTE, reason: 'x' })
      sim.act({ kind: 'hang', host: 'pve1' })
      demandHeld(sim, 'pve1', 0, 'maintenance')
      sim.order({ by: 'op', order: 'pause', target: 'pve1', forMs: 20 * MINUTE, reason: 'x' })
      demandHeld(sim, 'pve1', 0, 'paused', 19 * MINUTE)
      demandCut(sim, 0, 'when both have run out it is cycled', 5 * MINUTE)
    },
  },
]

/** Each guard: that it refuses, and that without its reason the host is cycled. */
export const guardScenarios: readonly Scenario[] = [...viewScenarios, ...upsScenarios, ...seenScenarios]
