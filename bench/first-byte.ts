import { SystemClock } from '../src/app/system-clock.ts'
import { InProcess } from '../test/e2e/site/in-process.ts'
import { LabSite } from '../test/e2e/site/lab-site.ts'
import { until } from '../test/e2e/site/until.ts'
import { median } from './median.ts'
import type { BenchRow } from './row.ts'

const RUNS = 7
const LIMIT_MS = 250
const VICTIM = 'pve2'

/**
 * How long after the answer that decides (the last silent probe of the round that makes a host down) the first byte
 * reaches the strip: commit, queue, connection and request, on real sockets, with the strip's emulator in this process.
 */
export async function firstByte(): Promise<readonly BenchRow[]> {
  const took: number[] = []
  for (let run = 0; run < RUNS; run += 1) took.push(await once())
  const row = (name: string, ours: number): BenchRow => ({
    name: `first byte to the strip after the deciding probe, ${name} of ${RUNS}`,
    ours,
    peer: LIMIT_MS,
    ratio: ours / LIMIT_MS,
    limit: `${LIMIT_MS} ms`,
    unit: 'ms',
    ok: ours <= LIMIT_MS,
  })
  return [row('median', median(took)), row('slowest', Math.max(...took))]
}

async function once(): Promise<number> {
  const clock = new SystemClock()
  const site = await LabSite.open({ realMs: () => clock.now().monoMs })
  site.configure((configuration) => ({
    ...configuration,
    recovery: { ...configuration.recovery, startupGrace: '0s' },
    // Only the first look at the strip, so that what reaches it later is the recovery.
    deviceCheck: '1h',
  }))
  const running = await InProcess.start(site, clock)
  try {
    await running.seesAllUp()
    const { daemon } = running
    let decidedMs = 0
    daemon.subscribe(({ code }) => {
      if (code !== 'host-down') return
      const evidence = Object.values(daemon.state().hostsNow[VICTIM]?.latest ?? {})
      decidedMs = Math.max(...evidence.map(({ receivedAt }) => receivedAt.monoMs))
    })
    await site.lab.act({ kind: 'hang', host: VICTIM })
    const strip = site.lab.strip('strip')
    const contact = () => (decidedMs === 0 ? undefined : strip.contacts().find((atMs) => atMs >= decidedMs))
    await until(() => contact() !== undefined, 30_000)
    return (contact() ?? Number.POSITIVE_INFINITY) - decidedMs
  } finally {
    await running.stop()
    await site.close()
  }
}
