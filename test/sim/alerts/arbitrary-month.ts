import fc from 'fast-check'
import { type Happening, MOODS, type Month } from './month.ts'

const LENGTH_MIN = 30 * 24 * 60
const atMin = fc.integer({ min: 1, max: LENGTH_MIN - 1 })
const host = fc.constantFrom('pve1', 'pve2', 'pve3')
const channel = fc.constantFrom('chat', 'mail', 'siren')
const severity = fc.constantFrom('info', 'warning', 'critical', 'emergency')
/** Mostly short, sometimes for days. */
const forMin = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 90 }) },
  { weight: 2, arbitrary: fc.integer({ min: 90, max: 2_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 12_000 }) },
)
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 })

const alert: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('alert' as const),
  atMin,
  name: fc.constantFrom('HostDown', 'GuestDown', 'DiskFull'),
  host,
  source: fc.constantFrom('own', 'alertmanager'),
  severity,
  forMin,
  louderAfterMin: seldom(fc.integer({ min: 1, max: 300 })),
  everyMin: seldom(fc.constantFrom(60, 240)),
})
const mood: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('mood' as const),
  atMin,
  forMin,
  channel,
  mood: fc.constantFrom(...MOODS),
})
const crash: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('crash' as const),
  atMin,
  point: fc.constantFrom('before-commit', 'after-commit', 'before-arrival', 'after-arrival'),
  after: fc.nat(6),
  downMin: fc.integer({ min: 0, max: 600 }),
})

const happening = fc.oneof(
  { weight: 10, arbitrary: alert },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('notice' as const),
      atMin,
      name: fc.constantFrom('CycleDone', 'Backup'),
      host,
      severity,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('note' as const), atMin, host }) },
  { weight: 5, arbitrary: mood },
  { weight: 3, arbitrary: crash },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const), atMin, downMin: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('silence' as const), atMin, forMin, host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), atMin }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      atMin,
      byMin: fc.integer({ min: -3_000, max: 3_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disk-full' as const), atMin, forMin: fc.nat(120) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reload' as const), atMin, without: fc.constantFrom('', 'mail', 'chat') }),
  },
)

export const arbitraryMonth: fc.Arbitrary<Month> = fc.record({
  quietHours: fc.boolean(),
  groupWaitS: fc.constantFrom(0, 30),
  remindHours: fc.constantFrom(0, 6),
  folds: fc.boolean(),
  untilAcknowledged: fc.boolean(),
  lengthMin: fc.constant(LENGTH_MIN),
  squeeze: fc.constantFrom(1, 10, 100, 400),
  happenings: fc.array(happening, { minLength: 1, maxLength: 120, size: 'max' }),
})
