import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SystemClock } from '../src/app/system-clock.ts'
import { LAB_UPSD_USER } from '../src/lab/servers/index.ts'
import { InProcess } from '../test/e2e/site/in-process.ts'
import { LabSite, smallLab } from '../test/e2e/site/lab-site.ts'
import { cpuSeconds } from './cpu.ts'
import { median } from './median.ts'
import type { BenchRow } from './row.ts'

const RUNS = 15
const LIMIT_MS = 2_000
const UNITS = 50
const MEASURED_MS = 20_000
const MAX_CPU_PERCENT = 5

/** The UPS part of the table: how fast a power failure is seen, and what many UPSes cost. */
export async function ups(): Promise<readonly BenchRow[]> {
  return [...(await reaction()), await cpu()]
}

/** From the moment in which mains fails until that is committed and told, at the usual poll of a second. */
async function reaction(): Promise<readonly BenchRow[]> {
  const spec = { ...smallLab(), upses: [{ name: 'ups', strips: ['strip'], capacityWattHours: 165 }] }
  const site = await LabSite.open({ spec })
  const { upsd } = site.lab.state()
  const units = [{ name: 'ups', server: upsd?.address, port: upsd?.port }]
  // The failures are over before anything would be done about them.
  site.configure((configuration) => ({ ...configuration, ups: { units, debounce: '10m' } }))
  const running = await InProcess.start(site, new SystemClock())
  try {
    await running.seesAllUp()
    const polled = await failures(site, running, () => {})
    // What `ups notify` does, as the NOTIFYCMD of an upsmon.
    const notified = await failures(site, running, () => running.daemon.upsDesk()?.look())
    return [
      row('a UPS on battery is told, by poll, slowest', Math.max(...polled)),
      row('by poll, median', median(polled)),
      row('by a notification, slowest', Math.max(...notified)),
    ]
  } finally {
    await running.stop()
    await site.close()
  }
}

async function failures(site: LabSite, running: InProcess, notify: () => void): Promise<number[]> {
  const took: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    // At any moment between two polls.
    await sleep((run * 1_000) / RUNS)
    running.told.length = 0
    const beganMs = performance.now()
    await site.lab.act({ kind: 'mains-off' })
    notify()
    await running.tells('ups-on-battery')
    took.push(performance.now() - beganMs)
    await site.lab.act({ kind: 'mains-on' })
    await running.tells('ups-on-mains')
  }
  return took
}

function row(name: string, ours: number): BenchRow {
  const limit = `${LIMIT_MS} ms`
  return {
    name: `${name} of ${RUNS}`,
    ours,
    peer: LIMIT_MS,
    ratio: ours / LIMIT_MS,
    limit,
    unit: 'ms',
    ok: ours <= LIMIT_MS,
  }
}

/** The whole daemon with 50 UPSes at a second each, less the same daemon without any; beside a bare socket that asks the same. */
async function cpu(): Promise<BenchRow> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('upsd-server.ts', import.meta.url)), String(UNITS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [printed] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer]
    const port = Number(printed.toString())
    const bare = await bareClient(port)
    const without = await daemonCpu(undefined)
    const ours = (await daemonCpu(port)) - without
    const percent = (seconds: number) => (seconds / MEASURED_MS) * 100_000
    return {
      name: `CPU of ${UNITS} UPSes, each looked at every second (peer: a bare socket)`,
      ours: percent(ours),
      peer: percent(bare),
      ratio: ours / bare,
      limit: `${MAX_CPU_PERCENT} % of a core`,
      unit: '%',
      ok: percent(ours) <= MAX_CPU_PERCENT,
    }
  } finally {
    child.stdin?.end()
    await once(child, 'exit')
  }
}

async function daemonCpu(port: number | undefined): Promise<number> {
  const site = await LabSite.open()
  if (port !== undefined) {
    const units = Array.from({ length: UNITS }, (_, index) => ({
      name: `ups${index}`,
      server: '127.0.0.1',
      port,
      upsName: `ups${index}`,
      ...(index === 0 ? { login: { username: LAB_UPSD_USER.username, password: { file: site.passwordFile } } } : {}),
    }))
    site.configure((configuration) => ({ ...configuration, ups: { units } }))
  }
  const running = await InProcess.start(site, new SystemClock())
  try {
    await running.seesAllUp()
    await sleep(3_000)
    const before = cpuSeconds().own
    await sleep(MEASURED_MS)
    return cpuSeconds().own - before
  } finally {
    await running.stop()
    await site.close()
  }
}

/** The least that it can cost: the same questions, nobody who reads the answers. */
async function bareClient(port: number): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  const before = cpuSeconds().own
  const untilMs = performance.now() + MEASURED_MS
  while (performance.now() < untilMs) {
    for (let index = 0; index < UNITS; index += 1) {
      socket.write(`GET VAR ups${index} ups.status\n`)
      await once(socket, 'data')
    }
    await sleep(1_000)
  }
  socket.destroy()
  return cpuSeconds().own - before
}
