import { describe, expect, test } from 'vitest'
import type { Evidence } from '../core/evidence/types.ts'
import type { Event } from '../core/state/types.ts'
import type { Probing } from '../ports/probing.ts'
import type { Engine } from './engine.ts'
import { Rounds } from './rounds.ts'
import { POLICY } from './testing/fakes.ts'
import { ManualClock } from './testing/manual-clock.ts'

const INTERVAL = POLICY.intervalMs

/** Probes that take `tookMs` of virtual time, or for ever. */
class SlowProbing implements Probing {
  tookMs = 100
  readonly asked: { readonly round: number; readonly atMs: number; readonly deadlineMs: number }[] = []
  under = 0
  most = 0
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async ask(round: number, deadlineMs: number, signal: AbortSignal): Promise<readonly Evidence[]> {
    this.asked.push({ round, deadlineMs, atMs: this.#clock.now().monoMs })
    this.under += 1
    this.most = Math.max(this.most, this.under)
    await this.#clock.sleep(this.tookMs, signal)
    this.under -= 1
    return []
  }
}

function setUp(tookMs = 100) {
  const clock = new ManualClock()
  const probing = new SlowProbing(clock)
  probing.tookMs = tookMs
  const fed: Event[] = []
  const engine = { state: { policy: POLICY }, feed: (event: Event) => fed.push(event) } as unknown as Engine
  const late: { readonly sentence: string; readonly fatal: boolean }[] = []
  const rounds = new Rounds(engine, clock, probing, (sentence, fatal) => late.push({ sentence, fatal }))
  const running = rounds.run()
  const end = async () => {
    rounds.close()
    await running
  }
  return { clock, probing, fed, late, rounds, end }
}

describe('rounds', () => {
  test('begin at once and then at fixed points, however long each takes', async () => {
    const { clock, probing, fed, late, rounds, end } = setUp()
    const startMs = clock.now().monoMs
    for (const tookMs of [100, 20_000, 1]) {
      probing.tookMs = tookMs
      await clock.pass(INTERVAL)
    }
    expect(probing.asked.map(({ round, atMs }) => [round, atMs - startMs])).toEqual([
      [1, 0],
      [2, INTERVAL],
      [3, 2 * INTERVAL],
      [4, 3 * INTERVAL],
    ])
    expect(probing.asked.every(({ deadlineMs }) => deadlineMs < INTERVAL)).toBe(true)
    expect(fed).toHaveLength(3)
    expect(late).toEqual([])
    expect(rounds.health()).toEqual({ rounds: 4, lateRounds: 0, loopLagMs: 0, lost: 0 })
    await end()
  })

  test('never overlap: one that is not done costs the next, and the third in a row is fatal', async () => {
    const { clock, probing, late, rounds, end } = setUp(3.5 * INTERVAL)
    await clock.pass(2 * INTERVAL)
    expect(late.map(({ fatal }) => fatal)).toEqual([false, false])
    expect(rounds.health()).toMatchObject({ rounds: 1, lost: 2, lateRounds: 2 })
    await clock.pass(INTERVAL)
    expect(late.at(-1)).toEqual({ sentence: expect.stringMatching(/lost.*3 in a row/), fatal: true })
    expect(probing.most).toBe(1)
    await end()
  })

  test('two that were lost are forgotten once one begins', async () => {
    const { clock, probing, late, rounds, end } = setUp(2.5 * INTERVAL)
    await clock.pass(2 * INTERVAL)
    probing.tookMs = 1
    await clock.pass(INTERVAL)
    expect(rounds.health()).toMatchObject({ rounds: 2, lost: 0 })
    probing.tookMs = 2.5 * INTERVAL
    await clock.pass(3 * INTERVAL)
    expect(late.some(({ fatal }) => fatal)).toBe(false)
    await end()
  })

  test('a process that stood still is late once, not fatal, and begins anew from there', async () => {
    const { clock, probing, late, rounds, end } = setUp()
    await clock.pass(INTERVAL)
    await clock.standStill(20 * INTERVAL)
    expect(late).toEqual([{ sentence: expect.stringMatching(/started \d+ ms late/), fatal: false }])
    expect(rounds.health().loopLagMs).toBeGreaterThan(10 * INTERVAL)
    const before = probing.asked.length
    await clock.pass(2 * INTERVAL)
    expect(probing.asked.length).toBe(before + 2)
    expect(rounds.health()).toMatchObject({ loopLagMs: 0, lost: 0 })
    await end()
  })

  test('other probes take over at the next round; closing ends what is under way and feeds nothing', async () => {
    const { clock, probing, fed, rounds, end } = setUp()
    const other = new SlowProbing(clock)
    other.tookMs = 10 * INTERVAL
    rounds.useProbing(other)
    await clock.pass(INTERVAL)
    expect([probing.asked.length, other.asked.length]).toEqual([1, 1])
    expect(fed).toHaveLength(1)
    await end()
    expect(fed).toHaveLength(1)
    expect(other.under).toBe(0)
  })
})
