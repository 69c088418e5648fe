import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Intent } from '../src/core/power/types.ts'
import { openStore } from '../src/store/open.ts'
import { intent, told } from '../src/store/samples.ts'

/** One line of the table: ours beside a peer measured in the same run. */
export type BenchRow = {
  readonly name: string
  readonly ours: number
  readonly peer: number
  /** ours / peer. */
  readonly ratio: number
  readonly limit: string
  readonly unit: string
  readonly ok: boolean
}

const COMMITS = 500
const ROUNDS = 5
const EVENTS = 200_000
/** A commit of the engine (an intent, a host, an event) may take this share of what one bare row takes. */
const MIN_RATE_RATIO = 0.4
const MAX_OPEN_MS = 500

const now = () => ({ wallMs: Date.now(), bootId: 'bench', monoMs: performance.now() })

/** Calls a second of `act`. */
function rateOf(act: (index: number) => void): number {
  const started = performance.now()
  for (let index = 0; index < COMMITS; index += 1) act(index)
  return (COMMITS * 1_000) / (performance.now() - started)
}

function bareRows(directory: string): (index: number) => void {
  const database = new DatabaseSync(join(directory, 'bare.sqlite'))
  database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full')
  database.exec('create table row (key text primary key, value text)')
  const insert = database.prepare('insert or replace into row values (?, ?)')
  const value = JSON.stringify(intent)
  return (index) => insert.run(`i${index % 50}`, value)
}

function engineCommits(directory: string): { commit: (index: number) => void; fill: () => void; close: () => void } {
  const opening = openStore({ directory, now })
  if (!opening.ok) throw new Error(opening.sentence)
  const { store } = opening
  const put = (changes: Parameters<typeof store.commit>[0], events: Parameters<typeof store.commit>[1]) => {
    const outcome = store.commit(changes, events)
    if (!outcome.ok) throw new Error(outcome.sentence)
  }
  return {
    commit(index) {
      const key = `i${index % 50}`
      const value: Intent = { ...intent, id: key }
      const host = { host: 'pve1', cycleTimes: [] }
      const changes = [
        { collection: 'intents', key, value },
        { collection: 'hosts', key: 'pve1', value: host },
      ] as const
      put(changes, [told('A power cycle of pve1 is planned; nothing has been switched yet.')])
    },
    fill() {
      const batch = Array.from({ length: 5_000 }, () => told('pve1 did not answer this round: 2 of 3 failures so far.'))
      for (let count = 0; count < EVENTS; count += batch.length) put([], batch)
    },
    close: () => store.close(),
  }
}

/** Rounds of both in turn, so that a busy disk slows both; the median of the ratios counts. */
export function benchStore(): BenchRow[] {
  const directory = mkdtempSync(join(tmpdir(), 'bench-store-'))
  try {
    const bare = bareRows(directory)
    const engine = engineCommits(join(directory, 'state'))
    const rounds = Array.from({ length: ROUNDS }, () => ({ ours: rateOf(engine.commit), peer: rateOf(bare) }))
    const median = rounds.toSorted((a, b) => a.ours / a.peer - b.ours / b.peer)[Math.floor(ROUNDS / 2)]
    const { ours, peer } = median ?? { ours: 0, peer: 1 }
    engine.fill()
    engine.close()
    return [
      {
        name: 'engine commits, on disk (peer: one bare SQLite row)',
        ours,
        peer,
        ratio: ours / peer,
        limit: `ratio >= ${MIN_RATE_RATIO}`,
        unit: 'commits/s',
        ok: ours / peer >= MIN_RATE_RATIO,
      },
      openingRow(join(directory, 'state')),
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Opening includes a check of every page: it stands between a restart and an overdue ON. */
function openingRow(directory: string): BenchRow {
  const started = performance.now()
  const opening = openStore({ directory, now })
  const ours = performance.now() - started
  if (!opening.ok) throw new Error(opening.sentence)
  opening.store.close()
  return {
    name: `opening and checking a state with ${EVENTS.toLocaleString('en')} events`,
    ours,
    peer: MAX_OPEN_MS,
    ratio: ours / MAX_OPEN_MS,
    limit: `${MAX_OPEN_MS} ms`,
    unit: 'ms',
    ok: ours <= MAX_OPEN_MS,
  }
}

if (import.meta.main) console.table(benchStore())
