import { describe, expect, test } from 'vitest'
import { HEALTH_PARTS, type HealthFacts, type HealthPart, proveHealth } from './proof.ts'

const NOW = 1.7e12
const MINUTE = 60_000
const DAY = 86_400_000

const WELL: HealthFacts = {
  startedMs: NOW - DAY,
  rounds: { intervalMs: 30_000, lastDoneMs: NOW - 20_000, lost: 0 },
  storeWritable: true,
  outbox: {},
  devices: [{ name: 'strip' }],
  drill: { everyMs: DAY, expectedSinceMs: NOW - 30 * DAY, last: { atMs: NOW - DAY, ok: true, failed: [] } },
  tellsSomebody: true,
}
const prove = (facts: Partial<HealthFacts>, counts?: readonly HealthPart[]) =>
  proveHealth({ ...WELL, ...facts }, NOW, counts)

test('all is well where everything was seen to work', () => {
  expect(prove({})).toEqual({ well: true, early: false, reasons: [] })
})

test('what is not configured proves nothing and is not asked for: a pure dead man’s switch', () => {
  const { rounds: _, drill: __, ...rest } = WELL
  expect(proveHealth({ ...rest, devices: [] }, NOW)).toEqual({ well: true, early: false, reasons: [] })
})

describe('it is not well where', () => {
  test.each<[HealthPart, string, Partial<HealthFacts>]>([
    [
      'rounds',
      'No round of probes was done for 1 min 31 s; one is due every 30 s.',
      { rounds: { intervalMs: 30_000, lastDoneMs: NOW - 91_000, lost: 0 } },
    ],
    [
      'rounds',
      'No round of probes was done since the start; one is due every 30 s.',
      { startedMs: NOW - 91_000, rounds: { intervalMs: 30_000, lost: 0 } },
    ],
    [
      'rounds',
      '2 rounds of probes in a row were lost: a probe is stuck.',
      { rounds: { intervalMs: 30_000, lastDoneMs: NOW - 80_000, lost: 2 } },
    ],
    [
      'store',
      'The state cannot be written: alerts cannot be kept, and no power cycle is begun.',
      { storeWritable: false },
    ],
    [
      'outbox',
      'A critical alert has reached nobody for 11 min.',
      { outbox: { oldestCriticalMs: NOW - 11 * MINUTE, oldestInboxMs: NOW - 1000 } },
    ],
    [
      'outbox',
      'Alerts that came in have waited for 3 min to be looked at.',
      { outbox: { oldestCriticalMs: NOW - MINUTE, oldestInboxMs: NOW - 3 * MINUTE } },
    ],
    [
      'power-devices',
      'The power device strip has not answered for 11 min.',
      { devices: [{ name: 'strip', unreachableSinceMs: NOW - 11 * MINUTE }, { name: 'bmc' }] },
    ],
    [
      'power-devices',
      'The power devices a and b have not answered for 2 h.',
      {
        devices: [
          { name: 'a', unreachableSinceMs: NOW - 11 * MINUTE },
          { name: 'b', unreachableSinceMs: NOW - 120 * MINUTE },
          { name: 'c', unreachableSinceMs: NOW - MINUTE },
        ],
      },
    ],
    [
      'drill',
      'The last drill, 1 h ago, did not arrive by mail and ntfy.',
      {
        drill: {
          everyMs: DAY,
          expectedSinceMs: NOW - DAY,
          last: { atMs: NOW - 60 * MINUTE, ok: false, failed: ['mail', 'ntfy'] },
        },
      },
    ],
    [
      'drill',
      'No drill has arrived for 2 d 1 h; one is due every 24 h.',
      { drill: { everyMs: DAY, expectedSinceMs: 0, last: { atMs: NOW - 49 * 60 * MINUTE, ok: true, failed: [] } } },
    ],
    [
      'drill',
      'No drill has arrived for 3 d 0 h; one is due every 24 h.',
      { drill: { everyMs: DAY, expectedSinceMs: NOW - 3 * DAY } },
    ],
    ['receivers', 'There is nobody to tell: no channel is configured.', { tellsSomebody: false }],
  ])('%s: %s', (part, sentence, facts) => {
    expect(prove(facts)).toEqual({ well: false, early: false, reasons: [sentence] })
    const others = HEALTH_PARTS.filter((each) => each !== part)
    expect(prove(facts, [part]).reasons).toEqual([sentence])
    expect(prove(facts, others)).toMatchObject({ well: true, reasons: [] })
  })

  test('several things are wrong at once, all of them told', () => {
    expect(prove({ storeWritable: false, tellsSomebody: false }).reasons).toHaveLength(2)
  })
})

describe('it is well still where', () => {
  test.each<[string, Partial<HealthFacts>]>([
    ['a round is late by one', { rounds: { intervalMs: 30_000, lastDoneMs: NOW - 90_000, lost: 1 } }],
    ['a critical alert is on its way', { outbox: { oldestCriticalMs: NOW - 10 * MINUTE } }],
    ['the inbox is being worked at', { outbox: { oldestInboxMs: NOW - 2 * MINUTE } }],
    ['a device is away for a moment', { devices: [{ name: 'strip', unreachableSinceMs: NOW - 10 * MINUTE }] }],
    ['no drill is due yet', { drill: { everyMs: DAY, expectedSinceMs: NOW - DAY } }],
    [
      'the clock was set back',
      {
        rounds: { intervalMs: 30_000, lastDoneMs: NOW + DAY, lost: 0 },
        outbox: { oldestCriticalMs: NOW + DAY, oldestInboxMs: NOW + DAY },
        devices: [{ name: 'strip', unreachableSinceMs: NOW + DAY }],
      },
    ],
  ])('%s', (_, facts) => {
    expect(prove(facts).well).toBe(true)
  })
})

describe('right after the start', () => {
  const fresh = { startedMs: NOW - 20_000, rounds: { intervalMs: 30_000, lost: 0 } }

  test('neither well nor ill may be claimed', () => {
    expect(prove(fresh)).toEqual({
      well: false,
      early: true,
      reasons: ['The first round of probes since the start is not done yet.'],
    })
    expect(prove(fresh, ['store'])).toMatchObject({ well: true, early: false })
  })

  test('and after we stood still: an old round proves nothing', () => {
    const resumed = { startedMs: NOW - 5_000, rounds: { intervalMs: 30_000, lastDoneMs: NOW - 3_600_000, lost: 0 } }
    expect(prove(resumed)).toMatchObject({ well: false, early: true })
  })

  test('what is wrong already is told all the same', () => {
    expect(prove({ ...fresh, storeWritable: false })).toMatchObject({ well: false, early: false })
  })
})
