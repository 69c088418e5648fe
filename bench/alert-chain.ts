import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { alertmanagerMissing, startAlertmanager } from '../test/peers/alertmanager.ts'
import { AlertDaemon, PORT, TOKEN } from './alert-daemon.ts'
import type { BenchModule } from './row.ts'

/** One after another, each in a group of its own: how long from its POST until the sink has it. */
const ALONE = 200
/** All at once, in groups of ten. */
const AT_ONCE = 2_000
const PATIENCE_MS = 60_000

/** Who takes alerts in, and where; `since` of an alert that fires from now on. */
type Way = { readonly name: string; readonly post: (alerts: readonly object[]) => Promise<void> }

/** Alerts to one sink by ours, which writes each down first, and by Alertmanager, which keeps them in memory. */
export const alertChain: BenchModule = async () => {
  const missing = alertmanagerMissing()
  if (missing !== undefined) return [{ name: 'alerts to a sink, beside Alertmanager', skipped: missing }]
  const sink = await Sink.open()
  const alertmanager = await startAlertmanager(configuration(sink.url))
  const daemon = await AlertDaemon.start(sink.url, {
    alerts: ', groupWait: 0s, groupBy: [group]',
    rate: '{ burst: 1000, every: 1ms }',
  })
  try {
    const theirs: Way = { name: 'theirs', post: (alerts) => post(`${alertmanager.url}/api/v2/alerts`, alerts) }
    const hook = `http://127.0.0.1:${PORT}/hooks/alertmanager`
    const ours: Way = { name: 'ours', post: (alerts) => post(hook, asHook(alerts)) }
    const alone = { ours: await oneByOne(ours, sink), theirs: await oneByOne(theirs, sink) }
    const all = { ours: await allAtOnce(ours, sink), theirs: await allAtOnce(theirs, sink) }
    return [
      row(
        `p50 from POST to the sink, one alert after another (peer: Alertmanager)`,
        at(alone.ours, 0.5),
        at(alone.theirs, 0.5),
      ),
      row(`p99 of the same`, at(alone.ours, 0.99), at(alone.theirs, 0.99)),
      row(
        `${AT_ONCE.toLocaleString('en')} alerts at once, in groups of ten, until the sink has them all`,
        all.ours,
        all.theirs,
      ),
    ]
  } finally {
    await daemon.stop()
    await alertmanager.stop()
    await sink.close()
  }
}

async function oneByOne(way: Way, sink: Sink): Promise<number[]> {
  const waits: number[] = []
  for (let index = 0; index < ALONE; index += 1) {
    const id = `${way.name}-alone-${index}`
    const begun = performance.now()
    await way.post([alertOf(id, id)])
    await sink.has(id)
    waits.push(sink.arrivedAt(id) - begun)
  }
  return waits.sort((a, b) => a - b)
}

async function allAtOnce(way: Way, sink: Sink): Promise<number> {
  const ids = Array.from({ length: AT_ONCE }, (_, index) => `${way.name}-all-${index}`)
  const begun = performance.now()
  for (let index = 0; index < ids.length; index += 10) {
    await way.post(ids.slice(index, index + 10).map((id) => alertOf(id, `${way.name}-group-${index}`)))
  }
  for (const id of ids) await sink.has(id)
  return Math.max(...ids.map((id) => sink.arrivedAt(id))) - begun
}

function alertOf(id: string, group: string): object {
  return {
    labels: { alertname: 'Bench', severity: 'critical', id, group },
    annotations: { summary: id },
    startsAt: new Date().toISOString(),
  }
}

function asHook(alerts: readonly object[]): object {
  return { version: '4', status: 'firing', alerts: alerts.map((alert) => ({ status: 'firing', ...alert })) }
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

function configuration(sink: string): string {
  return [
    'route: { receiver: sink, group_by: [group], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }',
    `receivers: [{ name: sink, webhook_configs: [{ url: "${sink}", send_resolved: false }] }]`,
    '',
  ].join('\n')
}

const at = (sorted: readonly number[], part: number) => sorted[Math.floor(sorted.length * part)] ?? 0

function row(name: string, ours: number, peer: number) {
  return { name, ours, peer, ratio: ours / peer, limit: 'none', unit: 'ms', ok: true }
}

/** Takes whatever is posted, and remembers when it saw an alert first. */
class Sink {
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const now = performance.now()
      for (const [, id] of Buffer.concat(chunks)
        .toString('utf8')
        .matchAll(/"id":"([\w-]+)"/g)) {
        if (id !== undefined && !this.#arrived.has(id)) this.#arrived.set(id, now)
      }
      response.end('{}')
    })
  })
  readonly #arrived = new Map<string, number>()

  static async open(): Promise<Sink> {
    const sink = new Sink()
    sink.#server.listen(0, '127.0.0.1')
    await once(sink.#server, 'listening')
    return sink
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  arrivedAt(id: string): number {
    return this.#arrived.get(id) as number
  }

  async has(id: string): Promise<void> {
    for (const begun = performance.now(); !this.#arrived.has(id); ) {
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`${id} did not arrive`)
      await sleep(1)
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
