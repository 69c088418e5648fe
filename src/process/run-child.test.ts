import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runChild } from './run-child.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'run-child-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const sh = (script: string, more = {}) =>
  runChild({ command: '/bin/sh', args: ['-c', script], timeoutMs: 20_000, ...more })

/** Whether it still acts. A zombie does not: it waits for init, which in some containers never comes. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function contentOf(path: string): Promise<number> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').endsWith('\n')) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return Number(readFileSync(path, 'utf8'))
}

describe('a program that ends by itself', () => {
  test('answers its output and its exit code', async () => {
    const outcome = await sh('echo out; echo err >&2; exit 3')
    expect(outcome).toMatchObject({
      end: { kind: 'exited', exitCode: 3 },
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
      aborted: false,
      truncated: false,
    })
  })

  test('reads its standard input to the end', async () => {
    const big = 'x'.repeat(300_000)
    const outcome = await runChild({ command: 'cat', args: [], stdin: big, timeoutMs: 20_000 })
    expect(outcome.stdout).toBe(big)
  })

  test('sees an empty input where none is given', async () => {
    expect((await runChild({ command: 'cat', args: [], timeoutMs: 20_000 })).end).toEqual({
      kind: 'exited',
      exitCode: 0,
    })
  })

  test('may leave its input unread', async () => {
    const outcome = await sh('exec 0<&-; echo done', { stdin: 'x'.repeat(2_000_000) })
    expect(outcome).toMatchObject({ end: { kind: 'exited', exitCode: 0 }, stdout: 'done\n' })
  })

  test('killed by somebody else: says the signal', async () => {
    expect((await sh('kill -9 $$')).end).toEqual({ kind: 'signalled', signal: 'SIGKILL' })
  })

  test('a character cut in two by a chunk stays whole', async () => {
    expect((await sh("printf '\\303'; sleep 0.05; printf '\\244'")).stdout).toBe('ä')
  })

  test('is given no shell', async () => {
    const outcome = await runChild({ command: 'echo', args: ['$HOME; id', '*'], timeoutMs: 20_000 })
    expect(outcome.stdout).toBe('$HOME; id *\n')
  })

  test('sees few of our variables, and those that are given', async () => {
    process.env.WATCHDOG_TEST_SECRET = 'hunter2'
    try {
      const outcome = await runChild({ command: 'env', args: [], timeoutMs: 20_000, env: { GIVEN: 'yes' } })
      expect(outcome.stdout).toContain('GIVEN=yes')
      expect(outcome.stdout).toContain('LC_ALL=C')
      expect(outcome.stdout).not.toContain('hunter2')
    } finally {
      delete process.env.WATCHDOG_TEST_SECRET
    }
  })

  test('more output than is kept is dropped, and the program is not held up', async () => {
    const outcome = await sh('head -c 3000000 /dev/zero; echo end >&2', { maxOutputBytes: 1000 })
    expect(outcome).toMatchObject({ end: { kind: 'exited', exitCode: 0 }, truncated: true, stderr: 'end\n' })
    expect(outcome.stdout.length).toBe(1000)
  })
})

describe('a program that cannot be started', () => {
  test('is missing', async () => {
    const outcome = await runChild({ command: 'no-such-program', args: [], timeoutMs: 1000, stdin: 'x' })
    expect(outcome.end).toEqual({
      kind: 'not-started',
      code: 'ENOENT',
      sentence: 'no-such-program is not installed or not in the PATH',
    })
  })

  test('is missing from the PATH that it is given', async () => {
    const outcome = await runChild({ command: 'cat', args: [], timeoutMs: 1000, env: { PATH: dir } })
    expect(outcome.end).toMatchObject({ kind: 'not-started', code: 'ENOENT' })
  })

  test('is missing, where a directory of the PATH is closed to us', async (context) => {
    if (process.getuid?.() === 0) return context.skip('no directory is closed to root')
    const closed = join(dir, 'closed')
    mkdirSync(closed, { mode: 0o000 })
    const outcome = await runChild({ command: 'cat', args: [], timeoutMs: 1000, env: { PATH: `${closed}:${dir}` } })
    chmodSync(closed, 0o700)
    expect(outcome.end).toMatchObject({ kind: 'not-started', code: 'ENOENT' })
  })

  test('may not be run', async () => {
    const path = join(dir, 'plain')
    writeFileSync(path, '#!/bin/sh\n', { mode: 0o644 })
    const outcome = await runChild({ command: path, args: [], timeoutMs: 1000 })
    expect(outcome.end).toMatchObject({ kind: 'not-started', code: 'EACCES' })
  })

  test('has arguments that are too long for the system', async () => {
    const outcome = await runChild({ command: 'echo', args: ['x'.repeat(4_000_000)], timeoutMs: 1000 })
    expect(outcome.end).toMatchObject({ kind: 'not-started', code: 'E2BIG' })
  })

  test('was aborted before', async () => {
    const outcome = await sh(`touch ${dir}/ran`, { signal: AbortSignal.abort() })
    expect(outcome).toMatchObject({ end: { kind: 'not-started', code: 'ABORTED' }, aborted: true })
    expect(existsSync(join(dir, 'ran'))).toBe(false)
  })
})

describe('a program that hangs', () => {
  test('is ended at its timeout, and what it said before is kept', async () => {
    const outcome = await sh('echo early; sleep 600', { timeoutMs: 300 })
    expect(outcome).toMatchObject({
      end: { kind: 'signalled', signal: 'SIGTERM' },
      stdout: 'early\n',
      timedOut: true,
      aborted: false,
    })
  })

  test('is ended when the call is aborted', async () => {
    const controller = new AbortController()
    const ending = sh(`echo $$ > ${dir}/pid; sleep 600`, { signal: controller.signal })
    const pid = await contentOf(join(dir, 'pid'))
    controller.abort()
    expect(await ending).toMatchObject({ aborted: true, timedOut: false })
    await gone(pid)
  })

  test('ignoring SIGTERM, it gets SIGKILL', async () => {
    const outcome = await sh("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 200, killGraceMs: 100 })
    expect(outcome).toMatchObject({ end: { kind: 'signalled', signal: 'SIGKILL' }, timedOut: true })
  })

  test('takes what it started with it, even what ignores SIGTERM', async () => {
    const script = `(trap '' TERM; while :; do sleep 0.05; done) & echo $! > ${dir}/pid; wait`
    const outcome = await sh(script, { timeoutMs: 300 })
    expect(outcome.timedOut).toBe(true)
    await gone(await contentOf(join(dir, 'pid')))
  })

  test('that ends but leaves a child holding its output does not hold us up', async () => {
    const outcome = await sh(`sleep 600 & echo $! > ${dir}/pid; echo said; exit 0`)
    expect(outcome).toMatchObject({ end: { kind: 'exited', exitCode: 0 }, stdout: 'said\n', timedOut: false })
    await gone(await contentOf(join(dir, 'pid')))
  })
})
