import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type At, later } from '../../time.ts'
import { fingerprintOf } from '../fingerprint.ts'
import {
  allowedMs,
  type Beat,
  type Expectation,
  expected,
  expectedNoMore,
  handedOver,
  leftMs,
  look,
  NEVER_SEEN_MS,
  resumed,
  takeBeat,
  UNKNOWN_PERIOD_MS,
  type Watched,
} from './expect.ts'
import { statusOf } from './status.ts'

const START: At = { wallMs: 1.7e12, bootId: 'boot', monoMs: 5_000_000 }
const WELL: Beat = { well: true, reasons: [] }
const MINUTE = 60_000
const past = (ms: number) => later(START, ms)

const SITE: Expectation = { name: 'site' }

/** Beats at these milliseconds after the start, with a look every few seconds between them, as the engine does. */
function run(
  expectation: Expectation,
  beatsMs: readonly number[],
  endMs: number,
  from: Watched = expected(expectation.name, START),
  stepMs = 5_000,
): Watched {
  let watched = from
  const beats = beatsMs.toSorted((a, b) => a - b)
  for (let ms = 0; ms <= endMs; ms += stepMs) {
    while (beats[0] !== undefined && beats[0] <= ms) {
      watched = takeBeat(expectation, watched, WELL, past(beats.shift() ?? 0))
    }
    watched = look(expectation, watched, START, past(ms))
  }
  return watched
}

const every = (ms: number, count: number, fromMs = 0) =>
  Array.from({ length: count }, (_, index) => fromMs + index * ms)
const told = ({ owed }: Watched) => owed.map(({ status, labels }) => `${status} ${labels.alertname}`)

describe('a sender that falls silent', () => {
  test('is missing after three periods, and back with its next beat', () => {
    const quiet = run(SITE, every(5 * MINUTE, 6), 25 * MINUTE + 3 * 5 * MINUTE)
    expect(told(quiet)).toEqual(['firing HeartbeatMissing'])
    expect(run(SITE, every(5 * MINUTE, 6), 25 * MINUTE + 3 * 5 * MINUTE - 5_000).owed).toEqual([])
    const alert = quiet.missing
    expect(alert).toMatchObject({
      source: 'deadman',
      severity: 'critical',
      startsMs: past(25 * MINUTE).wallMs,
      labels: { alertname: 'HeartbeatMissing', heartbeat: 'site', severity: 'critical' },
    })
    expect(alert?.fingerprint).toBe(fingerprintOf(alert?.labels ?? {}))
    expect(alert?.annotations.description).toBe(
      'No sign of life of site for 15 min. It comes every 5 min. It is down, or its way to us is: it can tell nobody itself.',
    )
    const back = takeBeat(SITE, quiet, WELL, past(50 * MINUTE))
    expect(back.missing).toBeUndefined()
    expect(back.owed.at(-1)).toEqual({ ...alert, status: 'resolved', endsMs: past(50 * MINUTE).wallMs })
  })

  test('has at least a minute and a half more than its period', () => {
    expect(told(run(SITE, every(30_000, 10), 4.5 * MINUTE + 115_000))).toEqual([])
    expect(told(run(SITE, every(30_000, 10), 4.5 * MINUTE + 120_000))).toEqual(['firing HeartbeatMissing'])
  })

  test('is told once, however long it lasts', () => {
    expect(told(run(SITE, every(MINUTE, 5), 6 * 60 * MINUTE))).toEqual(['firing HeartbeatMissing'])
  })

  test('is given a quarter of an hour while its period is not known', () => {
    expect(allowedMs(SITE, run(SITE, [0, MINUTE], MINUTE))).toBe(UNKNOWN_PERIOD_MS)
    expect(told(run(SITE, [0, MINUTE], 16 * MINUTE - 5_000))).toEqual([])
    const quiet = run(SITE, [0, MINUTE], 16 * MINUTE)
    expect(told(quiet)).toEqual(['firing HeartbeatMissing'])
    expect(quiet.missing?.annotations.description).toContain('was not learned yet')
  })

  test('is measured by what is configured, where something is', () => {
    expect(allowedMs({ ...SITE, everyMs: 10_000 }, run(SITE, [0], 0))).toBe(100_000)
    expect(allowedMs({ ...SITE, everyMs: MINUTE, graceMs: 5_000 }, run(SITE, [0], 0))).toBe(65_000)
    expect(allowedMs({ ...SITE, graceMs: 0 }, run(SITE, every(MINUTE, 4), 3 * MINUTE))).toBe(MINUTE)
    expect(allowedMs({ ...SITE, everyMs: 3_600_000 }, expected('site', START))).toBe(3 * 3_600_000)
  })
})

