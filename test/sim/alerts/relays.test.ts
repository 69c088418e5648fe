import { describe, expect, test } from 'vitest'
import type { AlertUpdate } from '../../../src/core/alerts/types.ts'
import { AlertPath } from '../../../src/engine/alerting/alert-path.ts'
import { alertPolicy, alertUpdate, channelPolicy } from '../../../src/engine/testing/alert-samples.ts'
import { MemoryAlertStore } from '../../../src/engine/testing/alert-store.ts'
import type { RelayPeer } from '../../../src/ports/relay-peer.ts'
import { Life } from './life.ts'
import type { CrashPoint } from './month.ts'
import { MoodyChannel, MoodyService } from './moody-channel.ts'
import { MortalStore } from './mortal-store.ts'
import { MINUTE } from './site.ts'
import { ProcessClock, VirtualTime } from './virtual-time.ts'

const RETRY_MS = 20_000
/** More steps than there are in the life of one alert. */
const MOST_STEPS = 40

/** One of two relays: its disk, and the process that lives on it now. */
class RelaySite {
  readonly store = new MemoryAlertStore()
  life: Life | undefined
  path: AlertPath | undefined
  crashes = 0
  readonly #pair: Pair
  readonly #relayWaitMs: number
  readonly #other: () => RelaySite

  constructor(pair: Pair, relayWaitMs: number, other: () => RelaySite) {
    this.#pair = pair
    this.#relayWaitMs = relayWaitMs
    this.#other = other
  }

  /** `downMin`: how long it stays down when it ends; for ever where missing. */
  begin(downMin?: number): void {
    const { time } = this.#pair
    const life = new Life(() => {
      this.crashes += 1
      if (downMin !== undefined) time.at(time.monoMs + downMin * MINUTE, () => this.begin())
    })
    this.life = life
    const peer: RelayPeer = {
      ask: async (keys) => {
        const { path, life: alive } = this.#other()
        if (path === undefined || alive?.alive !== true)
          return { ok: false, code: 'unreachable', sentence: 'it is down' }
        return { ok: true, states: path.relayStates(keys) }
      },
    }
    this.path = new AlertPath({
      clock: new ProcessClock(time, () => life.alive),
      store: new MortalStore(this.store, life, () => false),
      policy: alertPolicy({ relayWaitMs: this.#relayWaitMs, channels: [channelPolicy('chat')] }),
      channels: [new MoodyChannel(this.#pair.chat, life, (seen) => this.#pair.arrived(seen.event))],
      minuteOfDay: () => 0,
      random: () => 0.5,
      sender: 'relay',
      peer,
      onObserved: () => undefined,
      log: () => undefined,
    })
    this.path.start()
  }

  /** Alertmanager, which sends to each relay by itself until that has it. */
  send(update: AlertUpdate): void {
    const { time } = this.#pair
    const { life, path } = this
    const alive = life?.alive === true && path !== undefined
    void (alive ? path.accept([update]) : Promise.resolve({ ok: false })).then(({ ok }) => {
      if (!ok || life?.alive !== true) time.at(time.monoMs + RETRY_MS, () => this.send(update))
    })
  }
}

/** Two relays that get the same hooks and speak to the same people. */
class Pair {
  readonly time = new VirtualTime()
  readonly chat = new MoodyService('chat', false)
  readonly told: string[] = []
  readonly a: RelaySite = new RelaySite(this, 0, () => this.b)
  readonly b: RelaySite = new RelaySite(this, 30_000, () => this.a)

  arrived(event: string) {
    this.told.push(event)
    return { channel: '', run: '', event, status: '', severity: '', edit: false, atMs: 0, heard: false, sure: false }
  }

  async liveThrough(): Promise<void> {
    await this.time.passUntil(MINUTE)
    for (const status of ['firing', 'resolved'] as const) {
      const update = alertUpdate('HostDown', { source: 'alertmanager', status, startsMs: this.time.trueMs - MINUTE })
      for (const site of [this.a, this.b]) site.send({ ...update, startsMs: 1_000 })
      await this.time.passUntil(this.time.monoMs + 30 * MINUTE)
    }
    await this.time.passUntil(this.time.monoMs + 60 * MINUTE)
  }

  times(event: string): number {
    return this.told.filter((each) => each === event).length
  }
}

async function withCrash(
  which: 'a' | 'b',
  point: CrashPoint,
  after: number,
  downMin: number | undefined,
): Promise<Pair> {
  const pair = new Pair()
  pair.a.begin(downMin)
  pair.b.begin(downMin)
  pair[which].life?.plan(point, after)
  await pair.liveThrough()
  return pair
}

const POINTS: readonly CrashPoint[] = ['before-commit', 'after-commit', 'before-arrival', 'after-arrival']

describe('two relays', () => {
  test('tell everything once while both live', async () => {
    const pair = new Pair()
    pair.a.begin()
    pair.b.begin()
    await pair.liveThrough()
    expect(pair.told).toEqual(['firing', 'resolved'])
    expect(pair.b.store.listDeliveries({ limit: 9 })).toEqual([])
  })

  test.each(POINTS.flatMap((point) => [[point, undefined] as const, [point, 10] as const]))(
    'the first killed %s, at every step, down for %s min: what it knew is told all the same',
    async (point, downMin) => {
      let killed = 0
      for (let after = 0; after < MOST_STEPS; after += 1) {
        const pair = await withCrash('a', point, after, downMin)
        if (pair.a.crashes === 0) break
        killed += 1
        const what = `${point} ${after}: ${pair.told}`
        for (const event of ['firing', 'resolved']) {
          // Told whole where it was over before anybody told it; twice where nobody can know that it was told.
          expect(pair.times(event), what).toBeLessThanOrEqual(2)
        }
        expect(pair.times('resolved'), what).toBeGreaterThanOrEqual(1)
        expect(pair.told.indexOf('firing'), what).toBe(0)
        expect(pair.told.lastIndexOf('firing'), what).toBeLessThan(pair.told.indexOf('resolved'))
      }
      expect(killed).toBeGreaterThan(1)
    },
  )

  test.each(POINTS.flatMap((point) => [[point, undefined] as const, [point, 10] as const]))(
    'the second killed %s, at every step, down for %s min: everything is told once',
    async (point, downMin) => {
      for (let after = 0; after < MOST_STEPS; after += 1) {
        const pair = await withCrash('b', point, after, downMin)
        if (pair.b.crashes === 0) break
        expect(pair.told, `${point} ${after}`).toEqual(['firing', 'resolved'])
      }
    },
  )
})
