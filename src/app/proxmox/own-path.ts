import { getServers } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { statfsSync } from 'node:fs'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Configuration } from '../../config/configuration.ts'
import type { OwnPath, Relied } from '../../core/audit/types.ts'
import type { AlertingStatus } from '../../ports/alerting.ts'
import { inPath } from '../../process/in-path.ts'
import { ownAddresses } from '../configuration/surroundings.ts'
import { defaultGateway } from '../default-gateway.ts'
import { hostsIn } from './hosts-in.ts'

/** statfs(2): TMPFS_MAGIC and RAMFS_MAGIC. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6])
const LOOKUP_MS = 3_000
const IMAGE_VARIABLE = 'PROXMOX_WATCHDOG_IMAGE'

type Named = Pick<Relied, 'what' | 'name'> & { readonly hosts: readonly string[] }

/** What our own alarm hangs on, by the configuration and this machine; names are looked up. */
export async function ownPath(
  configuration: Configuration,
  nowMs: number,
  alerting: AlertingStatus | undefined,
): Promise<OwnPath> {
  const { channels, heartbeats, relay } = configuration.alerting
  const image = process.env[IMAGE_VARIABLE]
  const drill = alerting && {
    ...(alerting.drill === undefined ? {} : { lastMs: alerting.drill.startedMs, lastOk: alerting.drill.ok }),
    ...(alerting.drillOkMs === undefined ? {} : { lastOkMs: alerting.drillOkMs }),
  }
  return {
    nowMs,
    ownAddresses: ownAddresses(),
    relied: await Promise.all(named(configuration).map(resolved)),
    channels: channels.map(({ name }) => name),
    heartbeats: heartbeats.map(({ name }) => name),
    relay: relay !== undefined,
    ...(drill === undefined ? {} : { drill }),
    fping: inPath('fping', process.env.PATH ?? ''),
    stateDirectory: configuration.stateDirectory,
    stateOnTmpfs: inMemory(configuration.stateDirectory),
    ...(image === undefined || image === ''
      ? {}
      : { image: { reference: image, pinned: /@sha256:[0-9a-f]{64}$/.test(image) } }),
  }
}

function named({ powerDevices, alerting }: Configuration): Named[] {
  const { channels, heartbeats, relay } = alerting
  const gateway = defaultGateway()
  const servers = getServers().map((server) => server.replace(/^\[(.*)\](?::\d+)?$/, '$1'))
  return [
    ...powerDevices.map(({ name, endpoint }) => ({ what: 'power-device' as const, name, hosts: hostsIn(endpoint) })),
    ...servers.map((name) => ({ what: 'name-server' as const, name, hosts: [name] })),
    ...(gateway === undefined ? [] : [{ what: 'gateway' as const, name: gateway, hosts: [gateway] }]),
    ...channels.map(({ name, settings }) => ({ what: 'channel' as const, name, hosts: hostsIn(settings) })),
    ...heartbeats.map(({ name, settings }) => ({ what: 'heartbeat' as const, name, hosts: hostsIn(settings) })),
    ...(relay === undefined ? [] : [{ what: 'relay' as const, name: relay.peer, hosts: hostsIn(relay.peer) }]),
  ]
}

async function resolved({ what, name, hosts }: Named): Promise<Relied> {
  const found = await Promise.all(hosts.map(addressesOf))
  return { what, name, addresses: [...new Set(found.flat())] }
}

/** A name that is not resolved in time hides nothing: it is only not compared. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const late = new AbortController()
  const limit = sleep(LOOKUP_MS, [], { signal: late.signal, ref: false }).catch(() => [])
  const looked = lookup(host, { all: true })
    .then((all) => all.map(({ address }) => address))
    .catch(() => [])
  const addresses = await Promise.race([looked, limit])
  late.abort()
  return addresses
}

function inMemory(directory: string): boolean {
  try {
    return IN_MEMORY.has(statfsSync(directory).type)
  } catch {
    return false
  }
}
