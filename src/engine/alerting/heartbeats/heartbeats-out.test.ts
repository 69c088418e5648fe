import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HealthProof } from '../../../core/alerts/heartbeats/proof.ts'
import type { BeatOutcome } from '../../../ports/heartbeat.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { CALL_LIMIT_MS, LOOK_EVERY_MS, RETRY_AFTER_MS, SETTLES_IN_MS } from './heartbeat-loop.ts'
import { GATHER_MS, type HeartbeatFailure, HeartbeatsOut } from './heartbeats-out.ts'
import { MOST_A_MINUTE } from './pace.ts'
import { FakeSender } from './testing/fake-sender.ts'

const MINUTE = 60_000
const WELL: HealthProof = { well: true, early: false, reasons: [] }
const ILL: HealthProof = { well: false, early: false, reasons: ['The outbox is stuck.'] }
const EARLY: HealthProof = { well: false, early: true, reasons: ['Too early.'] }
const DOWN: BeatOutcome = { ok: false, code: 'unreachable', sentence: 'the connection failed (ECONNREFUSED)' }

function setUp(proof: HealthProof, everyMs = MINUTE) {
  const clock = new ManualClock()
  const sender = new FakeSender('outside', clock)
  const failing: [string, HeartbeatFailure | undefined][] = []
  const health = { proof }
  let runs = 0
  const out = new HeartbeatsOut({
    clock,
    senders: [{ sender, everyMs }],
    prove: () => health.proof,
    name: 'pve-watch',
    newRunId: () => `run-${++runs}`,
    onFailing: (name, failure) => failing.push([name, failure]),
  })
  const startMs = clock.now().monoMs
  out.start()
  const become = (next: HealthProof) => {
    health.proof = next
    out.healthMayHaveChanged()
  }
  /** What was said as a beat, each with its second. */
  const beats = () =>
    sender.said.filter(({ kind }) => kind === 'beat').map(({ well, atMs }) => [well, (atMs - startMs) / 1000])
  return { clock, sender, failing, health, out, become, beats, startMs }
}

describe('while all is well', () => {
  test('the begin is said once, and then a heartbeat comes each minute', async () => {
    const { clock, sender, out, beats } = setUp(WELL)
    await clock.pass(3 * MINUTE)
    expect(sender.said.map(({ kind }) => kind)).toEqual(['start', 'beat', 'beat', 'beat', 'beat'])
    expect(beats()).toEqual([
      [true, 0],
      [true, 60],
      [true, 120],
      [true, 180],
    ])
    expect(out.status()).toEqual([{ name: 'outside', type: 'fake', lastSentMs: clock.now().wallMs, lastOk: true }])
    await out.close()
  })

  test('the begin and its end have the same id, until that end was heard; then each has its own', async () => {
    const { clock, sender, out } = setUp(WELL)
    let lost = 1
    sender.answer = async () => (sender.said.at(-1)?.kind === 'beat' && lost-- > 0 ? DOWN : { ok: true })
    await clock.pass(2 * MINUTE)
    expect(sender.said.map(({ kind, runId }) => `${kind} ${runId}`)).toEqual([
      'start run-1',
      'beat run-1',
      'beat run-1',
      'beat run-2',
      'beat run-3',
    ])
    await out.close()
  })
})

describe('before anything is proved', () => {
  test('neither is claimed, and the first proof is told at once', async () => {
    const { clock, out, become, beats } = setUp(EARLY)
    await clock.pass(40_000)
    expect(beats()).toEqual([])
    become(WELL)
    await clock.pass(GATHER_MS)
    expect(beats()).toEqual([[true, 40.25]])
    await out.close()
  })

  test('what is known bad is told', async () => {
    const { clock, out, become, beats } = setUp(EARLY)
    await clock.pass(5_000)
    become(ILL)
    await clock.pass(GATHER_MS)
    expect(beats()).toEqual([[false, 5.25]])
    await out.close()
  })
})

