import { createWorld, findNode, type World } from '../world/index.ts'
import { type HostServer, type ServeApi, serveHost } from './host-server.ts'
import type { Site } from './kasa/device.ts'
import { StripServer } from './kasa/strip-server.ts'
import { Lab } from './lab.ts'
import { LabClock } from './lab-clock.ts'
import { LabFault } from './lab-fault.ts'
import { Listener } from './listener.ts'
import { assignAddresses, LAB_CREDENTIALS, type LabOptions, type LabPorts, USUAL_PORTS } from './options.ts'
import { PveApi } from './pve/pve-api.ts'
import { Wall } from './pve/wall.ts'
import { UpsdServer } from './upsd/upsd-server.ts'

/**
 * Builds the world of `spec` on loopback sockets and lets its time run. Throws `LabFault` where the machine cannot
 * give what it needs (a port in use), with everything closed again.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { timeScale = 1, realMs = () => performance.now() } = options
  if (!(timeScale > 0 && timeScale <= 10_000)) {
    throw new LabFault('bad-options', `a time scale from above 0 to 10000 is expected, not ${timeScale}`)
  }
  const world = createWorld(options.spec)
  const addresses = assignAddresses(options)
  const ports = { ...USUAL_PORTS, ...options.ports }
  // The network of a cluster is that of its hosts.
  for (const { nodes } of world.clusters) for (const node of nodes) node.address = addressOf(addresses, node.name)
  const opened: { stop(): Promise<void> }[] = []
  try {
    const gateway = await openGateway(addressOf(addresses, 'gateway'), ports.gateway)
    opened.push(gateway)
    const hosts = new Map<string, HostServer>()
    const strips = new Map<string, StripServer>()
    const clock = new LabClock(timeScale, world.nowMs, realMs)
    const pve = openApi(options, world, timeScale, () => lab)
    const upsd = await openUpsd(world, addresses, ports.upsd, () => lab)
    if (upsd !== undefined) opened.push(upsd)
    const lab: Lab = new Lab(world, clock, { hosts, strips, gateway, pve, ...(upsd === undefined ? {} : { upsd }) })
    opened.push(lab)
    for (const { name } of world.hosts) {
      const serveApi: ServeApi = (request, response, answers) => pve.serve(name, request, response, answers)
      const isNode = findNode(world, name) !== undefined
      hosts.set(name, await serveHost(name, addressOf(addresses, name), ports, isNode ? serveApi : undefined))
    }
    await openStrips({ world, addresses, ports, options, realMs, lab, strips, opened })
    lab.changed()
    await lab.settled()
    return lab
  } catch (error) {
    await Promise.all(opened.map((one) => one.stop()))
    throw error
  }
}

/** Where the lab has a UPS. It begins to be asked only once the lab is there. */
async function openUpsd(
  world: World,
  addresses: Readonly<Record<string, string>>,
  port: number,
  lab: () => Lab,
): Promise<UpsdServer | undefined> {
  if (world.upses.length === 0) return undefined
  const parts = { world, catchUp: () => lab().catchUp(), changed: () => lab().changed() }
  return UpsdServer.open(addressOf(addresses, 'upsd'), port, parts)
}

/** The Proxmox API of the lab's nodes. It begins to be asked only once the lab is there. */
function openApi(options: LabOptions, world: World, timeScale: number, lab: () => Lab): PveApi {
  const given = options.proxmox ?? {}
  const wall = new Wall((given.wallStartMs ?? Date.now)(), world.nowMs, given.wallScale ?? timeScale)
  return new PveApi({ world, wall, catchUp: () => lab().catchUp(), changed: () => lab().changed() }, given)
}

type StripWork = {
  readonly world: World
  readonly addresses: Readonly<Record<string, string>>
  readonly ports: LabPorts
  readonly options: LabOptions
  readonly realMs: () => number
  readonly lab: Lab
  readonly strips: Map<string, StripServer>
  readonly opened: { stop(): Promise<void> }[]
}

async function openStrips(work: StripWork): Promise<void> {
  const { world, options, lab, realMs } = work
  const { random = Math.random, transport = 'klap-v2', credentials = LAB_CREDENTIALS } = options
  const site: Site = {
    world,
    realMs,
    randomBytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256))),
    catchUp: () => lab.catchUp(),
    changed: () => lab.changed(),
  }
  for (const strip of world.strips) {
    const address = addressOf(work.addresses, strip.name)
    const server = await StripServer.open(strip, site, { address, ports: work.ports, transport, credentials })
    work.opened.push(server)
    work.strips.set(strip.name, server)
  }
}

/** A reference target: it accepts and says nothing, which is life enough. */
function openGateway(address: string, port: number): Promise<Listener> {
  return Listener.open(address, port, (socket) => socket.resume())
}

function addressOf(addresses: Readonly<Record<string, string>>, name: string): string {
  const address = addresses[name]
  if (address === undefined) throw new LabFault('bad-options', `there is no address for ${name}`)
  return address
}
