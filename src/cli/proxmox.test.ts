import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../test/faces/command-line.ts'

const golden = (name: string) => new URL(`../../test/golden/cli/${name}.txt`, import.meta.url).pathname
let directory: string
let file: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'proxmox-command-'))
  file = join(directory, 'watchdog.yaml')
  writeFileSync(file, 'mode: dry-run\n')
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('proxmox role', () => {
  it.each([
    ['proxmox-role-views', ['--features', 'views']],
    ['proxmox-role-all', ['--features', 'all']],
    [
      'proxmox-role-8',
      ['--features', 'journals,agent,node-watchdog', '--pve', '8', '--user', 'eye@pam', '--token', 't1'],
    ],
  ])('%s', async (name, args) => {
    const { code, out, err } = await run(['proxmox', 'role', ...args])
    expect([code, err]).toEqual([0, ''])
    await expect(out).toMatchFileSnapshot(golden(name))
  })

  it('takes no name that a shell would read as more than a name', async () => {
    for (const args of [
      ['--user', 'a@pve;reboot'],
      ['--token', "x'y"],
      ['--features', 'views,powers'],
      ['--pve', 'new'],
    ]) {
      expect(await run(['proxmox', 'role', ...args])).toMatchObject({ code: 64, out: '' })
    }
  })

  it('works before there is a configuration', async () => {
    const { code, out } = await run(['proxmox', 'role', '--config', '/nowhere.yaml'])
    expect(code).toBe(0)
    expect(out).toContain('pveum user token add watchdog@pve watchdog --privsep 1')
  })
})

describe('proxmox check', () => {
  it('says so where no cluster is configured', async () => {
    expect(await run(['proxmox', 'check', '--config', file])).toMatchObject({
      code: 78,
      err: expect.stringContaining('No Proxmox cluster is configured'),
    })
  })
})
