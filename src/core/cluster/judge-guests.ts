import { elapsedMs } from '../time.ts'
import type { GuestModel } from './model-types.ts'
import { endedWell, isAbout, isRunning, taskOnGuest } from './tasks.ts'
import { type Asked, type Told, tellOf } from './told.ts'
import type { Backups, GuestConfig, GuestRow, HaStatus, Resources, Task } from './types.ts'

export type GuestSources = {
  readonly asked: Asked
  readonly resources: Told<Resources> | undefined
  /** A node with quorum tells the rows. */
  readonly trusted: boolean
  readonly isOnline: (node: string) => boolean
  readonly ha: Told<HaStatus> | undefined
  readonly backups: Told<Backups> | undefined
  readonly tasks: readonly Task[]
}

/** Guests as the newest rows have them, each with its settings, its HA state, and what runs on it. */
export function judgeGuests(sources: GuestSources): readonly GuestModel[] {
  const { resources, ha, backups, tasks } = sources
  if (resources === undefined) return []
  const settings = settingsOf(sources.asked)
  const services = new Map(ha?.value.services.map((service) => [service.sid, service]))
  const uncovered = backups === undefined ? undefined : new Set(backups.value.notBackedUp.map(({ id }) => id))
  const running = tasks.filter(isRunning)
  const dumps = tasks.filter(({ type, endS }) => type === 'vzdump' && endS !== undefined)
  return resources.value.guests
    .map((row): GuestModel => {
      const service = services.get(sidOf(row))
      return {
        ...named(row),
        running: runningOf(row, sources),
        row,
        ageMs: resources.ageMs,
        ha: service && { state: service.state, requestState: service.requestState },
        ...settings.get(row.id),
        addresses: settings.get(row.id)?.addresses ?? [],
        task: taskOnGuest(running, row.vmid, row.node),
        ...lastBackupOf(dumps, row.vmid),
        backedUp: uncovered && !uncovered.has(row.id),
      }
    })
    .sort((a, b) => a.vmid - b.vmid)
}

/** `qemu/100` is `vm:100` to HA, `lxc/101` is `ct:101`. */
export function sidOf({ type, vmid }: { readonly type: GuestRow['type']; readonly vmid: number }): string {
  return `${type === 'lxc' ? 'ct' : 'vm'}:${vmid}`
}

function named({ id, vmid, type, name, node, template, tags, lock }: GuestRow) {
  return { id, vmid, type, name, node, template, tags, lock }
}

/** Rows of a node that is away look as they did when it was last heard of. */
function runningOf({ status, node }: GuestRow, { resources, trusted, isOnline }: GuestSources): boolean | undefined {
  if (!trusted || resources?.fresh !== true || !isOnline(node)) return undefined
  if (status === 'stopped') return false
  return status === 'unknown' ? undefined : true
}

/** The newest that any node told of a guest: a guest may have moved since. */
function settingsOf(asked: Asked) {
  const newest = new Map<
    string,
    Omit<GuestConfig, 'lock' | 'storages'> & { configAgeMs: number; needs?: readonly string[] }
  >()
  for (const view of Object.values(asked.views.views)) {
    const told = tellOf(asked, view, 'guests')
    for (const [id, { lock: _, storages, ...config }] of Object.entries(told?.value ?? {})) {
      const configAgeMs = elapsedMs((told as Told<unknown>).at, asked.now)
      const known = newest.get(id)
      if (known === undefined || configAgeMs < known.configAgeMs) {
        newest.set(id, { ...config, needs: storages, configAgeMs })
      }
    }
  }
  return newest
}

function lastBackupOf(dumps: readonly Task[], vmid: number): Pick<GuestModel, 'lastBackup' | 'lastGoodBackupS'> {
  const own = dumps.filter((task) => isAbout(task, vmid))
  const last = own[0]
  return {
    lastBackup: last && { endS: last.endS ?? 0, ok: endedWell(last), status: last.status ?? '' },
    lastGoodBackupS: own.find(endedWell)?.endS,
  }
}
