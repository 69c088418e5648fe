import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatProblems } from '../../config/problem.ts'
import { risks } from '../../config/risks/risks.ts'
import { loadConfiguration } from './load.ts'
import { lookAround } from './surroundings.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchdog-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function sentence(options: Parameters<typeof loadConfiguration>[0]): string {
  const loaded = loadConfiguration(options)
  return loaded.ok ? 'accepted' : formatProblems(loaded.problems)
}

describe('loadConfiguration', () => {
  it('says why a file cannot be read', () => {
    const gone = join(folder, 'gone.yaml')
    const latin = join(folder, 'latin.yaml')
    writeFileSync(latin, Buffer.from([0x23, 0xe9, 0x0a]))
    expect(sentence({ file: gone, env: {} })).toBe(`${gone}: the configuration cannot be read: there is no such file`)
    expect(sentence({ file: folder, env: {} })).toBe(`${folder}: the configuration cannot be read: it is a folder`)
    expect(sentence({ file: latin, env: {} })).toBe(
      `${latin}: the configuration cannot be read: it is not text in UTF-8`,
    )
    expect(sentence({ env: { PROXMOX_WATCHDOG_CONFIG: gone, HOSTS: 'a=1.2.3.4' } })).toBe(
      `${gone}: the configuration, which PROXMOX_WATCHDOG_CONFIG names, cannot be read: there is no such file`,
    )
  })

  it('reads no more of a huge file than it takes to refuse it', () => {
    expect(sentence({ file: '/dev/zero', env: {} })).toBe(
      '/dev/zero: the file is larger than 4 MiB: that is no configuration',
    )
  })

  it('takes the environment alone', () => {
    expect(sentence({ env: { HOSTS: 'a=1.2.3.4' } })).toBe('accepted')
    expect(sentence({ env: {} })).toContain('there is no configuration')
  })

  it('sees a file that everybody can write', () => {
    const file = join(folder, 'open.yaml')
    writeFileSync(file, 'mode: dry-run\n')
    chmodSync(file, 0o666)
    const loaded = loadConfiguration({ file, env: {} })
    expect(loaded.ok && risks(loaded.configuration, lookAround()).map(({ code }) => code)).toContain('file-writable')
  })
})
