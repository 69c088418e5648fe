import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AlertUpdate } from '../../src/core/alerts/types.ts'
import { openOrFail } from '../../src/store/samples.ts'
import { seededRandom } from './site/seeded-random.ts'

/** `KILLS=100` for more; `KILL_SEED` to have the same moments again. */
const KILLS = Number(process.env.KILLS ?? 10)
const random = seededRandom(Number(process.env.KILL_SEED ?? 20_251))
const ALERTS = 10_000
/** Callers, and the engine. */
const IN_FLIGHT = 65
/** A state is taken over by the next process this many times. */
const LIVES = 5

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'alert-kill-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Runs the accepter until it has acknowledged `count` alerts, kills it there, and answers those it acknowledged. */
async function killed(state: string, first: number, count: number): Promise<Set<string>> {
  const args = [join(import.meta.dirname, 'alert-store-accepter.ts'), state, `${first}`, `${ALERTS}`]
  const accepter = spawn(process.execPath, args)
  let said = ''
  let lines = 0
  let complaint = ''
  accepter.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  accepter.stdout.on('data', (chunk: Buffer) => {
    said += chunk
    for (const byte of chunk) if (byte === 10) lines += 1
    if (lines >= count) accepter.kill('SIGKILL')
  })
  await once(accepter, 'close')
  expect(complaint).toBe('')
  return new Set(said.slice(0, said.lastIndexOf('\n')).split('\n'))
}

/** The number of each alert in the inbox: longer than any page. */
function inboxOf(state: string): string[] {
  const database = new DatabaseSync(join(state, 'state.sqlite'), { readOnly: true })
  const rows = database.prepare('select incoming from inbox').all()
  database.close()
  return rows.flatMap((row) =>
    (JSON.parse(String(row.incoming)) as AlertUpdate[]).map(({ labels }) => `${labels.alertname}`),
  )
}

/** All of them, newest first, a page at a time. */
function all<T extends { readonly id: number }>(
  list: (query: { limit: number; beforeId?: number }) => readonly T[],
): T[] {
  const found: T[] = []
  for (;;) {
    const page = list({ limit: 5_000, beforeId: found.at(-1)?.id })
    if (page.length === 0) return found
    found.push(...page)
  }
}

test(
  `SIGKILL ${KILLS} times under load: no acknowledged alert is lost, none is there twice, nothing is half there`,
  async () => {
    for (let round = 0; round < KILLS; round += 1) {
      const state = join(directory, `${Math.floor(round / LIVES)}`)
      const first = 1 + (round % LIVES) * 2 * ALERTS
      const acknowledged = await killed(state, first, 1 + Math.floor(random() * (ALERTS - 1)))
      const store = openOrFail(state)
      const incidents = all((query) => store.alerts.listIncidents(query))
      const messages = all((query) => store.alerts.listDeliveries(query))
      const decided = store.load().meta.meta?.epoch ?? 0
      store.close()
      const numbers = [...inboxOf(state), ...incidents.map(({ fingerprint }) => fingerprint)]
      const there = new Set(numbers)
      expect(numbers.length, 'none twice').toBe(there.size)
      const lost = [...acknowledged].filter((number) => !there.has(number))
      expect(lost, 'none lost').toEqual([])
      const fresh = numbers.filter((number) => Number(number) >= first)
      expect(fresh.length - acknowledged.size, 'no more than what was in flight').toBeLessThanOrEqual(IN_FLIGHT)
      expect(messages.map(({ notification }) => notification)).toEqual(incidents.map(({ id }) => id))
      expect(messages.filter((one) => one.state === 'sending').length).toBeLessThanOrEqual(1)
      if (decided >= first) expect(there, 'a decision with its alert').toContain(`${decided}`)
      expect(readdirSync(state).filter((name) => name.includes('corrupt'))).toEqual([])
      if (round % LIVES === LIVES - 1) rmSync(state, { recursive: true })
    }
  },
  60_000 + KILLS * 20_000,
)
