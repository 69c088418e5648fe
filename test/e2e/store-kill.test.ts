import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { breadcrumbsIn } from '../../src/store/breadcrumbs.ts'
import { openOrFail } from '../../src/store/samples.ts'

const ROUNDS = 25
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-kill-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/**
 * Runs the writer until it has acknowledged `count` commits, or for `delayMs` (which may end in its start, even in the
 * making of the first state), and kills it there; answers the last acknowledged.
 */
async function killed(first: number, count: number, delayMs?: number): Promise<number> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'store-writer.ts'), directory, `${first}`])
  let said = ''
  let complaint = ''
  writer.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  writer.stdout.on('data', (chunk) => {
    said += chunk
    if (said.split('\n').length > count) writer.kill('SIGKILL')
  })
  const timer = delayMs === undefined ? undefined : setTimeout(() => writer.kill('SIGKILL'), delayMs)
  await once(writer, 'close')
  clearTimeout(timer)
  expect(complaint).toBe('')
  const numbers = said.slice(0, Math.max(0, said.lastIndexOf('\n'))).split('\n')
  return Math.max(first - 1, Number(numbers.at(-1)))
}

test('SIGKILL at any moment: what was acknowledged is there, whole, and nothing else is half there', async () => {
  let first = 1
  for (let round = 0; round < ROUNDS; round += 1) {
    const acknowledged = await killed(first, 1 + ((round * 37) % 90), round % 2 === 0 ? 80 + round * 15 : undefined)
    const store = openOrFail(directory)
    const { meta, hosts } = store.load()
    const last = meta.meta?.epoch ?? 0
    // The one commit that may have been made without the time to say so.
    expect([acknowledged, acknowledged + 1]).toContain(last)
    for (let number = last; number > Math.max(0, last - 4); number -= 1) {
      expect(hosts[`h${number % 7}`]?.host).toBe(`${number}`)
    }
    for (let back = 0; back < 3 && last >= 7; back += 1) expect(hosts[`h${(last + 3 - back) % 7}`]).toBeUndefined()
    const events = store.events({ limit: 100 })
    const told = events.ok ? events.events.map(({ sentence }) => Number(sentence)) : []
    expect(told).toEqual(told.map((_, index) => last - Math.floor(index / 2)))
    store.close()
    const { marks, unreadable } = breadcrumbsIn(directory).list()
    expect(unreadable).toEqual([])
    expect(Math.max(0, ...marks.map(({ reason }) => Number(reason)))).toBeGreaterThanOrEqual(last)
    first = last + 1
  }
  expect(readdirSync(directory).filter((name) => name.includes('corrupt'))).toEqual([])
})
