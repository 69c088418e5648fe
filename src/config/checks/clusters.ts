import type { Finding } from './finding.ts'
import type { Sketch } from './sketch.ts'

/** A Proxmox cluster to which no host belongs would be read for nobody: most often its name is written otherwise. */
export function strangeClusters({ proxmox, clusters, hosts }: Sketch): Finding[] {
  if (hosts.length === 0) return []
  return proxmox.flatMap(({ name, path }): Finding[] => {
    if (name === undefined || clusters.includes(name)) return []
    const known = [...new Set(clusters)].join(', ')
    return [{ path: [...path, 'cluster'], message: `no host is in a cluster called ${name} (known: ${known})` }]
  })
}
