import type { Task } from '../../world/cluster/types.ts'
import { may } from './access.ts'
import { type Answer, Beside, type Call } from './call.ts'
import { Refusal } from './refusal.ts'

/** `UPID:pve3:000000A5:0004C75B:6B0094B1:qmstart:103:root@pam:` */
export function upidOf({ wall }: Call, task: Task): string {
  const start = wall.s(task.startMs)
  const parts = [pid(task), pstart(task), start].map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
  return `UPID:${task.node}:${parts.join(':')}:${task.type}:${task.id}:${task.user}:`
}

function pid(task: Task): number {
  return 0xa0 + task.serial
}

function pstart(task: Task): number {
  return 300_000 + task.serial
}

/** Of all nodes, as far as this one was told; what ran when a peer went still runs in its eyes. */
export const clusterTasks: Answer = (call) => {
  const { cluster, node: viewer } = call
  return cluster.tasks.toReversed().flatMap((task) => {
    if (!visible(call, task)) return []
    const peer = viewer.peers[task.node]
    const untilMs = task.node === viewer.name || peer?.member === true ? Number.POSITIVE_INFINITY : (peer?.lostMs ?? 0)
    if (task.startMs > untilMs) return []
    const { pid: _pid, pstart: _pstart, ...row } = rowOf(call, task, untilMs)
    return [{ ...row, saved: '1' }]
  })
}

function visible({ caller }: Call, task: Task): boolean {
  return task.user === caller.user || may(caller, `/nodes/${task.node}`, 'Sys.Audit')
}

function rowOf(call: Call, task: Task, untilMs = Number.POSITIVE_INFINITY) {
  const { wall } = call
  const [user, tokenid] = task.user.split('!')
  const row = {
    upid: upidOf(call, task),
    node: task.node,
    type: task.type,
    id: task.id,
    user,
    ...(tokenid === undefined ? {} : { tokenid }),
    starttime: wall.s(task.startMs),
    pid: pid(task),
    pstart: pstart(task),
  }
  if (task.endMs === undefined || task.endMs > untilMs) return row
  return { ...row, endtime: wall.s(task.endMs), status: task.status }
}

export const nodeTasks: Answer = (call) => {
  const { cluster, node, parameters, wall } = call
  const { source = 'archive', since, until, typefilter, userfilter, vmid, statusfilter } = parameters
  const start = Number(parameters.start ?? 0)
  const limit = Number(parameters.limit ?? 50)
  const errors = /^(1|on|yes|true)$/i.test(parameters.errors ?? '')
  const rows = cluster.tasks.toReversed().filter((task) => {
    const running = task.endMs === undefined
    if (task.node !== node.name || !visible(call, task)) return false
    if ((source === 'archive' && running) || (source === 'active' && !running)) return false
    if (since !== undefined && wall.s(task.startMs) < Number(since)) return false
    if (until !== undefined && wall.s(task.startMs) > Number(until)) return false
    if (typefilter !== undefined && task.type !== typefilter) return false
    if (vmid !== undefined && task.id !== vmid) return false
    if (userfilter !== undefined && !task.user.includes(userfilter)) return false
    if (errors && !running && kindOf(task) === 'ok') return false
    return statusfilter === undefined || statusfilter.split(/[,; ]+/).includes(kindOf(task))
  })
  const page = rows.slice(start, start + limit).map((task) => rowOf(call, task))
  return new Beside(page, { total: rows.length })
}

function kindOf({ status }: Task): string {
  if (status === undefined) return 'unknown'
  return status === 'OK' ? 'ok' : status.startsWith('WARNINGS: ') ? 'warning' : 'error'
}

export const taskStatus: Answer = (call) => {
  const { cluster, node, parameters } = call
  const task = cluster.tasks.find((one) => upidOf(call, one) === parameters.upid)
  if (task === undefined || task.node !== node.name) throw new Refusal(500, 'no such task')
  const { endtime: _end, status, ...row } = { endtime: 0, status: undefined, ...rowOf(call, task) }
  if (task.endMs === undefined) return { ...row, status: 'running' }
  return { ...row, status: 'stopped', exitstatus: status }
}

export const clusterLog: Answer = (call) => {
  const { cluster, node, wall, parameters } = call
  const entries = cluster.tasks.flatMap((task) => {
    const tag = task.user === 'root@pam' ? 'pve-ha-lrm' : 'pvedaemon'
    const upid = upidOf(call, task)
    const entry = (at: number, msg: string, pri: number, half: number) => {
      const uid = `${task.serial * 2 + half}`
      return {
        id: `${uid}:${task.node}`,
        uid,
        node: task.node,
        time: wall.s(at),
        user: task.user,
        tag,
        pid: 110,
        pri,
        msg,
      }
    }
    const begun = entry(task.startMs, `starting task ${upid}`, 6, 0)
    if (task.endMs === undefined) return [begun]
    return [begun, entry(task.endMs, `end task ${upid} ${task.status}`, task.status === 'OK' ? 6 : 3, 1)]
  })
  const first = { id: '1:first', uid: '1', node: node.name, time: wall.s(node.bootedMs), user: 'root', tag: 'cluster' }
  const all = [{ ...first, pid: 70, pri: 6, msg: 'starting cluster log' }, ...entries]
  return all.toReversed().slice(0, Number(parameters.max ?? 500))
}
