import { readFileSync } from 'node:fs'

export type CpuSeconds = { readonly own: number; readonly children: number }

/** Linux counts in hundredths of a second here (USER_HZ), whatever its own clock is. */
const TICKS_PER_SECOND = 100

/** CPU seconds that this process and its ended and reaped children have used: proc_pid_stat(5), fields 14 to 17. */
export function cpuSeconds(): CpuSeconds {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15)
  return { own: (user + system) / TICKS_PER_SECOND, children: (childUser + childSystem) / TICKS_PER_SECOND }
}

/** What `act` used. */
export async function cpuOf(act: () => Promise<unknown>): Promise<CpuSeconds> {
  const before = cpuSeconds()
  await act()
  const after = cpuSeconds()
  return { own: after.own - before.own, children: after.children - before.children }
}
