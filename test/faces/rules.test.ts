import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { METRICS } from '../../src/http/metrics/table.ts'
import { runChild } from '../../src/process/run-child.ts'
import { missingPeers, peer } from '../peers/find-peer.ts'

const RULES = new URL('../../deploy/prometheus/rules.yml', import.meta.url).pathname
const RULE_TESTS = new URL('../../deploy/prometheus/rules.test.yml', import.meta.url).pathname
const RUNBOOK = new URL('../../docs/runbook.md', import.meta.url).pathname

type Rule = {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: Record<string, string>
}
const rules: Rule[] = parse(readFileSync(RULES, 'utf8')).groups[0].rules

describe('alert rules', () => {
  it('are the promised ones', () => {
    expect(rules.map(({ alert, for: lasting, labels }) => [alert, lasting, labels.severity])).toEqual([
      ['ProxmoxHostDown', '5m', 'critical'],
      ['ProxmoxMaxPowerCycles', undefined, 'critical'],
      ['ProxmoxWatchdogDown', '5m', 'warning'],
      ['KasaOutletHighPower', '5m', 'warning'],
      ['WatchdogChannelFailing', '15m', 'warning'],
      ['WatchdogDeadLetters', undefined, 'warning'],
      ['WatchdogDrillStale', '5m', 'warning'],
      ['WatchdogHeartbeatMissing', '1m', 'critical'],
      ['WatchdogInboxStuck', '5m', 'critical'],
    ])
  })

  it('speak of metrics that exist, with labels that they have', () => {
    for (const { expr, annotations } of rules) {
      const names = expr.match(/proxmox_watchdog_\w+/g) ?? []
      for (const name of names) expect(Object.keys(METRICS)).toContain(name)
      const known = new Set(['instance', ...names.flatMap((name) => METRICS[name as keyof typeof METRICS].labels)])
      for (const [, label] of Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g)) {
        expect([...known]).toContain(label)
      }
    }
  })

  it('lead to a section of the runbook', () => {
    const anchors = [...readFileSync(RUNBOOK, 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name]) => name?.toLowerCase())
    for (const { annotations } of rules) {
      expect(anchors).toContain(annotations.runbook_url?.replace('docs/runbook.md#', ''))
    }
  })
})

const missing = missingPeers('promtool')
if (missing !== undefined) console.warn(`skipped: promtool check and test rules, because ${missing}`)

describe.skipIf(missing !== undefined)('promtool', () => {
  const found = peer('promtool')
  const command = 'path' in found ? found.path : 'promtool'

  it.each([
    ['check rules', ['check', 'rules', '--lint=all', '--lint-fatal', RULES]],
    ['test rules', ['test', 'rules', RULE_TESTS]],
  ])('%s', async (_, args) => {
    const outcome = await runChild({ command, args, timeoutMs: 50_000 })
    expect(outcome.end, outcome.stdout + outcome.stderr).toEqual({ kind: 'exited', exitCode: 0 })
  })
})
