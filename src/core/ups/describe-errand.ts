import { list, spell } from '../phrase.ts'
import type { ErrandWork } from './errands.ts'

/** What is asked, as something to do: `shut down pve2 by its API`. */
export function describeErrand(work: ErrandWork): string {
  switch (work.do) {
    case 'quiet-ha':
      return work.way === 'disarm'
        ? `disarm HA of ${work.cluster}, so that no node fences itself`
        : `let HA of ${work.cluster} ignore ${list(work.services.map(({ sid }) => sid))}, so that no node fences itself`
    case 'arm-ha':
      return `arm HA of ${work.cluster} again`
    case 'ceph-flags':
      return `${work.set ? 'set' : 'clear'} the flags of Ceph in ${work.cluster}`
    case 'stop-guest':
      return `shut down ${work.guest} on ${work.node}, and stop it after ${spell(work.timeoutMs)}`
    case 'start-guest':
      return `start ${work.guest} on ${work.node}`
    case 'shutdown-node':
      return `shut down ${work.host} by ${work.by === 'api' ? 'its API' : 'SSH'}`
    case 'wake':
      return `wake ${work.host} over the network`
    case 'replicate':
      return `run replication job ${work.job} on ${work.node} now`
  }
}
