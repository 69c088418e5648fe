import type { GuestModel } from './model-types.ts'
import { endedWell, isRunning, taskOnGuest } from './tasks.ts'
import { type Asked, type Told, tellOf } from './told.ts'
import type { Backups, GuestConfig, GuestRow, HaStatus, Resources, Task } from './types.ts'

export type GuestSources = {
  readonly asked: Asked
  readonly resources: Told<Resources> | undefined
  /** By the believed view; no node is where there is none. */
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
  const dumps = dumpsByGuest(tasks)
  return resources.value.guests
    .map((row): GuestModel => {
      const service = services.get(sidOf(row))
      const { id, vmid, type, name, node, template, tags, lock } = row
      const known = settings.get(id)
      const [last, good] = dumps.get(vmid) ?? []
      // Written out: with hundreds of guests judged each second, copying what is spread costs more than all the rest.
      return {
        id,
        vmid,
        type,
        name,
        node,
        template,
        tags,
        lock,
        running: runningOf(row, sources),
        row,
        ageMs: resources.ageMs,
        ha: service && { state: service.state, requestState: service.requestState },
        onboot: known?.config.onboot,
        order: known?.config.order,
        upS: known?.config.upS,
        downS: known?.config.downS,
        agent: known?.config.agent,
        watchdog: known?.config.watchdog,
        addresses: known?.config.addresses ?? [],
        needs: known?.config.storages,
        configAgeMs: known?.ageMs,
        task: running.length === 0 ? undefined : taskOnGuest(running, vmid, node),
        lastBackup: last && { endS: last.endS ?? 0, ok: endedWell(last), status: last.status ?? '' },
        lastGoodBackupS: good?.endS,
        backedUp: uncovered && !uncovered.has(id),
      }
    })
    .sort((a, b) => a.vmid - b.vmid)
}

/** `qemu/100` is `vm:100` to HA, `lxc/101` is `ct:101`. */
export function sidOf({ type, vmid }: { readonly type: GuestRow['type']; readonly vmid: number }): string {
  return `${type === 'lxc' ? 'ct' : 'vm'}:${vmid}`
}

/** Rows of a node that is away look as they did when it was last heard of. */
function runningOf({ status, node }: GuestRow, { resources, isOnline }: GuestSources): boolean | undefined {
  if (resources?.fresh !== true || !isOnline(node)) return undefined
  if (status === 'stopped') return false
  return status === 'unknown' ? undefined : true
}

/** The newest that any node told of a guest: a guest may have moved since. */
function settingsOf(asked: Asked): ReadonlyMap<string, { readonly config: GuestConfig; readonly ageMs: number }> {
  const newest = new Map<string, { readonly config: GuestConfig; readonly ageMs: number }>()
  for (const view of Object.values(asked.views.views)) {
    const told = tellOf(asked, view, 'guests')
    if (told === undefined) continue
    const { ageMs, value } = told
    for (const id in value) {
      const config = value[id]
      const known = newest.get(id)
      if (config !== undefined && (known === undefined || ageMs < known.ageMs)) newest.set(id, { config, ageMs })
    }
  }
  return newest
}

/** Of each guest the last backup that ended, and the last that came well. Tasks are newest first. */
function dumpsByGuest(tasks: readonly Task[]): ReadonlyMap<number, readonly [last: Task, good: Task | undefined]> {
  const dumps = new Map<number, readonly [Task, Task | undefined]>()
  for (const task of tasks) {
    if (task.type !== 'vzdump' || task.endS === undefined || task.id === '') continue
    const known = dumps.get(Number(task.id))
    const good = endedWell(task) ? task : undefined
    dumps.set(Number(task.id), [known?.[0] ?? task, known?.[1] ?? good])
  }
  return dumps
}
