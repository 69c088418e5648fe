import {
  type Cluster,
  feedsHost,
  type HostState,
  hostWatts,
  lookAtGateway,
  type OutletView,
  type PowerCut,
  readOutlets,
  readUps,
  type Switching,
  stripReachable,
  type UpsView,
  viewOf,
  type World,
} from '../world/index.ts'
import type { HostServer } from './host-server.ts'
import type { StripPorts, StripServer, Transport } from './kasa/strip-server.ts'
import type { Violation } from './kasa/violations.ts'

export type LabHostState = {
  readonly name: string
  readonly cluster: string
  readonly state: HostState
  readonly forMs: number
  readonly hasPower: boolean
  readonly netCut: boolean
  readonly watts: number
  /** `STRIP/OUTLET`. */
  readonly supplies: readonly string[]
  readonly address: string
  readonly httpsPort: number
  readonly bannerPort: number
}

export type LabNodeState = {
  readonly name: string
  readonly running: boolean
  readonly quorate: boolean
  /** Whom it counts as members. */
  readonly members: readonly string[]
  /** As the cluster resource manager has it. */
  readonly haState: string
  readonly lrm: string
}

/** A Proxmox cluster: its nodes each by their own eyes, the rest as it is. */
export type LabClusterState = {
  readonly name: string
  readonly nodes: readonly LabNodeState[]
  readonly qdevice: 'none' | 'up' | 'down'
  readonly armed: string
  readonly services: readonly { readonly sid: string; readonly node: string; readonly state: string }[]
  readonly guests: readonly {
    readonly id: string
    readonly name: string
    readonly node: string
    readonly running: boolean
  }[]
}

export type LabStripState = {
  readonly name: string
  readonly deviceId: string
  readonly address: string
  readonly ports: StripPorts
  readonly transport: Transport
  readonly reachable: boolean
  readonly outlets: readonly OutletView[]
}

/** The whole lab as plain data, for people and for assertions. Times are the lab's. */
export type LabState = {
  readonly nowMs: number
  readonly timeScale: number
  readonly mainsOn: boolean
  readonly watcherIsolated: boolean
  readonly gateway: { readonly up: boolean; readonly address: string; readonly port: number }
  readonly hosts: readonly LabHostState[]
  readonly strips: readonly LabStripState[]
  readonly clusters: readonly LabClusterState[]
  readonly upses: readonly UpsView[]
  /** Where they are served; missing where there are none. */
  readonly upsd?: { readonly address: string; readonly port: number }
  readonly cuts: readonly PowerCut[]
  readonly switchings: readonly Switching[]
  readonly violations: readonly Violation[]
}

export type LabServers = {
  readonly hosts: ReadonlyMap<string, HostServer>
  readonly strips: ReadonlyMap<string, StripServer>
  readonly gateway: { readonly address: string; readonly port: number }
  readonly upsd?: { readonly address: string; readonly port: number }
}

export function describeLab(world: World, servers: LabServers, timeScale: number): LabState {
  const { address, port } = servers.gateway
  return {
    nowMs: world.nowMs,
    timeScale,
    mainsOn: world.mainsOn,
    watcherIsolated: world.watcherIsolated,
    gateway: { up: lookAtGateway(world).says === 'life', address, port },
    hosts: describeHosts(world, servers),
    strips: describeStrips(world, servers),
    clusters: world.clusters.map((cluster) => describeCluster(world, cluster)),
    upses: world.upses.map((ups) => readUps(world, ups)),
    ...(servers.upsd === undefined ? {} : { upsd: { address: servers.upsd.address, port: servers.upsd.port } }),
    cuts: [...world.cuts],
    switchings: [...world.switchings],
    violations: [...servers.strips.values()].flatMap((strip) => strip.violations()),
  }
}

function describeCluster(world: World, cluster: Cluster): LabClusterState {
  const { qdevice, ha } = cluster
  return {
    name: cluster.name,
    nodes: cluster.nodes.map((node) => ({
      name: node.name,
      running: node.running,
      quorate: node.quorate,
      members: viewOf(world, cluster, node).members,
      haState: ha.nodeStates[node.name] ?? 'online',
      lrm: node.lrm.state,
    })),
    qdevice: qdevice === undefined ? 'none' : qdevice.up ? 'up' : 'down',
    armed: ha.armed,
    services: ha.services.map(({ sid, node, state }) => ({ sid, node, state })),
    guests: cluster.guests.map(({ id, name, node, running }) => ({ id, name, node, running })),
  }
}

function describeHosts(world: World, servers: LabServers): LabHostState[] {
  return world.hosts.flatMap((host) => {
    const server = servers.hosts.get(host.name)
    if (server === undefined) return []
    const { name, cluster, state, netCut } = host
    const { address, httpsPort, bannerPort } = server
    const supplies = host.supplies.map((outlet) => `${outlet.strip.name}/${outlet.index}`)
    const forMs = world.nowMs - host.sinceMs
    const hasPower = feedsHost(world, host)
    const watts = hostWatts(host)
    return [{ name, cluster, state, forMs, hasPower, netCut, watts, supplies, address, httpsPort, bannerPort }]
  })
}

function describeStrips(world: World, servers: LabServers): LabStripState[] {
  return world.strips.flatMap((strip) => {
    const server = servers.strips.get(strip.name)
    if (server === undefined) return []
    const { address, ports, transport } = server
    const { name, deviceId } = strip
    const reachable = stripReachable(world, strip)
    return [{ name, deviceId, address, ports, transport, reachable, outlets: readOutlets(world, strip) }]
  })
}
