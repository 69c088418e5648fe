import { spawn } from 'node:child_process'
import { once as event } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LabSite } from '../test/e2e/site/lab-site.ts'
import { median } from './median.ts'
import type { BenchRow } from './row.ts'

const RUNS = 5
const LIMIT_MS = 1_000
const HOLD_MS = 1_000
const NODE = fileURLToPath(new URL('../bin/node', import.meta.url))

/**
 * How long after the start of the process an outlet that should have been on for long is on: the watchdog was killed in
 * mid-hold and is started when the hold is over. Beside it a Node that starts and does nothing.
 */
export async function overdueOn(): Promise<readonly BenchRow[]> {
  const ours: number[] = []
  const bare: number[] = []
  const site = await LabSite.open()
  try {
    site.configure((configuration) => ({
      ...configuration,
      recovery: { ...configuration.recovery, offHold: `${HOLD_MS}ms`, maxCyclesPerOutage: 100, maxCyclesPerDay: 100 },
    }))
    for (let run = 0; run < RUNS; run += 1) {
      ours.push(await oneOverdue(site))
      bare.push(await bareStart())
    }
  } finally {
    await site.close()
  }
  const peer = median(bare)
  const row = (name: string, value: number): BenchRow => ({
    name: `overdue ON after the process starts, ${name} of ${RUNS} (peer: bare node)`,
    ours: value,
    peer,
    ratio: value / peer,
    limit: `${LIMIT_MS} ms`,
    unit: 'ms',
    ok: value <= LIMIT_MS,
  })
  return [row('median', median(ours)), row('slowest', Math.max(...ours))]
}

async function oneOverdue(site: LabSite): Promise<number> {
  const { lab } = site
  const first = await site.startWatching()
  await lab.act({ kind: 'hang', host: 'pve2' })
  await first.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
  await first.kill()
  await setTimeout(HOLD_MS)
  const startMs = performance.now()
  const next = site.start()
  const on = await lab.until(({ strips }) => strips[0]?.outlets[1]?.on === true, 30_000)
  const tookMs = on ? performance.now() - startMs : Number.POSITIVE_INFINITY
  await next.sees(({ plans, hosts }) => plans.length === 0 && hosts[1]?.verdict === 'up', 'rest')
  await next.stop()
  return tookMs
}

async function bareStart(): Promise<number> {
  const startMs = performance.now()
  await event(spawn(NODE, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - startMs
}
