import type { WorldSpec } from '../world/index.ts'
import type { Credentials } from './kasa/klap-cipher.ts'
import type { Transport } from './kasa/strip-server.ts'
import { LabFault } from './lab-fault.ts'
import type { PveOptions } from './pve/options.ts'

export type LabPorts = {
  readonly https: number
  readonly banner: number
  readonly gateway: number
  readonly klap: number
  readonly legacy: number
  readonly klapDiscovery: number
  readonly upsd: number
}

/** An ordinary user may not listen below 1024, so the strip's port 80 is 8080 here. */
export const USUAL_PORTS: LabPorts = {
  https: 8006,
  banner: 2222,
  gateway: 5300,
  klap: 8080,
  legacy: 9999,
  klapDiscovery: 20_002,
  // A real upsd of this machine may have 3493 on every address.
  upsd: 34_930,
}

export const LAB_CREDENTIALS: Credentials = { username: 'lab@example.com', password: 'lab-only' }

export type LabOptions = {
  readonly spec: WorldSpec
  /** Lab milliseconds in a real one; default 1. */
  readonly timeScale?: number
  /** The /24 of loopback that the lab takes, such as `127.77.0` (the default). Labs at once need different ones. */
  readonly network?: string
  /** Addresses by the names of hosts and strips, and `gateway` and `upsd`; the rest are numbered as in the first deployment. */
  readonly addresses?: Readonly<Record<string, string>>
  /** 0 takes a free port. */
  readonly ports?: Partial<LabPorts>
  readonly transport?: Transport
  readonly credentials?: Credentials
  /** From 0 up to 1: the device's seeds and cookies. Default `Math.random`; the lab guards no secrets. */
  readonly random?: () => number
  /** Who may call the Proxmox API of the lab's clusters, and how slowly it fails. */
  readonly proxmox?: PveOptions
  /** A monotonic clock in milliseconds; default `performance.now`. */
  readonly realMs?: () => number
}

const FIRST = { gateway: 1, nas: 10, host: 105, strip: 205, upsd: 251 }

/** Which loopback address each thing gets. */
export function assignAddresses(options: Pick<LabOptions, 'spec' | 'network' | 'addresses'>): Record<string, string> {
  const { spec, network = '127.77.0', addresses: given = {} } = options
  if (!/^127\.\d{1,3}\.\d{1,3}$/.test(network)) {
    throw new LabFault('bad-options', `the lab stays on loopback: ${network} is not like 127.77.0`)
  }
  if (spec.hosts.length > 90 || spec.strips.length > 45) {
    throw new LabFault('bad-options', 'the lab has addresses for 90 hosts and 45 strips')
  }
  const addresses: Record<string, string> = { gateway: `${network}.${FIRST.gateway}` }
  let host = FIRST.host
  for (const { name } of spec.hosts) addresses[name] = `${network}.${name === 'nas' ? FIRST.nas : host++}`
  spec.strips.forEach(({ name }, index) => {
    addresses[name] = `${network}.${FIRST.strip + index}`
  })
  if ((spec.upses ?? []).length > 0) addresses.upsd = `${network}.${FIRST.upsd}`
  Object.assign(addresses, given)
  for (const address of Object.values(addresses)) {
    if (!address.startsWith('127.')) throw new LabFault('bad-options', `the lab stays on loopback: ${address} is not`)
  }
  return addresses
}