describe('when health changes', () => {
  test('it is told at once, goes on at its rhythm, and is told at once when it is over', async () => {
    const { clock, sender, out, become, beats } = setUp(WELL)
    await clock.pass(20_000)
    become(ILL)
    await clock.pass(1_000)
    expect(sender.said.at(-1)).toMatchObject({ well: false, reasons: ['The outbox is stuck.'] })
    await clock.pass(79_000)
    become(WELL)
    await clock.pass(MINUTE)
    expect(beats()).toEqual([
      [true, 0],
      [false, 20.25],
      [false, 80.25],
      [true, 100.25],
    ])
    await out.close()
  })

  test('it is noticed within seconds though nobody said so', async () => {
    const { clock, health, out, beats } = setUp(WELL)
    await clock.pass(1_000)
    health.proof = ILL
    await clock.pass(LOOK_EVERY_MS)
    expect(beats().at(-1)).toEqual([false, LOOK_EVERY_MS / 1000])
    await out.close()
  })

  test('news that come together are one, and what was over at once is none', async () => {
    const { clock, out, become, beats } = setUp(WELL)
    await clock.pass(20_000)
    for (let news = 0; news < 50; news += 1) become({ ...ILL, reasons: [`${news}`] })
    await clock.pass(GATHER_MS)
    expect(beats()).toHaveLength(2)
    become(WELL)
    become(ILL)
    await clock.pass(GATHER_MS)
    expect(beats()).toHaveLength(2)
    await out.close()
  })

  test('while a heartbeat is on its way, it is told after that', async () => {
    const { clock, sender, out, become, beats } = setUp(WELL)
    sender.answer = async () => {
      await clock.sleep(5_000)
      return { ok: true }
    }
    await clock.pass(MINUTE + 1_000)
    become(ILL)
    await clock.pass(30_000)
    expect(beats()).toEqual([
      [true, 0],
      [true, 60],
      [false, 65],
    ])
    expect(sender.most).toBe(1)
    await out.close()
  })
})

describe('a heartbeat that fails', () => {
  test('is tried again a few times, told once, and told again when it works', async () => {
    const { clock, sender, failing, out, beats } = setUp(WELL)
    await clock.pass(30_000)
    sender.answer = async () => DOWN
    await clock.pass(3 * MINUTE)
    const [first, second] = RETRY_AFTER_MS.map((ms) => ms / 1000) as [number, number]
    expect(beats().slice(1, 5)).toEqual([
      [true, 60],
      [true, 60 + first],
      [true, 60 + first + second],
      [true, 120],
    ])
    expect(failing).toEqual([['outside', { code: 'unreachable', sentence: DOWN.ok ? '' : DOWN.sentence }]])
    expect(out.status()).toMatchObject([{ lastOk: false, sentence: 'the connection failed (ECONNREFUSED)' }])
    sender.answer = async () => ({ ok: false, code: 'not-found', sentence: 'no such check' })
    await clock.pass(MINUTE)
    sender.answer = async () => ({ ok: true })
    await clock.pass(MINUTE)
    expect(failing.slice(1)).toEqual([
      ['outside', { code: 'not-found', sentence: 'no such check' }],
      ['outside', undefined],
    ])
    await out.close()
  })

  test('once is no news', async () => {
    const { clock, sender, failing, out } = setUp(WELL)
    let calls = 0
    sender.answer = async () => (++calls % 2 === 0 ? DOWN : { ok: true })
    await clock.pass(10 * MINUTE)
    expect(failing).toEqual([])
    await out.close()
  })

  test('is not tried again into the next one', async () => {
    const { clock, sender, out, beats } = setUp(WELL, 15_000)
    sender.answer = async () => {
      await clock.sleep(6_000)
      return DOWN
    }
    await clock.pass(29_000)
    expect(sender.most).toBe(1)
    expect(beats().map(([, second]) => second)).toEqual([0, 8, 15, 23])
    await out.close()
  })

  test('waits as long as the service wants, but for no more than five minutes', async () => {
    const { clock, sender, out, beats } = setUp(WELL)
    await clock.pass(30_000)
    sender.answer = async () => ({ ok: false, code: 'rate-limited', sentence: 'too often', retryAfterMs: 100_000 })
    await clock.pass(MINUTE)
    sender.answer = async () => ({ ok: false, code: 'rate-limited', sentence: 'too often', retryAfterMs: 86_400_000 })
    await clock.pass(2 * MINUTE)
    sender.answer = async () => ({ ok: true })
    await clock.pass(10 * MINUTE)
    expect(beats().slice(0, 4)).toEqual([
      [true, 0],
      [true, 60],
      [true, 160],
      [true, 460],
    ])
    await out.close()
  })

  test('by hanging costs itself and no other', async () => {
    const { clock, sender, failing, out, beats } = setUp(WELL, 2 * MINUTE)
    const other = new FakeSender('other', clock)
    out.reconfigure([
      { sender, everyMs: 2 * MINUTE },
      { sender: other, everyMs: MINUTE },
    ])
    await clock.pass(1_000)
    sender.answer = () => new Promise(() => {})
    await clock.pass(10 * MINUTE)
    expect(beats().length).toBeGreaterThan(3)
    expect(other.said.filter(({ kind }) => kind === 'beat')).toHaveLength(11)
    expect(failing).toEqual([['outside', { code: 'timeout', sentence: 'the heartbeat did not end' }]])
    expect(CALL_LIMIT_MS).toBeLessThan(2 * MINUTE)
    await out.close()
  })

  test('by a mistake of ours neither ends the others nor shows what was thrown', async () => {
    const { clock, sender, failing, out, beats } = setUp(WELL)
    sender.answer = async () => {
      throw new TypeError('https://hc-ping.com/hunter2')
    }
    await clock.pass(5 * MINUTE)
    expect(beats().length).toBeGreaterThan(5)
    expect(failing).toEqual([
      ['outside', { code: 'sender-failed', sentence: 'the fake heartbeat failed by a mistake of its own' }],
    ])
    await out.close()
  })
})

