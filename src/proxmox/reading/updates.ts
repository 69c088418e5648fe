import type { Updates } from '../../core/cluster/types.ts'
import { maybeText, optional, type Row, rows, text } from './loose.ts'

/** `GET /nodes/{node}/apt/update`. */
export function readPending(data: unknown): Updates['pending'] | undefined {
  return rows(data)?.flatMap((row) => {
    const name = maybeText(row.Package)
    if (name === undefined) return []
    const from = optional('from', maybeText(row.OldVersion))
    return [{ package: name, to: text(row.Version), ...from, ...optional('origin', maybeText(row.Origin)) }]
  })
}

/** `GET /nodes/{node}/apt/versions`: the kernel that runs is told beside `proxmox-ve`, or whatever else is its package. */
export function readKernels(data: unknown): Pick<Updates, 'runningKernel' | 'newestKernel'> | undefined {
  const packages = rows(data)
  if (packages === undefined) return undefined
  const running = packages.map((row) => maybeText(row.RunningKernel)).find((each) => each !== undefined)
  const [newest] = packages.flatMap(kernelOf).sort((a, b) => compare(b, a))
  return { ...optional('runningKernel', running), ...optional('newestKernel', newest) }
}

/** `proxmox-kernel-6.8.12-4-pve-signed`, `pve-kernel-5.15.102-1-pve`: not the packages that only draw these in. */
function kernelOf(row: Row): string[] {
  if (row.CurrentState !== 'Installed') return []
  const [, release] = /^(?:proxmox|pve)-kernel-(\d+(?:\.\d+)+-\d+-pve)(?:-signed)?$/.exec(text(row.Package)) ?? []
  return release === undefined ? [] : [release]
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((release) => release.split(/[.-]/).map(Number)) as [number[], number[]]
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] || 0) - (right[i] || 0)
    if (difference !== 0) return difference
  }
  return 0
}
