import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REGISTRIES } from '../../../src/app/registry/registries.ts'
import { loadConfiguration } from '../../../src/config/load.ts'
import { formatProblems } from '../../../src/config/problem.ts'
import { risks } from '../../../src/config/risks/risks.ts'
import { showConfiguration } from '../../../src/config/show.ts'

/**
 * Each `CASE.yaml` is loaded, and what an operator reads is compared with `CASE.txt`. A line `# env: NAME=VALUE` sets
 * a variable; `# environment only` means that there is no file. `UPDATE_GOLDEN=1` writes the answers anew.
 */
const folder = import.meta.dirname
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => basename(name, '.yaml'))

/** The files of cases are written by the environment too; their names in messages are those of a user's file. */
const FILE = 'proxmox-watchdog.yaml'

const SURROUNDINGS = {
  ownAddresses: ['192.168.1.50', 'fe80::1%eth0'],
  hostName: 'pve2.home.arpa',
  fileMode: (file: string) => (file === FILE ? 0o100644 : 0o100600),
  revealSecrets: true,
}

function answer(text: string): string {
  const env = Object.fromEntries([...text.matchAll(/^# env: (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
  const source = text.startsWith('# environment only') ? { env } : { file: FILE, text, env }
  const loaded = loadConfiguration(source, REGISTRIES)
  if (!loaded.ok) return `refused\n${formatProblems(loaded.problems)}\n`
  const warned = loaded.warnings.map(({ code, sentence }) => `warning ${code}: ${sentence}\n`)
  const risky = risks(loaded.configuration, SURROUNDINGS).map(
    ({ code, sentence, remedy }) => `risk ${code}: ${sentence}\n  ${remedy}\n`,
  )
  // The state directory is absolute, so the checkout's own path would be in the answer.
  const shown = showConfiguration(loaded.configuration, loaded.written, REGISTRIES)
  return `accepted\n${warned.join('')}${risky.join('')}${shown}`
}

describe('golden configurations', () => {
  it('has enough of them', () => expect(cases.length).toBeGreaterThanOrEqual(30))

  it.each(cases)('%s', (name) => {
    const actual = answer(readFileSync(join(folder, `${name}.yaml`), 'utf8'))
    const expectedFile = join(folder, `${name}.txt`)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(expectedFile, actual)
    expect(actual).toBe(readFileSync(expectedFile, 'utf8'))
    expect(actual).not.toContain('hunter2')
  })
})
