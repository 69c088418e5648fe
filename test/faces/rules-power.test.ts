import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { POWER_ALERTS } from '../../src/core/alerts/own/power-table.ts'
import { METRICS } from '../../src/http/metrics/table.ts'
import { judgedByPromtool } from './promtool-rules.ts'

const path = (relative: string) => new URL(relative, import.meta.url).pathname
const RULES = path('../../deploy/prometheus/rules-power.yml')
const RULE_TESTS = path('../../deploy/prometheus/rules-power.test.yml')
const RUNBOOK = path('../../docs/runbook.md')

type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: Record<string, string> }
const groups: { rules: Rule[] }[] = parse(readFileSync(RULES, 'utf8')).groups
const rules = groups.flatMap((group) => group.rules)

describe('alert rules about power', () => {
  it('are those with begin and end that the watchdog tells itself, with the same severity, and the stages', () => {
    const own = Object.entries(POWER_ALERTS).filter(([, { kind }]) => kind === 'condition')
    const told = Object.fromEntries(rules.map(({ alert, labels }) => [alert, labels.severity]))
    const wanted = Object.fromEntries(own.map(([name, { severity }]) => [name, severity]))
    expect(told).toEqual({ ...wanted, PowerStageBegun: POWER_ALERTS.PowerFailureStage.severity })
  })

  it('speak of metrics and of labels that exist', () => {
    for (const { expr, annotations } of rules) {
      const names = expr.match(/proxmox_watchdog_\w+/g) ?? []
      for (const name of names) expect(Object.keys(METRICS)).toContain(name)
      const known = names.flatMap((name) => METRICS[name as keyof typeof METRICS].labels as readonly string[])
      for (const [, label] of Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g)) {
        if (names.length > 0) expect(known).toContain(label)
      }
    }
  })

  it('lead to the runbook', () => {
    const anchors = [...readFileSync(RUNBOOK, 'utf8').matchAll(/^## (\w+)$/gm)].map(([, name]) => name?.toLowerCase())
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`)
      expect(anchors).toContain(alert.toLowerCase())
    }
  })
})

judgedByPromtool('rules about power', RULES, RULE_TESTS)
