import type { ClusterSpec } from '../../../src/lab/world/index.ts'
import { withCluster } from '../cluster/cluster-site.ts'
import { fullSite, MINUTE, SECOND, threeHosts } from '../setup.ts'
import type { Simulation } from '../simulation.ts'
import { demand, demandCut, demandHeld, guardsOf, type Scenario, site, type Under, wait } from './scenario.ts'

/** Three nodes without a QDevice, and HA on none of them. */
const QUIET: Partial<ClusterSpec> = { qdevice: undefined as never, guests: [] }

function three(under: Under, over: Partial<ClusterSpec> = {}): Simulation {
  return site(under, withCluster(threeHosts(), over))
}

const nodeOf = (sim: Simulation, name: string) => sim.world.clusters[0]?.nodes.find((node) => node.name === name)

/** To the watchdog it is silent, whatever it is. */
function hide(sim: Simulation, host: string): void {
  for (const channel of ['icmp', 'https:8006']) sim.lies.push({ host, channel, says: 'silence' })
}

function cutOffAndHung(under: Under): void {
  const sim = three(under, { qdevice: undefined as never })
  sim.act({ kind: 'break-boot', host: 'pve1', boots: 1 })
  sim.act({ kind: 'partition', host: 'pve1' })
  wait(sim, 2 * MINUTE, 'pve1 fences itself', () => sim.hostState('pve1') === 'booting')
  demand(sim, sim.isOn('strip', 0), 'it was its own watchdog that reset it')
  wait(sim, 3 * MINUTE, 'its boot hangs', () => sim.hostState('pve1') === 'hung')
  sim.act({ kind: 'rejoin', host: 'pve1' })
  demandCut(sim, 0, 'what fenced itself and hangs is cycled', 10 * MINUTE)
  wait(sim, 20 * MINUTE, 'it is up again', () => nodeOf(sim, 'pve1')?.quorate === true)
  const service = sim.world.clusters[0]?.ha.services.find(({ sid }) => sid === 'vm:100')
  demand(sim, service?.state === 'started' && service.node !== 'pve1', 'its guest was recovered elsewhere')
}

function hungAndFenced(under: Under): void {
  const sim = three(under)
  sim.act({ kind: 'hang', host: 'pve1' })
  const ms = wait(sim, 4 * MINUTE, 'its own fence does not hold it', () => !sim.isOn('strip', 0))
  demand(sim, ms < 3 * MINUTE, 'nothing waited for HA to end')
}

function seenByPeers(under: Under): void {
  const sim = three(under, QUIET)
  hide(sim, 'pve1')
  demandHeld(sim, 'pve1', 0, 'peers-see-it', 12 * MINUTE)
  wait(sim, 10 * MINUTE, 'after 15 minutes of it the host is called wedged', () => sim.has('host-wedged', 'pve1'))
}

/** pve1 is cut off, and by what it tells pve3 is gone. It is the others that have quorum. */
function noQuorumNoWord(under: Under): void {
  const sim = three(under, QUIET)
  sim.act({ kind: 'partition', host: 'pve1' })
  sim.runFor(20 * SECOND)
  hide(sim, 'pve3')
  demandHeld(sim, 'pve3', 2, 'peers-see-it')
}

function nobodyHasQuorum(under: Under): void {
  const sim = three(under, QUIET)
  for (const [host, from] of [
    ['pve2', 'pve3'],
    ['pve3', 'pve2'],
  ] as const) {
    sim.act({ kind: 'partition-from', host, from })
  }
  sim.act({ kind: 'hang', host: 'pve1' })
  demandHeld(sim, 'pve1', 0, 'peers-unknown')
  for (const host of ['pve2', 'pve3']) sim.act({ kind: 'rejoin', host })
  demandCut(sim, 0, 'with quorum again it is cycled')
}

