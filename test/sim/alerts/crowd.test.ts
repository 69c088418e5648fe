import { expect, test } from 'vitest'
import type { Message } from '../../../src/core/alerts/message.ts'
import { AlertPath } from '../../../src/engine/alerting/alert-path.ts'
import { alertPolicy, alertUpdate, channelPolicy, receiverPolicy } from '../../../src/engine/testing/alert-samples.ts'
import type { AlertStore } from '../../../src/ports/alert-store.ts'
import type { Notifier, SendOutcome } from '../../../src/ports/notifier.ts'
import { alertsInMemory } from '../../../src/store/alerts/samples.ts'
import { MINUTE } from './site.ts'
import { ProcessClock, VirtualTime } from './virtual-time.ts'

const ALERTS = 10_000
const RACKS = 500
/** As ntfy has it: so many at once, then one in five seconds. */
const RATE = { burst: 60, refillMs: 5_000 }

/** Counts what it is told, and keeps nothing else. */
class CountingChannel implements Notifier {
  readonly type = 'counting'
  readonly edits = false
  readonly name: string
  readonly hosts = new Map<string, number>()
  readonly timesMs: number[] = []
  dead = false
  readonly #nowMs: () => number

  constructor(name: string, nowMs: () => number) {
    this.name = name
    this.#nowMs = nowMs
  }

  async send({ message }: { readonly message: Message }): Promise<SendOutcome> {
    if (this.dead) {
      return { ok: false, code: 'unreachable', sentence: 'it is down', advice: 'later', mayHaveArrived: false }
    }
    this.timesMs.push(this.#nowMs())
    for (const { labels } of message.alerts) {
      this.hosts.set(labels.host ?? '', (this.hosts.get(labels.host ?? '') ?? 0) + 1)
    }
    return { ok: true }
  }

  async close(): Promise<void> {}
}

/** Falls while what waited for its group is put on its way. */
function heldBy(alerts: AlertStore): number {
  const done = alerts.transact((rows) => rows.dueHeld(Number.MAX_SAFE_INTEGER, 1).map(({ id }) => id))
  return done.ok ? (done.value[0] ?? 0) : 0
}

test(`${ALERTS} alerts behind a dead channel keep no other waiting, and drain at its rate, each once`, async () => {
  const { database, alerts } = alertsInMemory()
  const time = new VirtualTime(() => alerts.inboxSize() + chat.timesMs.length + mail.timesMs.length + heldBy(alerts))
  const nowMs = () => time.monoMs
  const chat = new CountingChannel('chat', nowMs)
  const mail = new CountingChannel('mail', nowMs)
  chat.dead = true
  const path = new AlertPath({
    clock: new ProcessClock(time, () => true),
    store: alerts,
    policy: alertPolicy({
      channels: [channelPolicy('chat', { rate: RATE }), channelPolicy('mail', { rate: { burst: 1_000, refillMs: 1 } })],
      receivers: [receiverPolicy('all', { chain: [['chat', 'mail']] })],
      groupBy: ['rack'],
      groupWaitMs: 10 * MINUTE,
    }),
    channels: [chat, mail],
    minuteOfDay: () => 0,
    random: () => 0.5,
    sender: 'watchdog',
    onObserved: () => undefined,
    log: () => undefined,
  })
  path.start()
  for (let from = 0; from < ALERTS; from += 100) {
    const some = Array.from({ length: 100 }, (_, index) => {
      const labels = { host: `host${from + index}`, rack: `rack${(from + index) % RACKS}` }
      return alertUpdate('HostDown', { source: 'alertmanager', severity: 'warning', labels })
    })
    expect(await path.accept(some)).toEqual({ ok: true })
  }
  await time.passUntil(12 * 60 * MINUTE)
  expect(mail.hosts.size).toBe(ALERTS)
  expect(path.status()).toMatchObject({ inbox: 0, firing: { warning: ALERTS } })
  expect(path.status().channels).toMatchObject([
    { channel: 'chat', queued: RACKS },
    { channel: 'mail', queued: 0 },
  ])
  chat.dead = false
  await time.passUntil(14 * 60 * MINUTE)
  expect(chat.hosts.size).toBe(ALERTS)
  for (const channel of [chat, mail]) expect(Math.max(...channel.hosts.values())).toBe(1)
  const { timesMs } = chat
  const windows = timesMs.map((at, index) => timesMs.slice(index).filter((each) => each < at + 60_000).length)
  expect(Math.max(...windows)).toBeLessThanOrEqual(RATE.burst + 60_000 / RATE.refillMs)
  await path.stop(AbortSignal.abort())
  database.close()
})