describe('a sender that was never heard of', () => {
  test('is missing after half an hour, and told as forgotten', () => {
    expect(told(run(SITE, [], NEVER_SEEN_MS - 5_000))).toEqual([])
    const forgotten = run(SITE, [], NEVER_SEEN_MS)
    expect(forgotten.missing?.annotations).toEqual({
      summary: 'site was never heard of',
      description:
        'No sign of life of site has come since it is expected, for 30 min. Does the sender call /heartbeats/site? It may never have been configured.',
    })
    const byAlert = { ...SITE, alertMatchers: ['alertname="Watchdog"', 'cluster="a"'] }
    expect(run(byAlert, [], NEVER_SEEN_MS).missing?.annotations.description).toContain(
      'Is the alert that matches alertname="Watchdog" and cluster="a" routed to /hooks/alertmanager?',
    )
  })

  test('is back with its first beat', () => {
    expect(told(run(SITE, [40 * MINUTE], 40 * MINUTE))).toEqual([
      'firing HeartbeatMissing',
      'resolved HeartbeatMissing',
    ])
  })
})

describe('a sender that is ill', () => {
  const ill = (...reasons: string[]): Beat => ({ well: false, reasons, sender: 'pve-watch-1' })

  test('is told with its reasons, anew when they change, and resolved when it is well', () => {
    let watched = takeBeat(SITE, expected('site', START), ill('The outbox is stuck.', 'A drill failed.'), past(0))
    expect(watched.ill?.annotations).toEqual({
      summary: 'site says that it is not well',
      description: 'site (pve-watch-1) reports: The outbox is stuck. A drill failed.',
    })
    watched = takeBeat(SITE, watched, ill('The outbox is stuck.'), past(MINUTE))
    expect(watched.owed).toHaveLength(2)
    expect(watched.ill?.startsMs).toBe(START.wallMs)
    watched = takeBeat(SITE, watched, WELL, past(2 * MINUTE))
    expect(told(watched)).toEqual(['firing HeartbeatIll', 'firing HeartbeatIll', 'resolved HeartbeatIll'])
    expect(watched.ill).toBeUndefined()
  })

  test('is not told again only because the trouble lasts longer', () => {
    const first = takeBeat(SITE, expected('site', START), ill('Nobody was reached for 11 min.'), past(0))
    expect(takeBeat(SITE, first, ill('Nobody was reached for 12 min.'), past(MINUTE)).owed).toHaveLength(1)
  })

  test('can fall silent on top of it, and is back ill', () => {
    let watched = takeBeat(SITE, expected('site', START), ill('x'), past(0))
    watched = look(SITE, watched, START, past(UNKNOWN_PERIOD_MS))
    watched = takeBeat(SITE, watched, ill('x'), past(UNKNOWN_PERIOD_MS + MINUTE))
    expect(told(watched)).toEqual(['firing HeartbeatIll', 'firing HeartbeatMissing', 'resolved HeartbeatMissing'])
    expect(watched.ill).toBeDefined()
  })

  test('cannot break a message: its words are one line each, and not without end', () => {
    const many = Array.from({ length: 500 }, (_, index) => `reason ${index}`)
    const watched = takeBeat(
      SITE,
      expected('site', START),
      { well: false, reasons: ['a\nb\u202e\u0000c', '💥'.repeat(10_000), ...many], sender: 'x\r\ny' },
      past(0),
    )
    const text = watched.ill?.annotations.description ?? ''
    expect(text).toMatch(/^site \(x y\) reports: a b c 💥/u)
    expect(text).toMatch(/reason 7 And 492 more\.$/)
    expect(text.isWellFormed()).toBe(true)
    expect(text.length).toBeLessThan(1_000)
    const none = takeBeat(SITE, expected('site', START), { well: false, reasons: [' \n'] }, past(0))
    expect(none.ill?.annotations.description).toBe('site reports: It gives no reason.')
  })
})

