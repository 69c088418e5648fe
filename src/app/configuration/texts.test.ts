import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../../config/problem.ts'
import { risks } from '../../config/risks/risks.ts'
import { loadConfiguration } from './load.ts'
import { generatedFiles } from './texts.ts'

const root = join(import.meta.dirname, '../../..')
const examples = readdirSync(join(root, 'examples'))

describe('generated files', () => {
  it.each(Object.entries(generatedFiles()))('%s is what `npm run generate` writes', (path, content) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content)
  })
})

describe('examples', () => {
  it.each(examples.filter((name) => name.endsWith('.yaml')))('%s can be loaded and is not risky', (name) => {
    const file = join(root, 'examples', name)
    const loaded = loadConfiguration({ file, env: {} })
    if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
    expect(risks(loaded.configuration)).toEqual([])
    expect(readFileSync(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\/proxmox-watchdog\.schema\.json\n/)
  })

  it('environment.env can be loaded', () => {
    const text = readFileSync(join(root, 'examples/environment.env'), 'utf8')
    const env = Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
    const loaded = loadConfiguration({ env })
    if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
    expect(loaded.configuration).toMatchObject({ mode: 'act', rounds: { intervalMs: 30_000 }, http: { port: 8000 } })
    expect(loaded.configuration.hosts.map(({ name, levels }) => `${name} ${levels[0]?.[0]?.outlet}`)).toEqual([
      'pve1 0',
      'pve2 1',
      'pve3 2',
      'pve4 5',
      'nas undefined',
    ])
  })

  it('original-lab.yaml never cycles the NAS', () => {
    const loaded = loadConfiguration({ file: join(root, 'examples/original-lab.yaml'), env: {} })
    if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
    const { hosts, powerDevices } = loaded.configuration
    expect(hosts.find(({ name }) => name === 'nas')?.levels).toEqual([])
    expect(powerDevices[0]?.outlets.find(({ outlet }) => outlet === '4')).toMatchObject({
      label: 'NAS',
      protected: true,
    })
  })
})
