import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { audit, worst } from '../../../src/core/audit/audit.ts'
import { AUDIT_CODES } from '../../../src/core/audit/codes.ts'
import type { Finding } from '../../../src/core/audit/types.ts'
import { inputOf, type Situation } from './situation.ts'

const FOLDER = new URL('.', import.meta.url)
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
const read = (name: string): Situation => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))

const shown = ({ severity, code, cluster, node, sentence, remedy }: Finding) =>
  `${severity} ${code}${node === undefined ? '' : ` ${cluster}/${node}`}\n  ${sentence}\n  ${remedy}\n`

describe('situation in, findings out', () => {
  it.each(names)('%s', async (name) => {
    const situation = read(name)
    const findings = audit(inputOf(situation))
    const text = `${situation.about}\nThe worst: ${worst(findings) ?? 'nothing'}\n\n${findings.map(shown).join('\n')}`
    await expect(text).toMatchFileSnapshot(new URL(`${name}.txt`, FOLDER).pathname)
  })

  it('every code is found in one of them', () => {
    const found = new Set(names.flatMap((name) => audit(inputOf(read(name))).map(({ code }) => code)))
    const never = Object.keys(AUDIT_CODES).filter((code) => !found.has(code as keyof typeof AUDIT_CODES))
    expect(never).toEqual([])
  })
})
