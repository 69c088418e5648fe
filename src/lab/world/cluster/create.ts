import { findHost } from '../find.ts'
import type { World } from '../types.ts'
import { tellBoot } from './boot-words.ts'
import { beginBoot } from './journal.ts'
import { hears, peerOf } from './membership.ts'
import { neededVotes, presentVotes } from './quorum.ts'
import type { ClusterSpec, GuestSpec, NodeSpec } from './spec.ts'
import type { Cluster, Guest, Node, Service } from './types.ts'

const DAY_MS = 86_400_000
const GIB = 1024 ** 3
const KERNEL = '6.14.11-4-pve'

/** Builds a cluster over the hosts of the world, up for long. A spec that contradicts itself throws a `RangeError`. */
export function createCluster(world: World, spec: ClusterSpec): Cluster {
  const hosts = world.hosts.filter(({ cluster }) => cluster === spec.name)
  const nodeSpecs = spec.nodes ?? hosts.map(({ name }) => ({ host: name }))
  const bornMs = world.nowMs - (spec.upForMs ?? 40 * DAY_MS)
  const nodes = nodeSpecs.map((node, index) => createNode(world, node, index, bornMs))
  const storages = (spec.storages ?? [{ name: 'local' }]).map((storage) => ({
    name: storage.name,
    type: storage.type ?? 'dir',
    content: storage.content ?? 'vztmpl,iso,images,rootdir,backup',
    shared: storage.shared ?? false,
    servedBy: storage.servedBy,
    totalBytes: storage.totalBytes ?? 252 * GIB,
    usedBytes: storage.usedBytes ?? 34 * GIB,
    full: false,
  }))
  const disk = storages[0]?.name ?? 'local'
  const guests = (spec.guests ?? []).map((guest) => createGuest(world, guest, disk, bornMs))
  const cluster: Cluster = {
    name: spec.name,
    ownName: spec.ownName ?? 'lab',
    version: spec.version ?? '9.2',
    nodes,
    qdevice: spec.qdevice === undefined ? undefined : { ...spec.qdevice, up: true },
    guests,
    storages,
    replications: [],
    backupJobs: spec.backupJobs ?? [],
    tasks: [],
    taskCount: 0,
    cutLinks: new Set(),
    ha: createHa(world, spec, nodes, guests),
    backupsFail: false,
    keepsJournals: spec.journals ?? true,
    nextMs: undefined,
    changed: false,
    ring: 4,
  }
  for (const job of spec.replications ?? []) {
    const guest = guests.find(({ vmid }) => `${vmid}` === job.id.split('-')[0])
    if (guest === undefined) throw new RangeError(`replication ${job.id} is of a guest that the lab does not have`)
    const everyMs = job.everyMs ?? 900_000
    const well = { failing: false, wellSinceMs: bornMs, brokenSinceMs: undefined, lastSyncMs: world.nowMs - 300_000 }
    cluster.replications.push({ ...job, guest: guest.id, everyMs, ...well })
  }
  for (const node of nodes) {
    if (!node.running) continue
    beginBoot(cluster, node, bornMs)
    tellBoot(world, cluster, node, bornMs)
  }
  for (const guest of guests) mustHaveNode(cluster, guest.node, guest.name)
  settle(cluster, bornMs)
  return cluster
}

/** As if they had been together since they were born. */
function settle(cluster: Cluster, bornMs: number): void {
  for (const node of cluster.nodes) {
    for (const peer of cluster.nodes) {
      if (peer === node) continue
      const heard = hears(cluster, node, peer)
      Object.assign(peerOf(node, peer.name), { heard, heardSinceMs: bornMs, member: heard })
    }
  }
  for (const node of cluster.nodes) {
    node.quorate = node.running && presentVotes(cluster, node) >= neededVotes(cluster)
    const busy = cluster.ha.services.some((service) => service.node === node.name && service.state === 'started')
    if (busy && node.quorate) node.lrm.state = 'active'
  }
}

