import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertUpdate } from '../src/core/alerts/types.ts'
import type { AlertRows, AlertStore } from '../src/ports/alert-store.ts'
import { encodeIncoming } from '../src/store/alerts/incoming.ts'
import { alertUpdate, delivery, eventOn, incident, notification, within } from '../src/store/alerts/samples.ts'
import { openStore } from '../src/store/open.ts'
import type { Store } from '../src/store/store.ts'
import { median } from './median.ts'
import type { BenchModule, BenchRow } from './row.ts'

const CALLERS = 64
const CALLS = 20_000
const ROUNDS = 5
const MIN_ACCEPTS = 5_000
const MAX_P99_MS = 25
const OUTBOX = 100_000
const MAX_START_MS = 1_000
const TURNS = 500
/** The most urgent of 100,000 may take this much longer to find and put off than that of 100. */
const MAX_TURN_RATIO = 3
const CHANNELS = ['discord', 'ntfy', 'email'] as const

const now = () => ({ wallMs: Date.now(), bootId: 'bench', monoMs: performance.now() })
/** About 2 KB, as Prometheus alerts with a description and a few labels are. */
const ALERT = alertUpdate('HostDown', {
  labels: {
    alertname: 'HostDown',
    host: 'pve1',
    cluster: 'home',
    severity: 'critical',
    job: 'node',
    instance: 'a:9100',
  },
  annotations: { summary: 'pve1 is down', description: 'It did not answer. '.repeat(80) },
})

type Accept = (incoming: readonly AlertUpdate[]) => Promise<unknown>
type Measured = { readonly perSecond: number; readonly p99Ms: number }

/** Callers that call again as soon as they have their answer, as 64 connections of Alertmanagers do. */
async function measure(accept: Accept): Promise<Measured> {
  const latencies: number[] = []
  let left = CALLS
  const started = performance.now()
  const caller = async () => {
    while (left-- > 0) {
      const called = performance.now()
      await accept([ALERT])
      latencies.push(performance.now() - called)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const perSecond = (CALLS * 1_000) / (performance.now() - started)
  return { perSecond, p99Ms: latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0 }
}

/** The same up to the write: checked, encoded, and answered a turn later. */
const withoutWrite: Accept = (incoming) => {
  encodeIncoming(incoming)
  return new Promise((resolve) => setImmediate(resolve))
}

async function acceptRows(directory: string): Promise<BenchRow[]> {
  const store = open(directory)
  const durable: Accept = async (incoming) => {
    const outcome = await store.alerts.accept(incoming, Date.now())
    if (!outcome.ok) throw new Error(outcome.sentence)
  }
  const ours: Measured[] = []
  const peer: Measured[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await measure(durable))
    peer.push(await measure(withoutWrite))
  }
  store.close()
  const of = (all: readonly Measured[], what: keyof Measured) => median(all.map((one) => one[what]))
  const [rate, peerRate] = [of(ours, 'perSecond'), of(peer, 'perSecond')]
  const [p99, peerP99] = [of(ours, 'p99Ms'), of(peer, 'p99Ms')]
  return [
    {
      name: `durable accepts, ${CALLERS} callers (peer: without a write)`,
      ours: rate,
      peer: peerRate,
      ratio: rate / peerRate,
      limit: `${MIN_ACCEPTS.toLocaleString('en')} /s`,
      unit: 'accepts/s',
      ok: rate >= MIN_ACCEPTS,
    },
    {
      name: 'their 99th percentile (peer: without a write)',
      ours: p99,
      peer: peerP99,
      ratio: p99 / peerP99,
      limit: `${MAX_P99_MS} ms`,
      unit: 'ms',
      ok: p99 <= MAX_P99_MS,
    },
  ]
}

function open(directory: string): Store {
  const opening = openStore({ directory, now })
  if (!opening.ok) throw new Error(opening.sentence)
  return opening.store
}

/** Alerts that fire, each with a message in a channel's queue, a tenth of them put off. */
function fill(alerts: AlertStore, count: number): void {
  const createdMs = Date.now()
  for (let from = 0; from < count; from += 5_000) {
    within(alerts, (rows) => {
      for (let index = from; index < Math.min(count, from + 5_000); index += 1) queueOne(rows, index, createdMs)
    })
  }
}

function queueOne(rows: AlertRows, index: number, createdMs: number): void {
  const { id } = rows.insertIncident(incident(`${index}`, { labels: ALERT.labels, told: true, updatedMs: createdMs }))
  const events = [eventOn(id)]
  const made = rows.insertNotification(notification({ createdMs }), events)
  const dueMs = index % 10 === 0 ? createdMs + 3_600_000 : createdMs
  const times = { createdMs, dueMs, expiresMs: createdMs + 3 * 86_400_000 }
  const channel = CHANNELS[index % CHANNELS.length]
  rows.insertDelivery(delivery({ notification: made.id, channel, priority: index % 4, ...times }), events)
}

/** Opening, and what a dispatcher asks before its first message leaves. */
function startRow(directory: string): BenchRow {
  const started = performance.now()
  const store = open(directory)
  within(store.alerts, (rows) => {
    rows.requeueSending(Date.now())
    rows.nextDueMs(Date.now())
    for (const channel of CHANNELS) rows.nextDelivery(channel, Date.now())
  })
  store.alerts.queues()
  const ours = performance.now() - started
  store.close()
  return {
    name: `starting with ${OUTBOX.toLocaleString('en')} deliveries queued`,
    ours,
    peer: MAX_START_MS,
    ratio: ours / MAX_START_MS,
    limit: `${MAX_START_MS} ms`,
    unit: 'ms',
    ok: ours <= MAX_START_MS,
  }
}

/** Finding the next of a channel, putting it off, and asking when there is something to do: milliseconds each. */
function turnMs(directory: string): number {
  const store = open(directory)
  const turn = () =>
    within(store.alerts, (rows) => {
      const next = rows.nextDelivery('discord', Date.now())
      if (next !== undefined) rows.updateDelivery({ ...next, attempts: 1, dueMs: Date.now() + 60_000 })
      rows.nextDeliveryMs('discord')
      rows.dueHeld(Date.now(), 100)
      rows.nextDueMs(Date.now())
    })
  const times = Array.from({ length: TURNS }, () => {
    const started = performance.now()
    turn()
    return performance.now() - started
  })
  store.close()
  return median(times)
}

function turnRow(few: string, many: string): BenchRow {
  const [ours, peer] = [turnMs(many), turnMs(few)]
  return {
    name: 'one turn of a worker with 100,000 queued (peer: with 2,000)',
    ours,
    peer,
    ratio: ours / peer,
    limit: `${MAX_TURN_RATIO} x peer`,
    unit: 'ms',
    ok: ours <= peer * MAX_TURN_RATIO,
  }
}

export const alertStore: BenchModule = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-alerts-'))
  const [few, many] = [join(directory, 'few'), join(directory, 'many')]
  try {
    const rows = await acceptRows(join(directory, 'accept'))
    for (const [state, count] of [
      [few, 2_000],
      [many, OUTBOX],
    ] as const) {
      const store = open(state)
      fill(store.alerts, count)
      store.close()
    }
    return [...rows, startRow(many), turnRow(few, many)]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await alertStore())
