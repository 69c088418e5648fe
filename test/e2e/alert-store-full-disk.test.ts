import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** A disk of 1 MiB in a mount namespace of its own: it is gone with the process. */
function onSmallDisk(command: string): ReturnType<typeof spawnSync> {
  const mountPoint = mkdtempSync(join(tmpdir(), 'alert-disk-'))
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
if (reason !== undefined) console.warn(`skipped: alerts on a full disk: ${reason}`)

describe.skipIf(reason !== undefined)('alerts that come in while the disk is full', () => {
  test('are refused with a reason, whole groups of them, and accepted again when there is room', () => {
    const program = join(import.meta.dirname, 'alert-store-full-disk-program.ts')
    const child = onSmallDisk(`"${process.execPath}" "${program}" "$0"`)
    expect(child.stderr?.toString()).toBe('')
    const said = JSON.parse(child.stdout?.toString() ?? '')
    const noRoom = { ok: false, code: 'full', sentence: expect.stringContaining('the disk is full') }
    expect(said.before).toEqual([8, 8])
    expect(said.whileFull).toEqual({
      again: [0, 0],
      commit: noRoom,
      transact: noRoom,
      incidents: 0,
      queues: [],
      read: { ok: true, value: 1 },
      hosts: [],
    })
    expect(said.refused.length).toBeGreaterThanOrEqual(16)
    for (const outcome of said.refused) expect(outcome).toEqual(noRoom)
    expect(said.mixedGroups).toEqual([])
    expect(said.afterwards).toEqual({ group: 8, commit: { ok: true } })
    expect(said.names).toEqual(said.expected)
  })
})
