import { join } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import type { ProxmoxConfiguration } from '../../config/proxmox.ts'
import type { ProxmoxFeature } from '../../core/audit/access/features.ts'
import type { ProxmoxSettings } from '../../proxmox/settings.ts'
import type { SshSettings } from '../../ssh/settings.ts'

/** One Proxmox cluster as it was configured. */
export type ConfiguredCluster = {
  readonly settings: ProxmoxSettings
  /** What is done with it; `views` always is. */
  readonly features: readonly ProxmoxFeature[]
  /** Where nodes may be looked at from inside. */
  readonly ssh?: SshSettings
}

/** Keys of nodes are kept with the state: one that changed is refused. */
const KNOWN_HOSTS = 'known_hosts'

/** The clusters of a configuration, in its order. */
export function configuredClusters(configuration: Configuration): readonly ConfiguredCluster[] {
  return configuration.proxmox.map((entry) => ({
    settings: settingsOf(entry),
    features: featuresOf(entry, isShutDownByApi(entry, configuration)),
    ...(entry.ssh === undefined ? {} : { ssh: sshOf(entry, entry.ssh, configuration) }),
  }))
}

function settingsOf({ cluster, endpoints, auth, tls, pollMs, timeoutMs }: ProxmoxConfiguration): ProxmoxSettings {
  return { cluster, endpoints, auth, ...(tls === undefined ? {} : { tls }), pollMs, timeoutMs }
}

/** Some host of it is shut down through the API when its battery ends. */
function isShutDownByApi({ cluster }: ProxmoxConfiguration, { hosts, ups }: Configuration): boolean {
  const names = hosts.filter((host) => host.cluster === cluster).map(({ name }) => name)
  return ups?.policy.hosts.some(({ host, shutdownBy }) => names.includes(host) && shutdownBy.includes('api')) === true
}

function featuresOf({ journals, startMissed, ssh }: ProxmoxConfiguration, isPowered: boolean): ProxmoxFeature[] {
  return [
    'views',
    'agent',
    'updates',
    ...(journals ? (['journals'] as const) : []),
    ...(startMissed ? (['start-missed'] as const) : []),
    ...(ssh === undefined ? [] : (['node-watchdog'] as const)),
    ...(isPowered ? (['power'] as const) : []),
  ]
}

/** Nodes are reached where the hosts of their cluster are. */
function sshOf(
  { cluster }: ProxmoxConfiguration,
  ssh: NonNullable<ProxmoxConfiguration['ssh']>,
  { hosts, stateDirectory }: Configuration,
): SshSettings {
  const nodes = hosts.filter((host) => host.cluster === cluster)
  return {
    ...ssh,
    knownHostsFile: join(stateDirectory, KNOWN_HOSTS),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
  }
}
