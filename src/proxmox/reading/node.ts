import type { NodeStatus } from '../../core/cluster/types.ts'
import { maybeText, number, row, text } from './loose.ts'

/** `GET /nodes/{node}/status`: load averages are strings; the short name of the kernel is told from 8.0. */
export function readNode(data: unknown): NodeStatus | undefined {
  const told = row(data)
  if (told === undefined || told.uptime === undefined) return undefined
  const memory = row(told.memory)
  const root = row(told.rootfs)
  const loads = Array.isArray(told.loadavg) ? told.loadavg : []
  return {
    uptimeS: number(told.uptime),
    kernel: maybeText(row(told['current-kernel'])?.release) ?? kernelOf(text(told.kversion)),
    pveVersion: text(told.pveversion),
    loads: loads.map(number),
    cpuRatio: number(told.cpu),
    cpus: number(row(told.cpuinfo)?.cpus),
    memoryBytes: number(memory?.used),
    memoryMaxBytes: number(memory?.total),
    rootUsedBytes: number(root?.used),
    rootTotalBytes: number(root?.total),
  }
}

/** `Linux 5.15.102-1-pve #1 SMP PVE 5.15.102-1 (...)`. */
function kernelOf(words: string): string {
  return /^Linux (\S+)/.exec(words)?.[1] ?? words
}
