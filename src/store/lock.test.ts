import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { acquireLock } from './lock.ts'
import { removeDirectory, temporaryDirectory } from './samples.ts'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => removeDirectory(directory))

describe('the lock of a state directory', () => {
  test('is had once, names its holder, and can be had again after release', () => {
    const first = acquireLock(directory)
    if (!first.ok) throw new Error(first.sentence)
    const second = acquireLock(directory)
    expect(second).toMatchObject({ ok: false, code: 'in-use', pid: process.pid })
    expect(second).toHaveProperty('sentence', expect.stringContaining(`(pid ${process.pid}) already runs on the state`))
    expect(acquireLock(directory).ok).toBe(false)
    first.lock.release()
    first.lock.release()
    const third = acquireLock(directory)
    expect(third.ok).toBe(true)
    if (third.ok) third.lock.release()
    expect(readdirSync(directory)).toEqual(['lock.sqlite'])
  })

  test('two directories are two locks', () => {
    const locks = ['a', 'b'].map((name) => acquireLock(join(directory, name)))
    for (const one of locks) {
      expect(one.ok).toBe(true)
      if (one.ok) one.lock.release()
    }
  })

  test('a pid left by a dead instance is neither believed nor kept', () => {
    writeFileSync(join(directory, 'lock.pid'), '1\n')
    const first = acquireLock(directory)
    expect(readFileSync(join(directory, 'lock.pid'), 'utf8')).toBe(`${process.pid}\n`)
    if (first.ok) first.lock.release()
  })

  test('without a readable pid the sentence does without', () => {
    const first = acquireLock(directory)
    writeFileSync(join(directory, 'lock.pid'), 'nonsense')
    expect(acquireLock(directory)).toMatchObject({ ok: false, pid: undefined })
    if (first.ok) first.lock.release()
  })

  test('the pid file cannot be written: the lock holds all the same', () => {
    mkdirSync(join(directory, 'lock.pid'))
    const first = acquireLock(directory)
    expect(first.ok).toBe(true)
    expect(acquireLock(directory)).toMatchObject({ ok: false, code: 'in-use' })
    if (first.ok) first.lock.release()
    const again = acquireLock(directory)
    expect(again.ok).toBe(true)
    if (again.ok) again.lock.release()
  })

  test('refused where it cannot be: garbage in the lock file, a file for a directory', () => {
    writeFileSync(join(directory, 'lock.sqlite'), 'garbage '.repeat(1_000))
    expect(acquireLock(directory)).toMatchObject({ ok: false, code: 'corrupt' })
    writeFileSync(join(directory, 'file'), '')
    expect(acquireLock(join(directory, 'file'))).toMatchObject({ ok: false, code: 'not-a-directory' })
  })
})
