import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { breadcrumb, hostRecord } from '../../src/store/samples.ts'

/** A disk of 1 MiB in a mount namespace of its own: it is gone with the process. */
function onSmallDisk(command: string): ReturnType<typeof spawnSync> {
  const mountPoint = mkdtempSync(join(tmpdir(), 'store-disk-'))
  const script = `mount -t tmpfs -o size=1m none "$0" && exec ${command}`
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const child = spawnSync('unshare', [...user, '--mount', 'sh', '-c', script, mountPoint])
  rmdirSync(mountPoint)
  return child
}

function whyNot(): string | undefined {
  return onSmallDisk('true').status === 0 ? undefined : 'a small disk cannot be mounted in a namespace here'
}

const reason = whyNot()
if (reason !== undefined) console.warn(`skipped: the store on a full disk: ${reason}`)

describe.skipIf(reason !== undefined)('on a full disk', () => {
  test('a state opens and is read, commits fail whole, and succeed again when there is room', () => {
    const program = join(import.meta.dirname, 'store-full-disk-program.ts')
    const child = onSmallDisk(`"${process.execPath}" "${program}" "$0"`)
    expect(child.stderr?.toString()).toBe('')
    const { before, whileFull, newState, afterwards, atLast } = JSON.parse(child.stdout?.toString() ?? '')
    const noRoom = { ok: false, code: 'full', sentence: expect.stringContaining('the disk is full') }
    expect(before).toEqual([{ ok: true }, { ok: true }])
    expect(whileFull).toMatchObject({
      opens: { created: false, unreadable: [] },
      hosts: ['pve1'],
      commit: noRoom,
      again: noRoom,
      put: noRoom,
      replace: noRoom,
      marks: { marks: [breadcrumb()], unreadable: [] },
      drafts: [],
      lock: { ok: true },
      removed: { ok: true },
      after: { marks: [], unreadable: [] },
      events: { ok: true, events: [{ sentence: 'before' }] },
      backup: noRoom,
    })
    expect(newState).toMatchObject(noRoom)
    expect(afterwards).toEqual({ commit: { ok: true }, put: { ok: true } })
    expect(atLast).toEqual({
      hosts: { pve1: hostRecord('pve1', 2), pve3: hostRecord('pve3') },
      told: ['after', 'before'],
      names: ['ballast', 'state'],
    })
  })
})
