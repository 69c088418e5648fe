import type { TaskEnd } from '../../ports/cluster.ts'
import { maybeText, row } from './loose.ts'

/** `GET /nodes/{node}/tasks/{upid}/status`; `running` while it runs. Warnings are no failure. */
export function readTaskEnd(upid: string, data: unknown): TaskEnd | 'running' | undefined {
  const told = row(data)
  if (told?.status === 'running') return 'running'
  if (told?.status !== 'stopped') return undefined
  const exitStatus = maybeText(told.exitstatus) ?? 'unknown'
  return { upid, exitStatus, ok: exitStatus === 'OK' || exitStatus.startsWith('WARNINGS') }
}
