import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../config/secret.ts'
import type { HealthProof } from '../../../core/alerts/heartbeats/proof.ts'
import type { AlertUpdate } from '../../../core/alerts/types.ts'
import { watchdogDriver } from '../../../heartbeats/watchdog/driver.ts'
import { schema } from '../../../heartbeats/watchdog/settings.ts'
import type { AlertStore } from '../../../ports/alert-store.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../../ports/heartbeat.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { HeartbeatsIn } from './heartbeats-in.ts'
import { HeartbeatsOut } from './heartbeats-out.ts'
import { KeptStore } from './testing/kept-store.ts'

const MINUTE = 60_000
const WELL: HealthProof = { well: true, early: false, reasons: [] }

/** A watchdog as far as heartbeats go: it expects the other, and tells the other of itself. */
class Instance {
  readonly emitted: AlertUpdate[] = []
  readonly disk = new KeptStore()
  readonly in: HeartbeatsIn
  readonly out: HeartbeatsOut
  proof = WELL
  alive = true

  constructor(name: string, clock: ManualClock, expects: string, way: HeartbeatSender) {
    this.in = new HeartbeatsIn({
      clock,
      store: this.disk as unknown as AlertStore,
      expectations: [{ name: expects }],
      emit: async (updates) => {
        this.emitted.push(...updates)
        return { ok: true }
      },
    })
    this.out = new HeartbeatsOut({
      clock,
      senders: [{ sender: way, everyMs: MINUTE }],
      prove: () => this.proof,
      name,
      newRunId: () => 'run',
    })
    this.in.start()
    this.out.start()
  }

  told(): string[] {
    return this.emitted.map(({ status, labels }) => `${status} ${labels.alertname} ${labels.heartbeat}`)
  }

  async die(): Promise<void> {
    this.alive = false
    await Promise.all([this.out.close(), this.in.close()])
  }
}

function pair() {
  const clock = new ManualClock()
  const instances = new Map<string, Instance>()
  const way = (from: string, to: string): HeartbeatSender => ({
    name: to,
    type: 'direct',
    beat: async ({ well, reasons, sender }) => {
      const other = instances.get(to)
      if (other?.alive !== true) return { ok: false, code: 'unreachable', sentence: 'nobody there' }
      return other.in.take(from, { well, reasons, sender }, clock.now().wallMs) === undefined
        ? { ok: false, code: 'not-found', sentence: 'not expected' }
        : { ok: true }
    },
  })
  const a = new Instance('a', clock, 'b', way('a', 'b'))
  instances.set('a', a)
  const b = new Instance('b', clock, 'a', way('b', 'a'))
  instances.set('b', b)
  return { clock, a, b }
}

describe('two that watch each other', () => {
  test('are quiet while both are well', async () => {
    const { clock, a, b } = pair()
    await clock.pass(60 * MINUTE)
    expect([a.told(), b.told()]).toEqual([[], []])
    expect(a.in.status()).toMatchObject([{ name: 'b', state: 'well', periodMs: MINUTE }])
    await Promise.all([a.die(), b.die()])
  })

  test('the one that is left tells that the other fell silent', async () => {
    const { clock, a, b } = pair()
    await clock.pass(10 * MINUTE)
    await b.die()
    await clock.pass(3 * MINUTE)
    expect(a.told()).toEqual(['firing HeartbeatMissing b'])
    expect(b.told()).toEqual([])
    await a.die()
  })

  test('the illness of one is told by the other, and makes it not ill as well', async () => {
    const { clock, a, b } = pair()
    await clock.pass(10 * MINUTE)
    a.proof = { well: false, early: false, reasons: ['A critical alert has reached nobody for 11 min.'] }
    a.out.healthMayHaveChanged()
    await clock.pass(1_000)
    expect(b.told()).toEqual(['firing HeartbeatIll a'])
    expect(b.emitted[0]?.annotations.description).toBe('a reports: A critical alert has reached nobody for 11 min.')
    await clock.pass(60 * MINUTE)
    a.proof = WELL
    a.out.healthMayHaveChanged()
    await clock.pass(1_000)
    expect(b.told()).toEqual(['firing HeartbeatIll a', 'resolved HeartbeatIll a'])
    expect(a.told()).toEqual([])
    await Promise.all([a.die(), b.die()])
  })
})

describe('over a socket', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  test('what one proves of itself is what the other knows', async () => {
    const clock = new ManualClock()
    const disk = new KeptStore()
    const expecting = new HeartbeatsIn({
      clock,
      store: disk as unknown as AlertStore,
      expectations: [{ name: 'site' }],
      emit: async () => ({ ok: true }),
    })
    expecting.start()
    server = createServer(async (incoming, outgoing) => {
      let text = ''
      for await (const chunk of incoming) text += chunk
      const { status, reasons, sender } = JSON.parse(text)
      const name = incoming.url?.replace('/heartbeats/', '') ?? ''
      const answer = expecting.take(name, { well: status === 'well', reasons, sender }, clock.now().wallMs)
      outgoing.writeHead(answer === undefined ? 404 : 200).end()
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    process.env.TEST_HEARTBEAT_TOKEN = 'hunter2'
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const sender = (expectedAs: string) =>
      watchdogDriver.create('other', {
        ...schema.parse({ url, expectedAs, token: { env: 'TEST_HEARTBEAT_TOKEN' } }),
        token: new Secret({ env: 'TEST_HEARTBEAT_TOKEN' }),
      })
    const say = (report: Partial<HeartbeatReport>, expectedAs = 'site'): Promise<BeatOutcome> =>
      sender(expectedAs).beat(
        { well: true, reasons: [], sender: 'pve-watch', runId: '', ...report },
        new AbortController().signal,
      )
    expect(await say({ well: false, reasons: ['The outbox is stuck.'] })).toEqual({ ok: true })
    expect(expecting.status()).toMatchObject([
      { state: 'ill', sentence: 'site (pve-watch) reports: The outbox is stuck.' },
    ])
    expect(await say({})).toEqual({ ok: true })
    expect(expecting.status()).toMatchObject([{ state: 'well' }])
    expect(await say({}, 'stranger')).toMatchObject({ code: 'not-found' })
    delete process.env.TEST_HEARTBEAT_TOKEN
    await expecting.close()
  })
})
