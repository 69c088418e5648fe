import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Breadcrumbs } from '../ports/journal.ts'
import { breadcrumbsIn } from './breadcrumbs.ts'
import { breadcrumb, removeDirectory, temporaryDirectory } from './samples.ts'

let directory: string
let folder: string
let marks: Breadcrumbs
beforeEach(() => {
  directory = temporaryDirectory()
  folder = join(directory, 'breadcrumbs')
  marks = breadcrumbsIn(directory)
})
afterEach(() => removeDirectory(directory))

const names = () => readdirSync(folder)

describe('breadcrumbs', () => {
  test('nothing there is no mark', () => {
    expect(marks.list()).toEqual({ marks: [], unreadable: [] })
    expect(marks.remove('i1')).toEqual({ ok: true })
  })

  test('what is put is listed by another process, and removed by intent', () => {
    const all = [
      breadcrumb({ outlet: '0', deviceId: '8006AB' }),
      breadcrumb({ outlet: '1' }),
      breadcrumb({ intent: 'i10' }),
      breadcrumb({ intent: 'i1.', device: 'strip/2', outlet: '' }),
      breadcrumb({ intent: '../../etc', device: '../x', outlet: '../y' }),
      breadcrumb({ intent: 'x'.repeat(500), device: 'y'.repeat(500) }),
    ]
    for (const mark of all) expect(marks.put(mark)).toEqual({ ok: true })
    const listed = breadcrumbsIn(directory).list()
    expect(listed.unreadable).toEqual([])
    expect(listed.marks).toHaveLength(all.length)
    expect(listed.marks).toEqual(expect.arrayContaining(all))
    expect(marks.remove('i1')).toEqual({ ok: true })
    expect(marks.list().marks).toEqual(expect.arrayContaining(all.slice(2)))
    expect(marks.list().marks).toHaveLength(all.length - 2)
    for (const mark of all) expect(marks.remove(mark.intent)).toEqual({ ok: true })
    expect(names()).toEqual([])
    expect(readdirSync(directory)).toEqual(['breadcrumbs'])
  })

  test('put again replaces; files are private', () => {
    marks.put(breadcrumb())
    marks.put(breadcrumb({ reason: 'second' }))
    expect(marks.list().marks).toEqual([breadcrumb({ reason: 'second' })])
    expect(statSync(folder).mode & 0o777).toBe(0o750)
    expect(statSync(join(folder, names()[0] as string)).mode & 0o777).toBe(0o640)
  })

  test('device and outlet cannot be mistaken for each other', () => {
    marks.put(breadcrumb({ device: 'a/b', outlet: 'c' }))
    marks.put(breadcrumb({ device: 'a', outlet: 'b/c' }))
    expect(marks.list().marks).toHaveLength(2)
  })

  test('damaged files are named and left; the rest is read', () => {
    marks.put(breadcrumb())
    writeFileSync(join(folder, 'empty.json'), '')
    writeFileSync(join(folder, 'half.json'), JSON.stringify(breadcrumb()).slice(0, 40))
    writeFileSync(join(folder, 'shape.json'), JSON.stringify({ intent: 'i1' }))
    writeFileSync(join(folder, 'huge.json'), JSON.stringify(breadcrumb({ reason: 'x'.repeat(100_000) })))
    writeFileSync(join(folder, '.i-i1.0.json.draft'), 'what a power cut left')
    mkdirSync(join(folder, 'folder.json'))
    execFileSync('mkfifo', [join(folder, 'pipe.json')])
    const unreadable = ['empty.json', 'folder.json', 'half.json', 'huge.json', 'pipe.json', 'shape.json']
    expect(marks.list()).toEqual({ marks: [breadcrumb()], unreadable })
    expect(marks.remove('i1')).toEqual({ ok: true })
    expect(marks.list()).toEqual({ marks: [], unreadable })
    expect(names()).toEqual(unreadable)
  })

  test('a mark under another name is honoured and removed all the same', () => {
    marks.put(breadcrumb())
    renameSync(join(folder, names()[0] as string), join(folder, 'restored by hand.json'))
    expect(marks.list().marks).toEqual([breadcrumb()])
    marks.remove('i1')
    expect(names()).toEqual([])
  })

  test('a mark that could not be read back is refused', () => {
    expect(marks.put(breadcrumb({ offAtMonoMs: Number.NaN }))).toMatchObject({ ok: false, code: 'invalid' })
    expect(marks.list()).toEqual({ marks: [], unreadable: [] })
  })

  test('something else in the way is a value, not a throw', () => {
    writeFileSync(folder, '')
    expect(marks.put(breadcrumb())).toMatchObject({ ok: false, code: 'not-a-directory' })
    expect(marks.remove('i1')).toMatchObject({ ok: false })
    expect(marks.list()).toEqual({ marks: [], unreadable: [folder] })
    rmSync(folder)
    expect(marks.put(breadcrumb())).toEqual({ ok: true })
  })

  test('a failed put keeps the mark that was there', () => {
    marks.put(breadcrumb())
    mkdirSync(join(folder, `.${names()[0]}.draft`))
    expect(marks.put(breadcrumb({ reason: 'second' })).ok).toBe(false)
    expect(marks.list().marks).toEqual([breadcrumb()])
  })
})
