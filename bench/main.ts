// `npm run bench`: a table of what was measured beside its peer or limit. Ends with 1 where a limit is broken.
// `npm run bench -- probing` runs only the parts named.
import { alertAcks } from './alert-acks.ts'
import { alertChain } from './alert-chain.ts'
import { alertOutbox } from './alert-outbox.ts'
import { alertStore } from './alert-store.ts'
import { clusterFaces } from './cluster-faces.ts'
import { daemonMemory } from './daemon-memory.ts'
import { firstByte } from './first-byte.ts'
import { overdueOn } from './overdue-on.ts'
import { probing } from './probing.ts'
import { proxmox, proxmoxMemory } from './proxmox.ts'
import type { BenchModule, BenchRow, BenchSkip } from './row.ts'
import { simulation } from './simulation.ts'
import { benchStore } from './store.ts'
import { ups } from './ups.ts'

const MODULES: Record<string, BenchModule> = {
  probing,
  'daemon-memory': daemonMemory,
  'first-byte': firstByte,
  'overdue-on': overdueOn,
  simulation,
  store: async () => benchStore(),
  'alert-store': alertStore,
  'alert-acks': alertAcks,
  'alert-outbox': alertOutbox,
  'alert-chain': alertChain,
  proxmox,
  'proxmox-memory': proxmoxMemory,
  'cluster-faces': clusterFaces,
  ups,
}

/** Run only where named. */
const LONG: ReadonlySet<string> = new Set(['proxmox-memory'])

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in MODULES))
if (unknown.length > 0) {
  console.error(`There is no bench '${unknown.join("', '")}'. There are: ${Object.keys(MODULES).join(', ')}.`)
  process.exit(64)
}

const rows: (BenchRow | BenchSkip)[] = []
for (const [name, run] of Object.entries(MODULES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : LONG.has(name)) continue
  console.error(`measuring: ${name} ...`)
  rows.push(...(await run()))
}
print(rows)
process.exitCode = rows.some((row) => 'ok' in row && !row.ok) ? 1 : 0

function print(all: readonly (BenchRow | BenchSkip)[]): void {
  const measured = all.filter((row) => 'ok' in row)
  const head = ['', 'ours', 'peer', 'ratio', 'limit', 'unit', '']
  const lines = [head, ...measured.map(cells)]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines) {
    const padded = line.map((cell, column) =>
      (column === 0 ? cell.padEnd : cell.padStart).call(cell, widths[column] ?? 0),
    )
    console.log(padded.join('  ').trimEnd())
  }
  for (const row of all) if ('skipped' in row) console.log(`skipped: ${row.name}: ${row.skipped}`)
}

function cells(row: BenchRow): string[] {
  const figures = [figure(row.ours), figure(row.peer), row.ratio.toFixed(2)]
  return [row.name, ...figures, row.limit, row.unit, row.ok ? 'ok' : 'BROKEN']
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
