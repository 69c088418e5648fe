import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { METRICS } from '../../src/http/metrics/table.ts'
import { runChild } from '../../src/process/run-child.ts'
import { missingPeers, peer } from '../peers/find-peer.ts'
import { healthyViews } from './cluster-situation.ts'
import { FakeCluster } from './fake-cluster.ts'
import { serving } from './serving.ts'

const PAGE = readFileSync(new URL('../../docs/prometheus-setup.md', import.meta.url), 'utf8')
const blocks = [...PAGE.matchAll(/```(?:yaml|promql)\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
const configurations = blocks.filter((block) => block.includes('scrape_configs:'))
const rules = blocks.filter((block) => block.includes('groups:'))

describe('docs/prometheus-setup.md', () => {
  it('has what the tests below look at', () => {
    expect([configurations.length, rules.length]).toEqual([3, 1])
  })

  it('speaks of metrics that there are', async () => {
    const served = await serving()
    served.daemon.watched = [new FakeCluster(healthyViews())]
    const pve = await (await fetch(`${served.url}/pve`)).text()
    await served.close()
    const names = [...PAGE.matchAll(/(?<![:\w])(?:proxmox_watchdog|pve)_\w+(?![:\w*(])/g)].map(([name]) => name)
    expect(names.length).toBeGreaterThan(10)
    for (const name of names.filter((each) => !each.endsWith('_') && each !== 'pve_exporter')) {
      expect(name in METRICS || pve.includes(`# TYPE ${name} `), name).toBe(true)
    }
  })
})

const missing = missingPeers('promtool')
if (missing !== undefined) console.warn(`skipped: promtool on docs/prometheus-setup.md, because ${missing}`)

describe.skipIf(missing !== undefined)('promtool takes from docs/prometheus-setup.md', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'watchdog-docs-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ...configurations.map((text, index) => [`scrape configuration ${index + 1}`, text, 'config'] as const),
    ...rules.map((text, index) => [`rules ${index + 1}`, text, 'rules'] as const),
  ])('%s', async (_, text, kind) => {
    const file = join(folder, 'file.yml')
    writeFileSync(file, text)
    const promtool = peer('promtool')
    const args =
      kind === 'config' ? ['check', 'config', '--syntax-only', file] : ['check', 'rules', '--lint-fatal', file]
    const checked = await runChild({
      command: 'path' in promtool ? promtool.path : 'promtool',
      args,
      timeoutMs: 30_000,
    })
    expect(checked.end, checked.stdout + checked.stderr).toEqual({ kind: 'exited', exitCode: 0 })
  })
})
