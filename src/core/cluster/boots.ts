import { type At, elapsedMs } from '../time.ts'
import type { ClusterModel, NodeModel } from './model-types.ts'
import { isRunning } from './tasks.ts'

/** One boot of a node, as it was watched. */
export type NodeBoot = {
  /** Counts the boots that were seen of this node. */
  readonly number: number
  readonly bootId?: string
  /** What it last said, and when that was read. */
  readonly uptimeS: number
  readonly at: At
  /** It was watched from early on: what has not run since has not been started. */
  readonly caught: boolean
  /** Its start of all guests is over. */
  readonly settled: boolean
  /** Guests that have run on it since, or that somebody has stopped or moved since: they are no matter of this boot. */
  readonly done: readonly string[]
}
export type BootMemory = Readonly<Record<string, NodeBoot>>

/** A node that has been up for longer when it is first seen has had its guests started, and stopped, unseen. */
const CAUGHT_WITHIN_S = 1_800
/** A node without a task that starts its guests has none to start, or started them before its tasks could be read. */
const SETTLED_AFTER_S = 300
/** By so much uptime and time may drift apart: uptime is in whole seconds, and calls take a while. */
const DRIFT_S = 60

/** Takes in what the cluster shows now: to be called at each judgement, with what it answered before. */
export function watchBoots(before: BootMemory, model: ClusterModel): BootMemory {
  const after: Record<string, NodeBoot> = {}
  for (const node of model.nodes) {
    const boot = watchBoot(before[node.name], node, model)
    if (boot !== undefined) after[node.name] = boot
  }
  return after
}

function watchBoot(known: NodeBoot | undefined, node: NodeModel, model: ClusterModel): NodeBoot | undefined {
  const { own, online } = node
  // Only its own word counts: the rows of others say nothing of when they were read.
  if (own?.fresh !== true || online !== true) return known
  const { uptimeS, bootId } = own.value
  const isSame = known !== undefined && isSameBoot(known, uptimeS, bootId, own.at)
  const caught = isSame ? known.caught : known !== undefined || uptimeS <= CAUGHT_WITHIN_S
  const bootedS = model.at.wallMs / 1000 - uptimeS - elapsedMs(own.at, model.at) / 1000
  return {
    number: isSame ? known.number : (known?.number ?? 0) + 1,
    bootId: bootId ?? (isSame ? known.bootId : undefined),
    uptimeS,
    at: own.at,
    caught,
    settled: isSettled(node.name, uptimeS, bootedS, model),
    done: caught ? doneOf(isSame ? known.done : [], node.name, bootedS, model) : [],
  }
}

function isSameBoot(known: NodeBoot, uptimeS: number, bootId: string | undefined, at: At): boolean {
  if (known.bootId !== undefined && bootId !== undefined) return known.bootId === bootId
  return uptimeS + DRIFT_S >= known.uptimeS + elapsedMs(known.at, at) / 1000
}

function isSettled(node: string, uptimeS: number, bootedS: number, { tasks }: ClusterModel): boolean {
  const starts = tasks.filter((task) => task.node === node && task.type === 'startall')
  if (starts.some(isRunning)) return false
  return uptimeS >= SETTLED_AFTER_S || starts.some(({ startS }) => startS >= bootedS - DRIFT_S)
}

const BY_HAND = new Set([
  'qmstop',
  'qmshutdown',
  'qmsuspend',
  'qmigrate',
  'vzstop',
  'vzshutdown',
  'vzmigrate',
  'vzsuspend',
])

function doneOf(
  before: readonly string[],
  node: string,
  bootedS: number,
  { guests, tasks }: ClusterModel,
): readonly string[] {
  const since = tasks.filter((task) => task.node === node && task.startS >= bootedS - DRIFT_S)
  const handled = new Set(since.filter(({ type }) => BY_HAND.has(type)).map(({ id }) => id))
  const here = guests.filter((guest) => guest.node === node)
  const now = here.filter(({ running, vmid }) => running === true || handled.has(String(vmid))).map(({ id }) => id)
  const all = new Set([...before.filter((id) => here.some((guest) => guest.id === id)), ...now])
  return [...all].sort()
}
