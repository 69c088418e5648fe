import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DISARM_REFUSALS } from '../node-watchdog/types.ts'
import { AUDIT_CODES } from './codes.ts'

const page = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+)/gm)].map(([, code = '', word = '']) => [code, word] as const)

it('docs/audit.md has each finding with its severity, and each refusal', () => {
  const findings = Object.entries(AUDIT_CODES).map(([code, { severity }]) => [code, severity])
  expect(rows.slice(0, findings.length)).toEqual(findings)
  expect(rows.slice(findings.length).map(([code]) => code)).toEqual(Object.keys(DISARM_REFUSALS))
})
