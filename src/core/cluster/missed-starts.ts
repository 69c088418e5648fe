import { type At, elapsedMs, later } from '../time.ts'
import type { BootMemory, NodeBoot } from './boots.ts'
import { guestName, isManagedByHa, isSilenced } from './guest-duty.ts'
import type { ClusterModel, GuestModel, StorageModel } from './model-types.ts'
import { isAbout, isRunning } from './tasks.ts'
import type { Task } from './types.ts'

/** What was tried, by node: once a boot and guest, whatever came of it. */
export type MissedStarts = Readonly<Record<string, TriedStarts>>
type TriedStarts = {
  /** `NodeBoot.number`. */
  readonly boot: number
  readonly tried: readonly string[]
  /** The start delay of the last one is over then. */
  readonly nextAt?: At
}

export type StartStep = {
  readonly state: MissedStarts
  /** Start this one now; when it has ended, ask again. `state` holds already that it was tried. */
  readonly start?: { readonly guest: string; readonly node: string; readonly sentence: string }
  /** Nothing to start before then, unless the cluster changes. */
  readonly waitUntil?: At
}

/**
 * Which onboot guest that its node's boot did not start is started now, if any: one at a time, in start order. Nothing
 * without a believed view, and nothing on a node whose own start of all guests still runs.
 */
export function missedStart(before: MissedStarts, model: ClusterModel, boots: BootMemory): StartStep {
  const state = ofThisBoot(before, boots)
  if (!mayStart(model)) return { state }
  let waitUntil: At | undefined
  for (const { name, online, inMaintenance } of model.nodes) {
    const boot = boots[name]
    if (online !== true || inMaintenance || boot === undefined || !boot.caught || !boot.settled) continue
    if (model.tasks.some((task) => task.node === name && isRunning(task) && OF_ALL.has(task.type))) continue
    const tried = state[name] ?? { boot: boot.number, tried: [] }
    const next = missedOn(name, boot, model).find(
      (guest) => !tried.tried.includes(guest.id) && isReady(guest, boot, model),
    )
    if (next === undefined) continue
    if (tried.nextAt !== undefined && elapsedMs(model.at, tried.nextAt) > 0) {
      waitUntil = sooner(waitUntil, tried.nextAt)
      continue
    }
    const sentence = `${guestName(next)} is to start with its node and did not when ${name} booted: it is started now.`
    return {
      state: { ...state, [name]: withTried(tried, next, model.at) },
      start: { guest: next.id, node: name, sentence },
    }
  }
  return { state, waitUntil }
}

/** Onboot guests of the node that have not run since its boot, in start order. Whether each may be started is another matter. */
export function missedOn(node: string, boot: NodeBoot, { guests }: ClusterModel): readonly GuestModel[] {
  return guests.filter((guest) => guest.node === node && isMissed(guest, boot)).sort(byOrder)
}

const OF_ALL = new Set(['startall', 'stopall', 'migrateall', 'bulkmigrate', 'suspendall'])

function isMissed(guest: GuestModel, { done }: NodeBoot): boolean {
  const { onboot, running, template, id } = guest
  return (
    onboot === true &&
    running === false &&
    !template &&
    !done.includes(id) &&
    !isManagedByHa(guest) &&
    !isSilenced(guest)
  )
}

/** Quorate, in agreement, and with every word about now that the choice depends on. */
function mayStart({ trusted, agreement, sections }: ClusterModel): boolean {
  return (
    trusted &&
    agreement.splitBrain === undefined &&
    [sections.resources, sections.ha, sections.tasks].every((each) => each?.fresh === true)
  )
}

function isReady(guest: GuestModel, { uptimeS, at }: NodeBoot, { tasks, storages, at: now }: ClusterModel): boolean {
  if (guest.lock !== undefined || guest.task !== undefined) return false
  const bootedS = now.wallMs / 1000 - uptimeS - elapsedMs(at, now) / 1000
  const starts = tasks.filter(
    (task) => isAbout(task, guest.vmid) && /^(?:qm|vz)start$/.test(task.type) && task.startS >= bootedS - 60,
  )
  return !starts.some(isByHand) && isStorageActive(guest, storages)
}

/** The node's own start of all guests runs as plain root; whoever else has tried since the boot, us included, has tried. */
function isByHand({ upid }: Task): boolean {
  return !/:root@pam:$/.test(upid)
}

/** All of those that it needs; where these are not known, all of the node that can hold guests. */
function isStorageActive({ node, needs }: GuestModel, storages: readonly StorageModel[]): boolean {
  const here = storages.filter((storage) => storage.node === node)
  if (needs !== undefined)
    return needs.every((name) => here.some(({ storage, active }) => storage === name && active === true))
  const holding = here.filter(({ content }) => /images|rootdir/.test(content))
  return holding.length > 0 && holding.every(({ active }) => active === true)
}

/** As pve-manager does: by order, those without one last, then by number. */
function byOrder(a: GuestModel, b: GuestModel): number {
  return (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER) || a.vmid - b.vmid
}

function ofThisBoot(before: MissedStarts, boots: BootMemory): MissedStarts {
  return Object.fromEntries(Object.entries(before).filter(([node, { boot }]) => boots[node]?.number === boot))
}

function withTried(tried: TriedStarts, { id, upS }: GuestModel, now: At): TriedStarts {
  return { boot: tried.boot, tried: [...tried.tried, id], nextAt: later(now, (upS ?? 0) * 1000) }
}

function sooner(a: At | undefined, b: At): At {
  return a === undefined || elapsedMs(b, a) > 0 ? b : a
}