describe('our own absence', () => {
  const usual = run(SITE, every(MINUTE, 10), 9 * MINUTE)

  test('makes nobody missing: each has a period from then on, and at least two minutes', () => {
    const back = later(past(9 * MINUTE), 3_600_000)
    const watched = resumed(usual, back)
    expect(leftMs(SITE, watched, back, back)).toBe(120_000)
    expect(look(SITE, watched, back, later(back, 119_999)).missing).toBeUndefined()
    expect(look(SITE, watched, back, later(back, 120_000)).missing).toBeDefined()
  })

  test('is not learned as an interval', () => {
    const back = later(past(9 * MINUTE), 3_600_000)
    const watched = takeBeat(SITE, resumed(usual, back), WELL, later(back, 1_000))
    expect(watched.intervalsMs).toEqual(usual.intervalsMs)
    expect(takeBeat(SITE, watched, WELL, later(back, 61_000)).intervalsMs.at(-1)).toBe(MINUTE)
  })

  test('over a boot with a wrong clock still ends: the time counts from here', () => {
    for (const wallMs of [0, START.wallMs + 9 * MINUTE, 4e12]) {
      const boot: At = { wallMs, bootId: 'next', monoMs: 1_000 }
      const watched = resumed(usual, boot)
      expect(leftMs(SITE, watched, boot, boot)).toBeGreaterThanOrEqual(120_000)
      expect(look(SITE, watched, boot, later(boot, 3 * MINUTE)).missing).toBeDefined()
    }
  })

  test('forgets neither what fires nor since when somebody is expected', () => {
    const missing = run(SITE, [], NEVER_SEEN_MS)
    const boot: At = { wallMs: START.wallMs + 3_600_000, bootId: 'next', monoMs: 0 }
    expect(resumed(missing, boot)).toMatchObject({ missing: missing.missing, owed: missing.owed })
    expect(look(SITE, resumed(missing, boot), boot, boot).owed).toHaveLength(1)
    const waiting = resumed(expected('site', START), boot)
    expect(look(SITE, waiting, boot, later(boot, UNKNOWN_PERIOD_MS)).missing).toBeDefined()
  })
})

describe('clocks', () => {
  test('a jump of the wall clock neither makes missing nor hides it', () => {
    const usual = run(SITE, every(MINUTE, 10), 9 * MINUTE)
    for (const jumpMs of [-86_400_000, 86_400_000]) {
      const at = (ms: number): At => ({ ...past(ms), wallMs: past(ms).wallMs + jumpMs })
      expect(look(SITE, usual, START, at(10 * MINUTE)).missing).toBeUndefined()
      const missing = look(SITE, usual, START, at(12 * MINUTE)).missing
      expect(missing?.startsMs).toBe(at(9 * MINUTE).wallMs)
      const beat = takeBeat(SITE, usual, WELL, at(10 * MINUTE))
      expect(beat.intervalsMs.at(-1)).toBe(MINUTE)
    }
  })

  test('a beat that was long on its way does not turn time back', () => {
    const usual = run(SITE, every(MINUTE, 10), 9 * MINUTE)
    const watched = takeBeat(SITE, usual, WELL, past(2 * MINUTE))
    expect(watched.last).toEqual(usual.last)
    expect(watched.intervalsMs).toEqual(usual.intervalsMs)
  })
})

describe('a period that changes', () => {
  test('to a longer one pages once and no more', () => {
    const beats = [...every(MINUTE, 30), ...every(5 * MINUTE, 30, 34 * MINUTE)]
    expect(told(run(SITE, beats, 150 * MINUTE))).toEqual(['firing HeartbeatMissing', 'resolved HeartbeatMissing'])
  })

  test('is learned though it is longer than what is allowed at first', () => {
    const beats = every(4 * 60 * MINUTE, 12)
    expect(told(run(SITE, beats, 40 * 60 * MINUTE, undefined, 60_000)).length).toBeLessThanOrEqual(4)
    expect(told(run(SITE, beats, 44 * 60 * MINUTE + 12 * 60 * MINUTE, undefined, 60_000)).at(-1)).toBe(
      'firing HeartbeatMissing',
    )
  })
})

