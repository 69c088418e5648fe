import type { Task } from '../../core/cluster/types.ts'
import { maybeNumber, maybeText, number, optional, rows, text } from './loose.ts'

/** `GET /cluster/tasks`: what each node told of its newest tasks, those that run included. */
export function readTasks(data: unknown): readonly Task[] | undefined {
  return rows(data)?.flatMap((row) => {
    const upid = maybeText(row.upid)
    if (upid === undefined) return []
    const endS = maybeNumber(row.endtime)
    const status = maybeText(row.status)
    const task: Task = {
      upid,
      node: text(row.node),
      type: text(row.type),
      id: text(row.id),
      user: text(row.user),
      startS: number(row.starttime),
      ...optional('endS', endS),
      // A running one has none, or `RUNNING`.
      ...optional('status', endS === undefined && /^running$/i.test(status ?? '') ? undefined : status),
    }
    return [task]
  })
}