function staleWords(under: Under): void {
  const sim = three(under, QUIET)
  // Not the one whose view is believed.
  sim.peerLies.push({ node: 'pve3', says: 'stale' })
  sim.runFor(20 * SECOND)
  sim.act({ kind: 'hang', host: 'pve1' })
  let doubted = false
  for (let round = 0; round < 36; round += 1) {
    sim.runFor(10 * SECOND)
    doubted ||= guardsOf(sim, 'pve1').some((code) => code === 'split-brain-risk' || code === 'peers-see-it')
    demand(sim, sim.isOn('strip', 0), 'while a node with quorum tells that it is a member nothing is cut')
  }
  demand(sim, doubted, 'the contradiction is told')
  sim.peerLies.length = 0
  demandCut(sim, 0, 'once all agree it is cycled')
}

/** Seen one way only: pve2 hears pve1 no more, pve3 does. */
function oneWay(under: Under): void {
  const sim = three(under, { guests: [] })
  sim.act({ kind: 'partition-from', host: 'pve2', from: 'pve1' })
  sim.runFor(20 * SECOND)
  hide(sim, 'pve1')
  let held = false
  for (let round = 0; round < 36; round += 1) {
    sim.runFor(10 * SECOND)
    held ||= guardsOf(sim, 'pve1').some((code) => code === 'split-brain-risk' || code === 'peers-see-it')
    demand(sim, sim.isOn('strip', 0), 'one node with quorum that sees it is enough')
  }
  demand(sim, held, 'it is held')
}

function silentEndpoints(under: Under): void {
  const sim = three(under, QUIET)
  // The view of yesterday: every API falls silent at once, and a minute later the last view is too old.
  sim.act({ kind: 'wedge', host: 'pve2' })
  sim.act({ kind: 'wedge', host: 'pve3' })
  sim.act({ kind: 'hang', host: 'pve1' })
  for (let round = 0; round < 36; round += 1) {
    sim.runFor(10 * SECOND)
    demand(sim, sim.isOn('strip', 0), 'without a fresh view nothing is cut')
  }
  demand(sim, guardsOf(sim, 'pve1').includes('peers-unknown'), 'it is told')
}

function stoppedOnPurpose(under: Under): void {
  const sim = site(under, withCluster(fullSite()))
  sim.act({ kind: 'shutdown', host: 'pve2' })
  sim.runFor(15 * MINUTE)
  demand(sim, sim.isOn('strip', 1), 'what was shut down cleanly is left alone')
  demand(sim, guardsOf(sim, 'pve2').includes('shut-down'), 'it is told why')
  sim.act({ kind: 'press-power-button', host: 'pve2' })
  sim.runFor(5 * MINUTE)
  sim.act({ kind: 'hang', host: 'pve2' })
  demandCut(sim, 1, 'when it is back and hangs it is cycled')
}

function storageGone(under: Under): void {
  const sim = site(under, withCluster(fullSite()))
  sim.act({ kind: 'hang', host: 'nas' })
  sim.runFor(MINUTE)
  sim.act({ kind: 'hang', host: 'pve1' })
  demandHeld(sim, 'pve1', 0, 'storage-hold')
  sim.act({ kind: 'heal', host: 'nas' })
  demandCut(sim, 0, 'with its storage back it is cycled')
}

export const clusterScenarios: readonly Scenario[] = [
  { name: 'cluster: a node that fenced itself and hangs in its boot is recovered', run: cutOffAndHung },
  { name: 'cluster: the fence of a hung node does not hold its own cycle', run: hungAndFenced },
  { name: 'cluster: what its peers see is not cut, and is wedged in the end', run: seenByPeers },
  { name: 'cluster: a node without quorum is not believed', run: noQuorumNoWord },
  { name: 'cluster: with quorum nowhere nothing is cut', run: nobodyHasQuorum },
  { name: 'cluster: old words of one node hold', run: staleWords },
  { name: 'cluster: a link cut one way', run: oneWay },
  { name: 'cluster: all endpoints silent', run: silentEndpoints },
  { name: 'cluster: a clean stop', run: stoppedOnPurpose },
  { name: 'cluster: a shared storage that is gone', run: storageGone },
]