test('where silence tells it, nothing counts as sent', async () => {
  const { clock, sender, out, become } = setUp(WELL)
  await clock.pass(1_000)
  const before = out.status()
  sender.answer = async ({ well }) => (well ? { ok: true } : { ok: true, silent: true })
  become(ILL)
  await clock.pass(10 * MINUTE)
  expect(out.status()).toEqual(before)
  await out.close()
})

test('after a standstill what looks bad is not told before it had time to be looked at again', async () => {
  const { clock, out, health, become, beats } = setUp(WELL)
  await clock.pass(30_000)
  health.proof = ILL
  await clock.standStill(60 * MINUTE)
  expect(beats()).toHaveLength(1)
  await clock.pass(30_000)
  become(WELL)
  await clock.pass(GATHER_MS)
  expect(
    beats()
      .slice(1)
      .map(([well]) => well),
  ).toEqual([true])
  health.proof = ILL
  await clock.standStill(60 * MINUTE)
  await clock.pass(SETTLES_IN_MS + LOOK_EVERY_MS)
  expect(beats().at(-1)?.[0]).toBe(false)
  await out.close()
})

describe('a reload', () => {
  test('takes up the new ones and lets go of the old, without a flood', async () => {
    const { clock, sender, out } = setUp(WELL)
    await clock.pass(1_000)
    const again = new FakeSender('outside', clock)
    for (let reload = 0; reload < 20; reload += 1) {
      out.reconfigure([{ sender: again, everyMs: MINUTE }])
      await clock.pass(1_000)
    }
    // The first had the begin and a heartbeat of the five.
    expect(sender.said).toHaveLength(2)
    expect(again.said.map(({ kind }) => kind)).toEqual(['beat', 'beat', 'beat'])
    out.reconfigure([])
    await clock.pass(10 * MINUTE)
    expect(again.said).toHaveLength(3)
    expect(out.status()).toEqual([])
    await out.close()
  })
})

test('its end gives up what is on its way, and says nothing more', async () => {
  const { clock, sender, out, become, beats, failing } = setUp(WELL)
  await clock.pass(1_000)
  let aborted = false
  sender.answer = (_, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted = true
        resolve({ ok: false, code: 'aborted', sentence: 'given up' })
      })
    })
  become(ILL)
  await clock.pass(1_000)
  await out.close()
  expect(aborted).toBe(true)
  become(WELL)
  await clock.pass(10 * MINUTE)
  expect(beats()).toHaveLength(2)
  expect(failing).toEqual([])
})

test('whatever befalls, no more than five leave in a minute, one at a time, and the last word is the truth', async () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    well: fc.boolean(),
    outcome: fc.constantFrom<'ok' | 'down' | 'wait'>('ok', 'ok', 'down', 'wait'),
    tookMs: fc.constantFrom(0, 100, 8_000),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 12_000, max: 120_000 }),
      async (steps, everyMs) => {
        const { clock, sender, out, become, startMs } = setUp(WELL, everyMs)
        for (const { afterMs, well, outcome, tookMs } of steps) {
          sender.answer = async (_, signal) => {
            await clock.sleep(tookMs, signal)
            if (outcome === 'ok') return { ok: true }
            return outcome === 'down' ? DOWN : { ok: false, code: 'rate-limited', sentence: 'x', retryAfterMs: 30_000 }
          }
          become(well ? WELL : ILL)
          await clock.pass(afterMs)
        }
        const { well: truth = true } = steps.at(-1) ?? {}
        sender.answer = async () => ({ ok: true })
        await clock.pass(everyMs + 2 * MINUTE)
        const times = sender.said.map(({ atMs }) => atMs - startMs)
        for (const [index, ms] of times.entries()) {
          const sixth = times[index + MOST_A_MINUTE]
          if (sixth !== undefined) expect(sixth - ms).toBeGreaterThanOrEqual(MINUTE)
        }
        expect(sender.most).toBe(1)
        expect(sender.said.at(-1)?.well).toBe(truth)
        await out.close()
      },
    ),
    { numRuns: 40 },
  )
})
