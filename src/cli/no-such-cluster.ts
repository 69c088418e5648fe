import type { Cluster } from '../api/cluster.ts'
import type { Failure } from './client.ts'

/** `all` are those that there are. */
export function noSuchCluster(all: readonly Cluster[], name: string | undefined): Failure {
  const there = all.map((each) => each.name).join(', ')
  if (all.length === 0) {
    const sentence = 'No Proxmox cluster is configured: the section `proxmox` of the configuration says how to ask one.'
    return { ok: false, exit: 'no', sentence }
  }
  const sentence =
    name === undefined
      ? `Several Proxmox clusters are configured: say which with --cluster. There are ${there}.`
      : `No Proxmox cluster called ${name} is configured. There ${all.length === 1 ? 'is' : 'are'} ${there}.`
  return { ok: false, exit: 'usage', sentence }
}
