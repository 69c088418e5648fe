import { type Asked, tell, tellOf } from './told.ts'
import type { Task } from './types.ts'

/**
 * All tasks that are known, newest first. What a node that is away was last known to run tells nothing: its tasks are
 * left out unless it says itself, lately, that they run.
 */
export function tasksOf(asked: Asked, isOnline: (node: string) => boolean): readonly Task[] {
  const byId = new Map<string, Task>()
  for (const task of tell(asked, 'tasks')?.value ?? []) {
    if (task.endS !== undefined || isOnline(task.node)) byId.set(task.upid, task)
  }
  for (const view of Object.values(asked.views.views)) {
    const told = tellOf(asked, view, 'tasks')
    if (told?.fresh !== true) continue
    for (const task of told.value) {
      // Whoever runs it knows best, except that what has ended once does not run again.
      if (task.node === view.node && byId.get(task.upid)?.endS === undefined) byId.set(task.upid, task)
    }
  }
  return [...byId.values()].sort((a, b) => b.startS - a.startS || (a.upid < b.upid ? -1 : 1))
}

export function isRunning({ endS }: Task): boolean {
  return endS === undefined
}

export function endedWell({ status = '' }: Task): boolean {
  return status === 'OK' || status.startsWith('WARNINGS')
}

/** Tasks of a whole node, during which its guests come and go. */
const OF_NODE = new Set(['startall', 'stopall', 'migrateall', 'suspendall', 'bulkmigrate'])

/** The running task that explains what a guest is doing; with `vzdump` of several guests any of the node may be next. */
export function taskOnGuest(running: readonly Task[], vmid: number, node: string): Task | undefined {
  const own = running.find((task) => isAbout(task, vmid))
  if (own !== undefined) return own
  return running.find(
    (task) => task.node === node && (OF_NODE.has(task.type) || (task.type === 'vzdump' && task.id === '')),
  )
}

/** HA's own tasks are about `vm:100`. */
export function isAbout({ id }: Task, vmid: number): boolean {
  return id === String(vmid) || id === `vm:${vmid}` || id === `ct:${vmid}`
}
