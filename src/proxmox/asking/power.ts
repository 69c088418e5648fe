import type { ApiOutcome, PowerAction, TaskEnd } from '../../ports/cluster.ts'
import type { ApiRequest } from '../api/request.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'
import { waitForTask } from './task.ts'

/** Beyond the time that a guest is given itself. */
const TASK_SLACK_MS = 60_000

/** Does it, and waits for its task where it has one. */
export async function actOnPower(
  cluster: ClusterAsk,
  action: PowerAction,
  signal?: AbortSignal,
): Promise<ApiOutcome<TaskEnd | undefined>> {
  const found = requestOf(action)
  if (typeof found === 'string') return forPeople('not-found', found)
  const options = { section: 'action', ...(signal === undefined ? {} : { signal }) }
  const outcome = await cluster.ask('write', found.at, (endpoint) => endpoint.call(found.request, options))
  if (!outcome.ok) return outcome
  if (action.do !== 'stop-guest') return { ok: true, value: undefined }
  const limitMs = action.timeoutS * 1_000 + TASK_SLACK_MS
  return waitForTask(cluster, String(outcome.value.data), limitMs, signal)
}

/** `at`: the node that is asked first; a node on its way down is best asked itself, and needs no quorum for it. */
function requestOf(action: PowerAction): { readonly request: ApiRequest; readonly at?: string } | string {
  switch (action.do) {
    case 'stop-guest': {
      const [, type, vmid] = /^(qemu|lxc)\/([1-9]\d{2,8})$/.exec(action.guest) ?? []
      if (type === undefined) return `${action.guest} is no guest: qemu/100 or lxc/101 is expected.`
      const { node, timeoutS } = action
      const params = { node, vmid: Number(vmid), timeout: Math.max(1, Math.round(timeoutS)), forceStop: 1 }
      return { at: node, request: post(`/nodes/{node}/${type}/{vmid}/status/shutdown`, params) }
    }
    case 'shutdown-node':
      return { at: action.node, request: post('/nodes/{node}/status', { node: action.node, command: 'shutdown' }) }
    // Sent by whoever is asked: the node itself sleeps.
    case 'wake-node':
      return { request: post('/nodes/{node}/wakeonlan', { node: action.node }) }
    case 'ha-state': {
      const params = { sid: action.sid, state: action.state }
      return { request: { method: 'PUT', path: '/cluster/ha/resources/{sid}', params } }
    }
    case 'ceph-flag': {
      const params = { flag: action.flag, value: action.set ? 1 : 0 }
      return { request: { method: 'PUT', path: '/cluster/ceph/flags/{flag}', params } }
    }
    case 'replicate': {
      const params = { node: action.node, id: action.job }
      return { at: action.node, request: post('/nodes/{node}/replication/{id}/schedule_now', params) }
    }
  }
}

function post(path: string, params: ApiRequest['params']): ApiRequest {
  return { method: 'POST', path, ...(params === undefined ? {} : { params }) }
}
