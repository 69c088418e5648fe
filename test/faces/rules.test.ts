import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { METRICS } from '../../src/http/metrics/table.ts'
import { judgedByPromtool } from './promtool-rules.ts'

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

judgedByPromtool('rules', RULES, RULE_TESTS)
