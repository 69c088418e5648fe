import type { World } from '../types.ts'
import type { Boot, Cluster, Node } from './types.ts'

const MOST_LINES = 600
const MOST_BOOTS = 6
/** journald writes to the disk at least so often; what is younger is lost with the power. Seen: the last half minute. */
const UNSYNCED_MS = 30_000

const PIDS: Readonly<Record<string, number>> = {
  systemd: 1,
  corosync: 70,
  pmxcfs: 74,
  'systemd-journald': 52,
  'systemd-logind': 61,
  pvedaemon: 110,
  pveproxy: 121,
  'watchdog-mux': 134,
  'pve-ha-crm': 143,
  'pve-ha-lrm': 144,
  pvescheduler: 150,
}
/** Of the LRM, as watchdog-mux names its client. */
export const LRM_PID = 144

/** Adds a line to the journal of a node that runs. Time never goes back within it. */
export function say(world: World, cluster: Cluster, node: Node, who: string, text: string, atMs = world.nowMs): void {
  if (!cluster.keepsJournals) return
  const boot = node.boots.at(-1)
  if (boot === undefined || boot.endMs !== undefined) return
  const pid = PIDS[who]
  const last = boot.lines.at(-1)?.atMs ?? boot.startMs
  node.lineCount += 1
  const from = pid === undefined ? who : `${who}[${pid}]`
  boot.lines.push({ serial: node.lineCount, atMs: Math.max(last, atMs), who: from, text })
  if (boot.lines.length > MOST_LINES) boot.lines.splice(0, boot.lines.length - MOST_LINES)
}

/** Everything up to now is on the disk: a clean stop, or a line that asks for it. */
export function sync(world: World, node: Node): void {
  const boot = node.boots.at(-1)
  if (boot !== undefined) boot.syncedMs = world.nowMs
}

export function beginBoot(cluster: Cluster, node: Node, startMs: number): void {
  node.bootCount += 1
  const id = bootId(`${cluster.name}/${node.name}`, node.bootCount)
  node.boots.push({ id, number: node.bootCount, startMs, endMs: undefined, lines: [], syncedMs: startMs })
  if (node.boots.length > MOST_BOOTS) node.boots.shift()
}

/** `abrupt`: what was not yet on the disk is lost. */
export function endBoot(world: World, node: Node, abrupt: boolean): void {
  const boot = node.boots.at(-1)
  if (boot === undefined || boot.endMs !== undefined) return
  boot.endMs = world.nowMs
  if (!abrupt) return
  const keptMs = Math.max(boot.syncedMs, world.nowMs - UNSYNCED_MS)
  while ((boot.lines.at(-1)?.atMs ?? 0) > keptMs) boot.lines.pop()
}

export function presentBoot(node: Node): Boot | undefined {
  return node.boots.at(-1)
}

/** 32 hex digits that are the same in every run. */
export function bootId(name: string, number: number): string {
  let id = ''
  for (let part = 0; part < 4; part += 1) id += hash(`${name}#${number}#${part}`).toString(16).padStart(8, '0')
  return id
}

/** FNV-1a, 32 bits, stirred at the end: the lab's only source of chance, and it is none. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