function mustHaveNode(cluster: Cluster, name: string, guest: string): void {
  if (!cluster.nodes.some((node) => node.name === name)) {
    throw new RangeError(`${guest} is on ${name}, which is no node of ${cluster.name}`)
  }
}

function createNode(world: World, spec: NodeSpec, index: number, bornMs: number): Node {
  const host = findHost(world, spec.host)
  if (host === undefined) throw new RangeError(`the lab has no host ${spec.host} to be a node`)
  const running = host.state === 'up'
  const kernel = spec.runningKernel ?? KERNEL
  return {
    name: host.name,
    id: index + 1,
    votes: spec.votes ?? 1,
    address: spec.address ?? `10.99.0.${index + 1}`,
    cpus: spec.cpus ?? 8,
    memoryBytes: spec.memoryBytes ?? 32 * GIB,
    host,
    running,
    hostState: host.state,
    hostEpoch: host.epoch,
    bootedMs: bornMs,
    stopping: undefined,
    leftCleanly: false,
    lastEnd: 'abrupt',
    peers: {},
    quorate: false,
    quorumSinceMs: bornMs,
    picture: undefined,
    lrm: {
      state: 'wait_for_agent_lock',
      sinceMs: bornMs,
      waitsSinceMs: undefined,
      stampMs: world.nowMs,
      lockMs: Number.NEGATIVE_INFINITY,
      starvedSinceMs: undefined,
      fenceWords: 0,
    },
    boots: [],
    bootCount: 0,
    lineCount: 0,
    autostarted: running ? 1 : 0,
    maintenance: false,
    clockSkewMs: spec.clockSkewMs ?? 0,
    updates: spec.updates ?? [],
    runningKernel: kernel,
    newestKernel: spec.newestKernel ?? kernel,
    certificateUntilMs: world.nowMs + (spec.certificateLeftMs ?? 600 * DAY_MS),
    muxStopped: false,
  }
}

function createGuest(world: World, spec: GuestSpec, disk: string, bornMs: number): Guest {
  const type = spec.type ?? 'qemu'
  const running = spec.running ?? spec.template !== true
  return {
    id: `${type}/${spec.vmid}`,
    vmid: spec.vmid,
    type,
    name: spec.name,
    node: spec.node,
    running: running && world.hosts.some(({ name, state }) => name === spec.node && state === 'up'),
    sinceMs: bornMs + 60_000,
    startsAtMs: undefined,
    template: spec.template ?? false,
    tags: spec.tags ?? [],
    onboot: spec.onboot ?? false,
    startup: spec.startup,
    agent: spec.agent ?? false,
    lock: spec.lock,
    watchdog: spec.watchdog,
    addresses: spec.addresses ?? [],
    cores: spec.cores ?? 1,
    memoryBytes: (spec.memoryMiB ?? 512) * 1024 ** 2,
    storage: spec.storage ?? disk,
  }
}

function createHa(world: World, spec: ClusterSpec, nodes: readonly Node[], guests: readonly Guest[]): Cluster['ha'] {
  const services = guests.flatMap((guest): Service[] => {
    const requested = spec.guests?.find(({ vmid }) => vmid === guest.vmid)?.ha
    if (requested === undefined) return []
    const sid = `${guest.type === 'qemu' ? 'vm' : 'ct'}:${guest.vmid}`
    const { node } = guest
    return [{ sid, guest: guest.id, requested, state: requested, node, sinceMs: world.nowMs, target: undefined }]
  })
  return {
    services,
    master: services.length === 0 ? undefined : nodes.find(({ running }) => running)?.name,
    masterStampMs: world.nowMs,
    masterWell: true,
    masterReleased: false,
    nodeStates: Object.fromEntries(nodes.map(({ name }) => [name, 'online' as const])),
    unknownSinceMs: {},
    armed: 'armed',
    mode: undefined,
    armedSinceMs: world.nowMs,
  }
}