describe('rows', () => {
  test('end with the expectation, and what was handed over is owed no more', () => {
    let watched = takeBeat(SITE, expected('site', START), { well: false, reasons: [] }, past(0))
    watched = look(SITE, watched, START, past(UNKNOWN_PERIOD_MS))
    const ended = expectedNoMore(watched, past(UNKNOWN_PERIOD_MS).wallMs)
    expect(told(ended).slice(-2)).toEqual(['resolved HeartbeatMissing', 'resolved HeartbeatIll'])
    expect(handedOver(ended, new Set(ended.owed.slice(0, 3))).owed).toEqual(ended.owed.slice(3))
    expect(handedOver(ended, new Set())).toBe(ended)
  })

  test('survive JSON', () => {
    const watched = run(SITE, every(MINUTE, 5), 60 * MINUTE)
    expect(JSON.parse(JSON.stringify(watched))).toEqual(watched)
  })

  test('tell how they stand', () => {
    const at = past(10 * MINUTE)
    const sentence = (watched: Watched, expectation = SITE) => statusOf(expectation, watched, START, at).sentence
    expect(sentence(expected('site', START))).toBe(
      'site was not heard of yet. Without a sign of life it is missing in 20 min.',
    )
    const usual = run(SITE, every(MINUTE, 10), 9 * MINUTE)
    expect(sentence(usual)).toBe(
      'site is well; it comes every 1 min (learned). Without a sign of life it is missing in 2 min.',
    )
    expect(sentence(usual, { name: 'site', everyMs: 120_000 })).toContain('every 2 min (configured)')
    expect(sentence(run(SITE, [0], 0))).toContain('its period is being learned')
    expect(statusOf(SITE, usual, START, at)).toMatchObject({
      state: 'well',
      lastMs: past(9 * MINUTE).wallMs,
      periodMs: MINUTE,
      dueMs: past(12 * MINUTE).wallMs,
    })
    const missing = look(SITE, usual, START, past(20 * MINUTE))
    expect(statusOf(SITE, missing, START, past(20 * MINUTE))).toMatchObject({
      state: 'missing',
      sentence: missing.missing?.annotations.description,
    })
    expect(statusOf(SITE, missing, START, at)).not.toHaveProperty('dueMs')
  })
})

describe('whatever a sender does', () => {
  const period = fc.integer({ min: 15, max: 800 }).map((seconds) => seconds * 1000)
  // A slot is one beat: how late it is (a part of the period), how often it comes in, and whether it is lost.
  const slots = fc.array(
    fc.record({
      late: fc.double({ min: 0, max: 0.1, noNaN: true }),
      copies: fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 2 }),
      lost: fc.boolean(),
    }),
    { minLength: 8, maxLength: 40 },
  )
  /** The first few come, and of any four in a row at most one is lost. */
  function beatsOf(ms: number, course: typeof slots extends fc.Arbitrary<infer T> ? T : never): number[] {
    let lostAt = 0
    return course.flatMap(({ late, copies, lost }, index) => {
      if (lost && index - lostAt >= 4) {
        lostAt = index
        return []
      }
      const at = index * ms + late * ms
      return [at, ...copies.map((copy) => at + copy)]
    })
  }

  test('one lost beat, jitter and copies never page; and a true stop does, in its time', () => {
    fc.assert(
      fc.property(period, slots, (ms, course) => {
        const beats = beatsOf(ms, course)
        const lastMs = Math.max(...beats)
        const stepMs = Math.max(1_000, Math.floor(ms / 10))
        const living = run(SITE, beats, lastMs, undefined, stepMs)
        expect(told(living)).toEqual([])
        const allowed = allowedMs(SITE, { ...living, last: START })
        // Ours to promise: three true periods, or a minute and a half over one, with the jitter on top.
        expect(allowed).toBeLessThanOrEqual(Math.max(UNKNOWN_PERIOD_MS, 3 * 1.3 * ms, 1.3 * ms + 90_000))
        const dead = run(SITE, beats, lastMs + allowed + 2 * stepMs, undefined, stepMs)
        expect(told(dead)).toEqual(['firing HeartbeatMissing'])
      }),
      { numRuns: 300 },
    )
  })

  test('after three regular beats its stop is noticed within three periods or so', () => {
    fc.assert(
      fc.property(period, fc.integer({ min: 3, max: 30 }), (ms, count) => {
        const living = run(SITE, every(ms, count), ms * (count - 1), undefined, ms)
        const known = ms * (count - 1) >= 90_000
        expect(allowedMs(SITE, living)).toBe(known ? Math.max(3 * ms, ms + 90_000) : UNKNOWN_PERIOD_MS)
      }),
    )
  })
})
