import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkAlertmanager } from '../../../src/alertmanager/check.ts'
import { FINDING_CODES } from '../../../src/alertmanager/finding.ts'
import { receiverText } from '../../../src/alertmanager/receiver-text.ts'
import { readAlertmanager } from '../../../src/cli/read-alertmanager.ts'
import { renderCheck } from '../../../src/cli/render/alertmanager.ts'
import { painter } from '../../../src/cli/text/paint.ts'

/**
 * Each `CASE.yml` is checked, and what an operator reads is compared with `CASE.txt`. Lines `# relay-a: URL`,
 * `# relay-b: URL` and `# dead-man: NAME` are the options. `UPDATE_GOLDEN=1` writes the answers anew.
 */
const folder = import.meta.dirname
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => basename(name, '.yml'))

function answer(text: string): string {
  const option = (name: string) => new RegExp(`^# ${name}: (.*)$`, 'm').exec(text)?.[1]
  const [a, b, deadMan = 'Watchdog'] = [option('relay-a'), option('relay-b'), option('dead-man')]
  const read = readAlertmanager(text, 'alertmanager.yml')
  if (!read.ok) return `unreadable\n${read.sentence}\n`
  const relays = [a, b].filter((relay) => relay !== undefined)
  const { findings, deadMan: watched, critical } = checkAlertmanager(read.source, { deadMan, relays })
  const receiver = relays.length === 0 ? {} : { receiver: receiverText({ a, b }, deadMan) }
  const checked = { file: 'alertmanager.yml', findings, deadMan: watched, critical, ...receiver }
  return `${renderCheck(checked, deadMan, { paint: painter(false), columns: 0 })}\n`
}

describe('golden configurations of Alertmanager', () => {
  it('has enough of them', () => expect(cases.length).toBeGreaterThanOrEqual(40))

  it.each(cases)('%s', (name) => {
    const actual = answer(readFileSync(join(folder, `${name}.yml`), 'utf8'))
    const expectedFile = join(folder, `${name}.txt`)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(expectedFile, actual)
    expect(actual).toBe(readFileSync(expectedFile, 'utf8'))
    expect(actual).not.toContain('hunter2')
  })

  it('has every trap in it', () => {
    const all = cases.map((name) => readFileSync(join(folder, `${name}.txt`), 'utf8')).join('')
    // These two are found by asking.
    const asked = ['url-redirects', 'url-unreachable']
    expect(FINDING_CODES.filter((code) => !asked.includes(code) && !all.includes(` ${code}: `))).toEqual([])
  })
})
