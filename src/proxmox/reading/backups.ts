import type { Backups } from '../../core/cluster/types.ts'
import { flag, maybeNumber, maybeText, number, optional, type Row, rows } from './loose.ts'

/** `GET /cluster/backup` and `GET /cluster/backup-info/not-backed-up`. */
export function readBackups(jobs: unknown, notBackedUp: unknown): Backups | undefined {
  const jobRows = rows(jobs)
  const guestRows = rows(notBackedUp)
  if (jobRows === undefined || guestRows === undefined) return undefined
  return {
    jobs: jobRows.map((row) => ({
      id: maybeText(row.id) ?? 'unnamed',
      enabled: row.enabled === undefined || flag(row.enabled),
      ...optional('schedule', schedule(row)),
      ...optional('nextRunS', maybeNumber(row['next-run'])),
    })),
    notBackedUp: guestRows
      .filter((row) => maybeNumber(row.vmid) !== undefined)
      .map((row) => {
        const vmid = number(row.vmid)
        return { id: `${row.type === 'lxc' ? 'lxc' : 'qemu'}/${vmid}`, vmid, name: maybeText(row.name) ?? String(vmid) }
      }),
  }
}

/** Jobs that were made before 7.1 have days and a time in place of a schedule. */
function schedule(row: Row): string | undefined {
  const days = maybeText(row.dow)
  const time = maybeText(row.starttime)
  return maybeText(row.schedule) ?? (time === undefined ? undefined : [days, time].filter(Boolean).join(' '))
}
