import type { Configuration } from '../../config/configuration.ts'
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

/** The clusters of a configuration, in its order. */
export function configuredClusters(configuration: Configuration): readonly ConfiguredCluster[] {
  const { proxmox = [] } = configuration as { readonly proxmox?: readonly ConfiguredCluster[] }
  return proxmox
}
