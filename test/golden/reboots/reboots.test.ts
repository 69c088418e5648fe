import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { classifyReboot } from '../../../src/core/reboots/classify.ts'
import {
  type BootRecord,
  type Corroboration,
  REBOOT_CAUSES,
  type RebootVerdict,
} from '../../../src/core/reboots/types.ts'

/**
 * Each folder is one reboot: `prev.txt` and `cur.txt` are journals, `copy.txt` our own copy of the end of the previous
 * one, `also.json` what others know. The answer is compared with `verdict.txt`; `UPDATE_GOLDEN=1` writes it anew.
 */
const folder = import.meta.dirname
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

type Also = Corroboration & { readonly endMissing?: boolean; readonly copyEndMissing?: boolean }

function record(name: string, file: string, endMissing: boolean): BootRecord | undefined {
  const path = join(folder, name, file)
  if (!existsSync(path)) return undefined
  return {
    lines: readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
    endMissing,
  }
}

function verdictOf(name: string): RebootVerdict {
  const file = join(folder, name, 'also.json')
  const {
    endMissing = false,
    copyEndMissing = false,
    ...also
  } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Also
  const previous = record(name, 'prev.txt', endMissing)
  const current = record(name, 'cur.txt', false)
  const copy = record(name, 'copy.txt', copyEndMissing)
  return classifyReboot({
    node: 'pve1',
    ...(previous === undefined ? {} : { previous }),
    ...(current === undefined ? {} : { current }),
    ...(copy === undefined ? {} : { copy }),
    also,
  })
}

function text(verdict: RebootVerdict): string {
  const lines = [`cause: ${verdict.cause}`, `confidence: ${verdict.confidence}`, verdict.sentence]
  for (const line of verdict.lines) lines.push(`shown by ${line.source}: ${line.text}`)
  for (const missing of verdict.missing) lines.push(`missing: ${missing}`)
  return `${lines.join('\n')}\n`
}

describe('why did it reboot', () => {
  it('has a case for every cause', () => {
    const causes = new Set(cases.map((name) => verdictOf(name).cause))
    expect([...causes].sort()).toEqual(Object.keys(REBOOT_CAUSES).sort())
  })

  it('never takes words for more than they say', () => {
    const lookalikes = cases.filter((name) => name.startsWith('lookalike-'))
    expect(lookalikes.length).toBeGreaterThan(12)
    for (const name of lookalikes) {
      expect(['abrupt-undetermined', 'cannot-tell'], name).toContain(verdictOf(name).cause)
    }
  })

  it.each(cases)('%s', (name) => {
    const actual = text(verdictOf(name))
    const expectedFile = join(folder, name, 'verdict.txt')
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(expectedFile, actual)
    expect(actual).toBe(readFileSync(expectedFile, 'utf8'))
  })
})
