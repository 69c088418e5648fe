import type { Answer } from './call.ts'
import { clusterStatus, configNodes, configQdevice, nodes, options, version } from './cluster-answers.ts'
import { agentInterfaces, containerInterfaces, guestConfig, guestStatus, guestsOn } from './guest-answers.ts'
import { arm, disarm, haCurrent, haGroups, haResources, haRules, managerStatus } from './ha-answers.ts'
import { guestHistory, metricsExport, nodeHistory, storageHistory } from './history-answers.ts'
import { journal } from './journal-answer.ts'
import {
  backupJobs,
  ceph,
  clusterReplication,
  nodeReplication,
  nodeStatus,
  nodeStorage,
  notBackedUp,
  services,
  storageStatus,
  subscription,
  time,
} from './node-answers.ts'
import { type Method, SCHEMA } from './parameters.ts'
import { allGuests, nodePower, startGuest, stopGuest, wakeOnLan } from './power-answers.ts'
import { resources } from './resource-answers.ts'
import { clusterLog, clusterTasks, nodeTasks, taskStatus } from './task-answers.ts'
import { certificates, updates, versions } from './update-answers.ts'

const GET: Readonly<Record<string, Answer>> = {
  '/version': version,
  '/cluster/status': clusterStatus,
  '/cluster/resources': resources,
  '/cluster/config/nodes': configNodes,
  '/cluster/config/qdevice': configQdevice,
  '/cluster/ha/status/current': haCurrent,
  '/cluster/ha/status/manager_status': managerStatus,
  '/cluster/ha/resources': haResources,
  '/cluster/ha/rules': haRules,
  '/cluster/ha/groups': haGroups,
  '/cluster/backup': backupJobs,
  '/cluster/backup-info/not-backed-up': notBackedUp,
  '/cluster/tasks': clusterTasks,
  '/cluster/replication': clusterReplication,
  '/cluster/log': clusterLog,
  '/cluster/options': options,
  '/cluster/metrics/export': metricsExport,
  '/cluster/ceph/status': ceph,
  '/nodes': nodes,
  '/nodes/{node}/version': version,
  '/nodes/{node}/status': nodeStatus,
  '/nodes/{node}/storage': nodeStorage,
  '/nodes/{node}/storage/{storage}/status': storageStatus,
  '/nodes/{node}/storage/{storage}/rrddata': storageHistory,
  '/nodes/{node}/qemu': guestsOn('qemu'),
  '/nodes/{node}/lxc': guestsOn('lxc'),
  '/nodes/{node}/qemu/{vmid}/config': guestConfig('qemu'),
  '/nodes/{node}/lxc/{vmid}/config': guestConfig('lxc'),
  '/nodes/{node}/qemu/{vmid}/status/current': guestStatus('qemu'),
  '/nodes/{node}/lxc/{vmid}/status/current': guestStatus('lxc'),
  '/nodes/{node}/qemu/{vmid}/rrddata': guestHistory('qemu'),
  '/nodes/{node}/lxc/{vmid}/rrddata': guestHistory('lxc'),
  '/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': agentInterfaces,
  '/nodes/{node}/lxc/{vmid}/interfaces': containerInterfaces,
  '/nodes/{node}/tasks': nodeTasks,
  '/nodes/{node}/tasks/{upid}/status': taskStatus,
  '/nodes/{node}/journal': journal,
  '/nodes/{node}/rrddata': nodeHistory,
  '/nodes/{node}/services': services,
  '/nodes/{node}/apt/update': updates,
  '/nodes/{node}/apt/versions': versions,
  '/nodes/{node}/certificates/info': certificates,
  '/nodes/{node}/replication': nodeReplication,
  '/nodes/{node}/subscription': subscription,
  '/nodes/{node}/time': time,
  '/nodes/{node}/ceph/status': ceph,
}

const POST: Readonly<Record<string, Answer>> = {
  '/cluster/ha/status/disarm-ha': disarm,
  '/cluster/ha/status/arm-ha': arm,
  '/nodes/{node}/status': nodePower,
  '/nodes/{node}/qemu/{vmid}/status/start': startGuest('qemu'),
  '/nodes/{node}/lxc/{vmid}/status/start': startGuest('lxc'),
  '/nodes/{node}/qemu/{vmid}/status/shutdown': stopGuest('qemu', 'shutdown'),
  '/nodes/{node}/lxc/{vmid}/status/shutdown': stopGuest('lxc', 'shutdown'),
  '/nodes/{node}/qemu/{vmid}/status/stop': stopGuest('qemu', 'stop'),
  '/nodes/{node}/lxc/{vmid}/status/stop': stopGuest('lxc', 'stop'),
  '/nodes/{node}/stopall': allGuests('stopall'),
  '/nodes/{node}/startall': allGuests('startall'),
  '/nodes/{node}/wakeonlan': wakeOnLan,
}

export type Route = {
  readonly path: string
  readonly method: Method
  readonly answer: Answer
  /** Parameters that stand in the path. */
  readonly inPath: Readonly<Record<string, string>>
}

/** Which route a path is, with its parts decoded. `/access/...` is not among them. */
export function routeOf(verb: string | undefined, path: string): Route | undefined {
  const answers = verb === 'GET' ? GET : verb === 'POST' ? POST : {}
  const parts = path.split('/')
  for (const [template, answer] of Object.entries(answers)) {
    const inPath = match(template.split('/'), parts)
    const method = SCHEMA[template]?.[verb ?? '']
    if (inPath !== undefined && method !== undefined) return { path: template, method, answer, inPath }
  }
  return undefined
}

function match(template: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (template.length !== parts.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    const given = parts[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name !== undefined && given !== '') found[name] = given
    else if (part !== given) return undefined
  }
  return found
}
