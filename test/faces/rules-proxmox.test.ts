import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CLUSTER_ALERTS } from '../../src/core/alerts/own/cluster-table.ts'
import { SILENCED } from '../../src/core/cluster/guest-duty.ts'
import { METRICS } from '../../src/http/metrics/table.ts'
import { judgedByPromtool } from './promtool-rules.ts'

const path = (relative: string) => new URL(relative, import.meta.url).pathname
const RULES = path('../../deploy/prometheus/rules-proxmox.yml')
const RULE_TESTS = path('../../deploy/prometheus/rules-proxmox.test.yml')
const RUNBOOK = path('../../docs/runbook.md')
const EXPORTER = path('../fixtures/pve/exporter-metrics.txt')

type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: Record<string, string> }
const groups: { rules: Rule[] }[] = parse(readFileSync(RULES, 'utf8')).groups
const rules = groups.flatMap((group) => group.rules)

describe('alert rules about clusters', () => {
  it('are those that the watchdog tells itself, with the same severity', () => {
    const own = Object.entries(CLUSTER_ALERTS)
    const told = Object.fromEntries(rules.map(({ alert, labels }) => [alert, labels.severity]))
    expect(told).toEqual(Object.fromEntries(own.map(([name, { severity }]) => [name, severity])))
  })

  it('speak of metrics that exist', () => {
    const exported = readFileSync(EXPORTER, 'utf8')
    for (const { expr } of rules) {
      for (const name of expr.match(/proxmox_watchdog_\w+|node_reboot_required/g) ?? []) {
        expect(Object.keys(METRICS)).toContain(name)
      }
      for (const name of expr.match(/\bpve_\w+/g) ?? []) expect(exported).toContain(`# TYPE ${name} `)
    }
  })

  it('name only labels that these have', () => {
    for (const { expr, annotations } of rules) {
      const names = expr.match(/proxmox_watchdog_\w+|node_reboot_required/g) ?? []
      const known = names.flatMap((name) => METRICS[name as keyof typeof METRICS].labels as readonly string[])
      const words = Object.values(annotations).join(' ')
      for (const [, label] of words.matchAll(/\$labels\.(\w+)/g)) {
        // A label `job` of ours comes as exported_job: Prometheus has one of its own.
        if (names.length > 0) expect(known).toContain(label?.replace('exported_', ''))
      }
    }
  })

  it('are silenced by the same tags as what the watchdog tells itself', () => {
    const down = rules.find(({ alert }) => alert === 'PveGuestDown')?.expr ?? ''
    expect(down).toContain('tags!~"(.*;)?(no-alert|maintenance)(;.*)?"')
    expect(SILENCED.source).toBe('^(?:.*;)?(?:no-alert|maintenance)(?:;.*)?$')
  })
})

describe('the runbook', () => {
  const anchors = [...readFileSync(RUNBOOK, 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name]) => name?.toLowerCase())

  it.each(Object.keys(CLUSTER_ALERTS))('says what to do about %s', (name) => {
    expect(anchors).toContain(name.toLowerCase())
  })

  it('is where the rules lead to', () => {
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`)
    }
  })
})

judgedByPromtool('rules about clusters', RULES, RULE_TESTS)
