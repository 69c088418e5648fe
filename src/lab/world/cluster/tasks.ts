import type { World } from '../types.ts'
import { stepAt } from './touch.ts'
import type { Cluster, Task } from './types.ts'

const MOST_TASKS = 200

export type TaskWish = {
  readonly node: string
  readonly type: string
  readonly id: string
  readonly user?: string
  readonly forMs: number
  /** Default `OK`. */
  readonly endsAs?: string
}

export function addTask(world: World, cluster: Cluster, wish: TaskWish): Task {
  cluster.taskCount += 1
  const ended = wish.forMs === 0
  const endsAs = wish.endsAs ?? 'OK'
  const task: Task = {
    node: wish.node,
    type: wish.type,
    id: wish.id,
    user: wish.user ?? 'root@pam',
    startMs: world.nowMs,
    serial: cluster.taskCount,
    endMs: ended ? world.nowMs : undefined,
    status: ended ? endsAs : undefined,
    endsAtMs: world.nowMs + wish.forMs,
    endsAs,
  }
  cluster.tasks.push(task)
  if (cluster.tasks.length > MOST_TASKS) cluster.tasks.shift()
  if (!ended) stepAt(world, cluster, task.endsAtMs)
  return task
}

/** Ends what is over, and what died with its node. */
export function followTasks(world: World, cluster: Cluster): void {
  for (const task of cluster.tasks) {
    if (task.endMs !== undefined) continue
    const node = cluster.nodes.find(({ name }) => name === task.node)
    if (node?.running !== true) end(world, cluster, task, 'unexpected status')
    else if (world.nowMs >= task.endsAtMs) end(world, cluster, task, task.endsAs)
    else stepAt(world, cluster, task.endsAtMs)
  }
}

function end(world: World, cluster: Cluster, task: Task, status: string): void {
  task.endMs = world.nowMs
  task.status = status
  cluster.changed = true
  if (task.type !== 'vzdump' || status === 'unexpected status') return
  for (const guest of cluster.guests) {
    if (guest.lock === 'backup' && (task.id === '' || task.id === `${guest.vmid}`)) guest.lock = undefined
  }
}
