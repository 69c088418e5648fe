import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PacedClock } from '../src/app/system-clock.ts'
import { Disclosed } from '../src/config/secret.ts'
import { elapsedMs } from '../src/core/time.ts'
import type { ClusterWatch } from '../src/ports/cluster.ts'
import { watchCluster } from '../src/proxmox/watch.ts'
import { collectGarbage } from './collect.ts'
import { cpuSeconds } from './cpu.ts'
import type { BenchRow } from './row.ts'

const POLL_MS = 15_000
/** A poll in a quarter of a second: all rhythms keep their proportions. */
const PACE = 60
const WARM_UP_POLLS = 40
const POLLS = 100
/** Ages are measured more slowly: at the other pace a machine that is busy for a moment would count as a poll. */
const AGE_PACE = 10
const DEAD_POLLS = 8
const MAX_CALLS = 45
const MAX_KILOBYTES = 250
const MAX_CPU_PERCENT = 2
const MAX_AGE_POLLS = 2
/** Of heap, so many polls later: what a leak of a few hundred bytes a poll would be. */
const MAX_GROWTH_MB = 1
/** For the long look at memory: as fast as two cores answer. */
const LONG_PACE = 150
const LONG_POLLS = 10_000
const SAMPLE_EVERY_POLLS = 250

type Server = { readonly child: ChildProcess; readonly ports: readonly number[] }

/** The Proxmox part of the table: five nodes and 500 guests, answered by another process. */
export async function proxmox(): Promise<readonly BenchRow[]> {
  const server = await startServer()
  try {
    return [...(await watching(server, PACE, steadyState)), await watching(server, AGE_PACE, withOneDead)]
  } finally {
    server.child.stdin?.end()
    await once(server.child, 'exit')
  }
}

/** The same cluster over 10,000 polls, which is 42 hours of its time: takes a quarter of an hour. */
export async function proxmoxMemory(): Promise<readonly BenchRow[]> {
  const server = await startServer()
  try {
    return [await watching(server, LONG_PACE, longGrowth)]
  } finally {
    server.child.stdin?.end()
    await once(server.child, 'exit')
  }
}

async function longGrowth(watch: ClusterWatch, clock: PacedClock): Promise<BenchRow> {
  await clock.sleep(WARM_UP_POLLS * POLL_MS)
  const polls = () => {
    const asked = watch.stats().filter(({ section }) => section === 'status')
    return Math.min(...asked.map(({ calls }) => calls))
  }
  const first = polls()
  const samples: number[] = []
  while (polls() - first < LONG_POLLS) {
    const next = first + (samples.length + 1) * SAMPLE_EVERY_POLLS
    while (polls() < next) await clock.sleep(POLL_MS)
    samples.push(heapMb())
  }
  const quarter = Math.floor(samples.length / 4)
  const grown = Math.min(...samples.slice(-quarter)) - Math.min(...samples.slice(0, quarter))
  const name = `5 Proxmox nodes and 500 guests: heap grown over ${polls() - first} polls, last quarter against first`
  return row(name, Math.max(0, grown), MAX_GROWTH_MB, 'MB')
}

async function watching<T>(
  server: Server,
  pace: number,
  measure: (watch: ClusterWatch, clock: PacedClock, server: Server) => Promise<T>,
): Promise<T> {
  const clock = new PacedClock(pace)
  const watch = watchCluster(
    {
      cluster: 'bench',
      endpoints: server.ports.map((port) => ({ url: `https://127.0.0.1:${port}` })),
      auth: { kind: 'token', id: 'watchdog@pve!bench', secret: new Disclosed('x') },
      tls: { verify: false },
      pollMs: POLL_MS,
      timeoutMs: 10_000,
    },
    { clock, random: Math.random },
  )
  // As whoever listens does: the views are put together each time.
  watch.subscribe(() => watch.views())
  try {
    return await measure(watch, clock, server)
  } finally {
    await watch.close()
  }
}

async function steadyState(watch: ClusterWatch, clock: PacedClock): Promise<readonly BenchRow[]> {
  await clock.sleep(WARM_UP_POLLS * POLL_MS)
  const heapBefore = heapMb()
  const before = costs(watch)
  const cpu = cpuSeconds().own
  const began = clock.now()
  await clock.sleep(POLLS * POLL_MS)
  const spent = cpuSeconds().own - cpu
  const polls = elapsedMs(began, clock.now()) / POLL_MS
  const after = costs(watch)
  const views = Object.values(watch.views().views)
  const known = Object.keys(views[0]?.guests?.value ?? {}).length
  if (views.length !== 5 || known !== 100) throw new Error(`${views.length} views, ${known} guests of the first node`)
  const percent = (spent / polls / (POLL_MS / 1000)) * 100
  const name = '5 Proxmox nodes and 500 guests'
  return [
    row(`${name}: calls a poll`, (after.calls - before.calls) / polls, MAX_CALLS, 'calls'),
    row(`${name}: a poll over the wire`, (after.bytes - before.bytes) / polls / 1000, MAX_KILOBYTES, 'kB'),
    row(`${name}: CPU of a core at a poll of 15 s`, percent, MAX_CPU_PERCENT, '%'),
    row(`${name}: heap grown after ${POLLS} polls`, Math.max(0, heapMb() - heapBefore), MAX_GROWTH_MB, 'MB'),
  ]
}

async function withOneDead(watch: ClusterWatch, clock: PacedClock, server: Server): Promise<BenchRow> {
  let oldestMs = 0
  await clock.sleep(2 * POLL_MS)
  server.child.stdin?.write('dead 5\n')
  // The first call that hangs has begun by then.
  await clock.sleep(POLL_MS)
  for (let i = 0; i < DEAD_POLLS * 5; i += 1) {
    await clock.sleep(POLL_MS / 5)
    const now = clock.now()
    for (const view of Object.values(watch.views().views)) {
      if (view.node === 'pve5') continue
      for (const { at } of [view.status, view.resources, view.ha].filter((read) => read !== undefined)) {
        oldestMs = Math.max(oldestMs, elapsedMs(at, now))
      }
    }
  }
  if (watch.views().views.pve5?.errors.status?.code !== 'timeout') throw new Error('the dead node was not noticed')
  return row('the oldest view of a living node beside a dead one', oldestMs / POLL_MS, MAX_AGE_POLLS, 'polls')
}

function costs(watch: ClusterWatch): { readonly calls: number; readonly bytes: number } {
  const stats = watch.stats()
  return {
    calls: stats.reduce((sum, { calls }) => sum + calls, 0),
    bytes: stats.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** What is alive: everything else is collected first. */
function heapMb(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function row(name: string, ours: number, limit: number, unit: string): BenchRow {
  return { name, ours, peer: limit, ratio: ours / limit, limit: `${limit} ${unit}`, unit, ok: ours <= limit }
}

async function startServer(): Promise<Server> {
  const program = fileURLToPath(new URL('./proxmox-server.ts', import.meta.url))
  const args = [program, String(Math.round(5_000 / PACE))]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  return { child, ports: String(said).trim().split(' ').map(Number) }
}
