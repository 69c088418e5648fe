import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OWN_ALERTS, type OwnAlertName, runbookOf } from './table.ts'

const runbook = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8')
const names = Object.keys(OWN_ALERTS) as OwnAlertName[]

describe('the table of our own alerts', () => {
  test.each(names.filter((name) => !name.startsWith('Pve')))(
    '%s says what it means, and the runbook what to do',
    (name) => {
      expect(name).toMatch(/^(?:Proxmox|Outlet|Power|Kasa|Ups|Watchdog)(?:[A-Z]+[a-z]+)+$/)
      expect(OWN_ALERTS[name].means).toMatch(/\.$/)
      const { pathname, hash } = new URL(runbookOf(name), 'https://example.org')
      expect(pathname).toBe('/docs/runbook.md')
      const headings = [...runbook.matchAll(/^## (.+)$/gm)].map((match) => `#${match[1]?.toLowerCase()}`)
      expect(headings).toContain(hash)
    },
  )

  test('what is told each time is neither damped nor kept firing', () => {
    for (const name of names) {
      const alert = OWN_ALERTS[name]
      if ('everyTime' in alert) expect([name, alert.keepFiringMs]).toEqual([name, 0])
    }
  })
})
