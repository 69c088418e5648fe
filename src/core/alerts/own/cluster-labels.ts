import type { Labels } from '../types.ts'
import type { About } from './types.ts'

/** Of `home/pve1`, `home/qemu/100`, `home/pve1/local`, of a shared storage `home/nfs`; of `home` the cluster alone. */
export function clusterLabels(about: About, subject: string): Labels {
  const [cluster = '', ...rest] = subject.split('/')
  const within = rest.join('/')
  if (within === '') return { cluster }
  switch (about) {
    case 'guest':
      return { cluster, guest: within }
    case 'guest-or-node':
      return /^(?:qemu|lxc)\//.test(within) ? { cluster, guest: within } : { cluster, node: within }
    case 'storage':
      return rest.length > 1
        ? { cluster, node: rest[0] ?? '', storage: rest.slice(1).join('/') }
        : { cluster, storage: within }
    case 'job':
      return { cluster, job: within }
    default:
      return { cluster, node: within }
  }
}
