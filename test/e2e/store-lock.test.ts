import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock } from '../../src/store/lock.ts'

let directory: string
const running: ChildProcessByStdio<Writable, Readable, null>[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-lock-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(directory, { recursive: true, force: true })
})

type Answer = { readonly ok: boolean; readonly code?: string; readonly sentence?: string; readonly pid?: number }

/** Another process that tries for the lock, says what it got, and keeps it until its standard input ends. */
async function instance(): Promise<{ child: ChildProcessByStdio<Writable, Readable, null>; answer: Answer }> {
  const script = `
    import { acquireLock } from '${join(import.meta.dirname, '../../src/store/lock.ts')}'
    const { lock, ...answer } = acquireLock(process.argv[1])
    // A handle that was dropped must not take the lock with it.
    globalThis.gc()
    console.log(JSON.stringify(answer))
    process.stdin.on('end', () => lock?.release()).resume()`
  const args = ['--expose-gc', '--input-type=module', '-e', script, directory]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  running.push(child)
  let said = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk
    if (said.endsWith('\n')) break
  }
  return { child, answer: JSON.parse(said) }
}

test('a second process is refused with the pid of the first, as is a third', async () => {
  const first = await instance()
  expect(first.answer).toEqual({ ok: true })
  const second = await instance()
  expect(second.answer).toMatchObject({ ok: false, code: 'in-use', pid: first.child.pid })
  expect(second.answer.sentence).toContain(`(pid ${first.child.pid}) already runs on the state in ${directory}`)
  expect(acquireLock(directory)).toMatchObject({ ok: false, code: 'in-use', pid: first.child.pid })
})

test('the lock is free in the moment its process is gone, whether it ended well or by SIGKILL', async () => {
  for (const end of ['SIGKILL', 'end', 'SIGKILL'] as const) {
    const { child, answer } = await instance()
    expect(answer).toEqual({ ok: true })
    if (end === 'end') child.stdin.end()
    else child.kill(end)
    await once(child, 'exit')
    expect(readdirSync(directory)).toEqual(end === 'end' ? ['lock.sqlite'] : ['lock.pid', 'lock.sqlite'])
  }
  const mine = acquireLock(directory)
  expect(mine.ok).toBe(true)
  expect((await instance()).answer).toMatchObject({ ok: false, pid: process.pid })
  if (mine.ok) mine.lock.release()
  expect((await instance()).answer).toEqual({ ok: true })
})

test('of several that start at once exactly one gets through', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, instance))
  expect(all.filter(({ answer }) => answer.ok)).toHaveLength(1)
  for (const { answer } of all) if (!answer.ok) expect(answer.code).toBe('in-use')
})
