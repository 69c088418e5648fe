import { reboots, rebootsQuery } from './reboots.ts'
import type { Route } from './route.ts'

/** Lines of a journal may hold anything: whoever may open the socket may read them. */
export const REBOOT_ROUTES = {
  reboots: {
    method: 'GET',
    path: '/api/v1/nodes/:node/reboots',
    on: 'socket',
    says:
      'Why a Proxmox node rebooted. `:node` is its name, `CLUSTER/NODE` (with %2F), or the host that it is. ' +
      'Looks into the newest reboot where nobody has, which may take some seconds.',
    query: rebootsQuery,
    answer: reboots,
  },
} as const satisfies Record<string, Route>
