import { clusters } from './cluster.ts'
import { guests } from './guests.ts'
import { history, historyQuery } from './history.ts'
import type { Route } from './route.ts'

/** The part of the API that is about the Proxmox clusters themselves. Answered from what was read last. */
export const CLUSTER_ROUTES = {
  clusters: {
    method: 'GET',
    path: '/api/v1/clusters',
    on: 'both',
    says: 'Each Proxmox cluster: nodes, quorum and its margin, HA, storages, who disagrees, and what could not be read.',
    answer: clusters,
  },
  guests: {
    method: 'GET',
    path: '/api/v1/clusters/:cluster/guests',
    on: 'both',
    says: 'The guests of one cluster.',
    answer: guests,
  },
  history: {
    method: 'GET',
    path: '/api/v1/history',
    on: 'both',
    says: 'How something was, by the round-robin data of Proxmox, which is asked for it now.',
    query: historyQuery,
    answer: history,
  },
} as const satisfies Record<string, Route>
