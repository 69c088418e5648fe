import type { ApiVersion } from '../../core/cluster/types.ts'
import type { ApiOutcome, TaskEnd } from '../../ports/cluster.ts'
import type { ApiRequest } from '../api/request.ts'
import { since, supports } from '../api/version.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'
import { waitForTask } from './task.ts'

/** For a guest to start; pvedaemon itself gives a machine with much memory minutes. */
const START_LIMIT_MS = 600_000

/** `guest`: `qemu/100`. Ends when the task has; a guest that runs already is a task that failed with these words. */
export async function startGuest(
  cluster: ClusterAsk,
  guest: string,
  node: string,
  signal?: AbortSignal,
): Promise<ApiOutcome<TaskEnd>> {
  const [, type, vmid] = /^(qemu|lxc)\/([1-9]\d{2,8})$/.exec(guest) ?? []
  if (type === undefined) return forPeople('not-found', `${guest} is no guest: qemu/100 or lxc/101 is expected.`)
  const request: ApiRequest = {
    method: 'POST',
    path: `/nodes/{node}/${type}/{vmid}/status/start`,
    params: { node, vmid: Number(vmid) },
  }
  const outcome = await write(cluster, node, request, signal)
  return outcome.ok ? waitForTask(cluster, String(outcome.value), START_LIMIT_MS, signal) : outcome
}

export function disarmHa(
  cluster: ClusterAsk,
  mode: 'freeze' | 'ignore',
  signal?: AbortSignal,
): Promise<ApiOutcome<void>> {
  const params = { 'resource-mode': mode }
  return ofHa(cluster, { method: 'POST', path: '/cluster/ha/status/disarm-ha', params }, signal)
}

export function armHa(cluster: ClusterAsk, signal?: AbortSignal): Promise<ApiOutcome<void>> {
  return ofHa(cluster, { method: 'POST', path: '/cluster/ha/status/arm-ha' }, signal)
}

async function ofHa(cluster: ClusterAsk, request: ApiRequest, signal?: AbortSignal): Promise<ApiOutcome<void>> {
  const old = tooOld(cluster)
  if (old !== undefined) return old
  const outcome = await write(cluster, undefined, request, signal)
  return outcome.ok ? { ok: true, value: undefined } : outcome
}

/** One old manager among new ones would not obey: each node has to know the call. */
function tooOld(cluster: ClusterAsk): ReturnType<typeof forPeople> | undefined {
  const versions = Object.values(cluster.views().views).flatMap(({ node, version }): [string, ApiVersion][] =>
    version === undefined ? [] : [[node, version.value]],
  )
  const old = versions.find(([, version]) => supports(version, 'disarm-ha') === false)
  if (old === undefined) return undefined
  const [node, { version }] = old
  const sentence = `HA can be disarmed by the API from Proxmox VE ${since('disarm-ha')} on, but ${node} has ${version}.`
  return forPeople('not-supported', sentence)
}

async function write(
  cluster: ClusterAsk,
  node: string | undefined,
  request: ApiRequest,
  signal: AbortSignal | undefined,
): Promise<ApiOutcome<unknown>> {
  const options = { section: 'action', ...(signal === undefined ? {} : { signal }) }
  const outcome = await cluster.ask('write', node, (endpoint) => endpoint.call(request, options))
  return outcome.ok ? { ok: true, value: outcome.value.data } : outcome
}
