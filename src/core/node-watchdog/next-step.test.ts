import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { later } from '../time.ts'
import { nextStep, turned } from './next-step.ts'
import { refusal } from './refuse.ts'
import { adopted, isDisarmRow } from './restart.ts'
import { inside, masked, NOW, row, sight } from './testing/sights.ts'
import type { DisarmRow, Sight, Step } from './types.ts'

const looked = (facts = inside(), agoMs = 1_000) => ({
  inside: { ok: true as const, at: later(NOW, -agoMs), facts },
})
const released = { armed: 'disarmed', holding: [] } as const
const closed = { holders: [], units: masked(0), devices: [], modules: [], deviceNode: false }
const softdogLeft = { holders: [], units: masked(0), devices: [{ name: 'watchdog0', state: 'inactive' }] }
const good = (more: Partial<DisarmRow> = {}) => row({ forGood: true, ...more })
const after = (ms: number) => ({ now: later(NOW, ms) })

const TABLE: readonly [string, DisarmRow, Sight, Step['do'] | string][] = [
  ['HA is asked to let go', row(), sight(), 'disarm-ha'],
  ['what somebody else disarmed is ours to arm again', row(), sight(released), 'disarm-ha'],
  ['it is waited for', row({ haAsked: true, askedAt: NOW }), sight({ armed: 'disarming' }), 'wait'],
  ['each LRM has to let go', row({ haAsked: true }), sight({ armed: 'disarmed', holding: ['pve2'] }), 'wait'],
  ['a view without quorum proves nothing', row({ haAsked: true }), sight({ ...released, trusted: false }), 'wait'],
  ['a request that was lost is made again', row({ haAsked: true, askedAt: NOW }), sight(after(31_000)), 'disarm-ha'],
  ['it is disarmed', row({ haAsked: true }), sight(released), 'settle'],
  ['HA never lets go', row({ haAsked: true }), sight({ armed: 'disarming', ...after(901_000) }), 'turn-back'],
  ['it stays as it is', row({ haAsked: true, settledAt: NOW }), sight(released), 'wait'],
  ['nothing is begun without quorum', row(), sight({ trusted: false }), 'turn-back not-trusted'],
  ['nothing while HA moves', row(), sight({ busy: 'HA is at work.' }), 'turn-back ha-transition'],
  ['an old HA', row(), sight({ armed: 'unknown' }), 'turn-back too-old'],
  ['nothing to disarm', row(), sight({ armed: 'standby', services: [] }), 'turn-back nothing-to-disarm'],

  ['for good: HA first', good(), sight(looked()), 'disarm-ha'],
  ['for good: a look before anything', good({ haAsked: true }), sight(released), 'look'],
  [
    'for good: an old look is none',
    good({ haAsked: true }),
    sight({ ...released, ...looked(inside(), 16_000) }),
    'look',
  ],
  ['for good: clients', good({ haAsked: true }), sight({ ...released, ...looked(inside({ marker: true })) }), 'wait'],
  ['for good: masked first', good({ haAsked: true }), sight({ ...released, ...looked() }), 'act mask-mux'],
  [
    'for good: then stopped',
    good({ haAsked: true, muxTouched: true }),
    sight({ ...released, ...looked(inside({ units: masked(77) })) }),
    'act stop-mux',
  ],
  [
    'for good: then softdog goes',
    good({ haAsked: true, muxTouched: true }),
    sight({ ...released, ...looked(inside(softdogLeft)) }),
    'act unload-softdog',
  ],
  [
    'for good: closed and gone',
    good({ haAsked: true, muxTouched: true }),
    sight({ ...released, ...looked(inside(closed)) }),
    'settle',
  ],
  ['for good without HA in use', good(), sight({ armed: 'standby', services: [], ...looked() }), 'act mask-mux'],
  [
    'for good before 9.2 without HA in use',
    good(),
    sight({ armed: 'unknown', services: [], ...looked() }),
    'act mask-mux',
  ],
  ['for good: not reached', good(), sight({ reached: false }), 'turn-back no-inside'],
  ['for good: quorum', good(), sight({ costsQuorum: true, ...looked() }), 'turn-back quorum-cost'],
  ['for good: quorum is accepted', good({ acceptsQuorumLoss: true }), sight({ costsQuorum: true }), 'disarm-ha'],
  [
    'for good: a device that cannot be stopped',
    good(),
    sight(looked(inside({ devices: [{ name: 'watchdog0', state: 'active', nowayout: true }] }))),
    'turn-back nowayout',
  ],
  ['for good: a device that is not told of', good(), sight(looked(inside({ devices: [] }))), 'turn-back nowayout'],
  [
    'for good: held by another',
    good(),
    sight(looked(inside({ holders: [{ device: '/dev/watchdog0', pid: 1, command: 'systemd' }] }))),
    'turn-back device-held',
  ],
  ['for good: not root', good(), sight(looked(inside({ root: false }))), 'turn-back not-root'],

  ['armed again: HA is asked', row({ goal: 'armed', haAsked: true }), sight(released), 'arm-ha'],
  ['armed again: asked blindly, too', row({ goal: 'armed', haAsked: true }), sight({ trusted: false }), 'arm-ha'],
  ['armed again: not at once again', row({ goal: 'armed', haAsked: true, askedAt: NOW }), sight(released), 'wait'],
  ['armed again: it is', row({ goal: 'armed', haAsked: true, askedAt: NOW }), sight(), 'forget'],
  [
    'armed again: others want it so',
    row({ goal: 'armed', haAsked: true }),
    sight({ ...released, others: ['pve2'] }),
    'forget',
  ],
  ['armed again: nothing was done', row({ goal: 'armed' }), sight(), 'forget'],
  ['armed again: first the mux', good({ goal: 'armed', haAsked: true, muxTouched: true }), sight(released), 'look'],
  [
    'armed again: unmasked',
    good({ goal: 'armed', haAsked: true, muxTouched: true }),
    sight({ ...released, ...looked(inside(closed)) }),
    'act unmask-mux',
  ],
  [
    'armed again: started',
    good({ goal: 'armed', haAsked: true, muxTouched: true }),
    sight({ ...released, ...looked(inside({ ...closed, units: {} })) }),
    'act start-mux',
  ],
]

const shown = (step: Step) =>
  step.do === 'act' ? `act ${step.act}` : step.do === 'turn-back' ? `turn-back ${step.code}` : step.do

describe('the next step', () => {
  it.each(TABLE)('%s', (_, given, seen, expected) => {
    const step = shown(nextStep(given, seen))
    expect(expected.includes(' ') ? step : step.split(' ')[0]).toBe(expected)
  })

  it('says how it is done where the API cannot', () => {
    const no = refusal(row(), sight({ armed: 'unknown', services: ['vm:100', 'ct:101'] }))
    expect(no?.sentence).toContain('ha-manager set vm:100 --state ignored; ha-manager set ct:101 --state ignored')
  })
})

const at = fc.integer({ min: -100_000, max: 4_000_000 }).map((ms) => later(NOW, ms))
const facts = fc.record({
  root: fc.boolean(),
  marker: fc.boolean(),
  deviceNode: fc.boolean(),
  holders: fc.array(
    fc.record({
      device: fc.constant('/dev/watchdog'),
      pid: fc.nat(9),
      command: fc.constantFrom('watchdog-mux', 'systemd'),
    }),
    { maxLength: 2 },
  ),
  devices: fc.array(
    fc.record(
      { name: fc.constant('watchdog0'), state: fc.constantFrom('active', 'inactive'), nowayout: fc.boolean() },
      { requiredKeys: ['name'] },
    ),
    { maxLength: 2 },
  ),
  modules: fc.constantFrom([], [{ name: 'softdog', parameters: {} }]),
  units: fc.record({
    'watchdog-mux': fc.record({
      enabled: fc.constantFrom('masked', 'enabled'),
      active: fc.constant('active'),
      pid: fc.constantFrom(0, 77),
    }),
  }),
})
const anySight = fc.record(
  {
    now: at,
    trusted: fc.boolean(),
    armed: fc.constantFrom('armed', 'standby', 'disarming', 'disarmed', 'unknown'),
    busy: fc.constant('HA is at work.'),
    services: fc.constantFrom([], ['vm:100']),
    holding: fc.constantFrom([], ['pve2']),
    known: fc.boolean(),
    online: fc.boolean(),
    costsQuorum: fc.boolean(),
    reached: fc.boolean(),
    inside: fc.oneof(
      fc.record({ ok: fc.constant(true as const), at, facts }),
      fc.record({ ok: fc.constant(false as const), at, sentence: fc.constant('no') }),
    ),
    others: fc.constantFrom([], ['pve2']),
  },
  { requiredKeys: ['now', 'trusted', 'armed', 'services', 'holding', 'known', 'online', 'reached', 'others'] },
) as fc.Arbitrary<Sight>
const anyRow = fc
  .record({
    goal: fc.constantFrom('disarmed', 'armed'),
    forGood: fc.boolean(),
    acceptsQuorumLoss: fc.boolean(),
    haAsked: fc.boolean(),
    muxTouched: fc.boolean(),
    since: at,
    askedAt: fc.option(at, { nil: undefined }),
    settledAt: fc.option(fc.constant(NOW), { nil: undefined }),
  })
  .map((more) => row(more as Partial<DisarmRow>))

/** Where the mux is about to be stopped, but for a few things that are otherwise. */
const READY = {
  row: good({ haAsked: true, muxTouched: true }),
  sight: sight({ ...released, ...looked(inside({ units: masked(77) })) }),
}
const nearly = fc
  .tuple(anyRow, anySight, fc.array(fc.nat(23), { maxLength: 3 }), facts)
  .map(([otherRow, otherSight, picks, otherFacts]) => {
    const one = <T extends object>(base: T, other: T, first: number): T => {
      const entries = Object.keys(base).map((key, index) => {
        const name = key as keyof T
        return [key, picks.includes(first + index) ? other[name] : base[name]]
      })
      return Object.fromEntries(entries) as T
    }
    const { goal, forGood, acceptsQuorumLoss, haAsked } = READY.row
    const some = { goal, forGood, acceptsQuorumLoss, haAsked }
    const changed = one<Partial<DisarmRow>>(some, otherRow, 0)
    const within = one(inside({ units: masked(77) }), otherFacts as ReturnType<typeof inside>, 16)
    const seen = one({ ...READY.sight, ...looked(within) }, { busy: undefined, ...otherSight } as Sight, 4)
    return [{ ...READY.row, ...changed }, picks.includes(15) ? { ...seen, busy: 'HA is at work.' } : seen] as const
  })

const RUNS = { numRuns: 3_000 }

describe('whatever was seen', () => {
  it('the mux is never stopped while clients are connected, HA holds on, or the device could not be stopped', () => {
    let stops = 0
    fc.assert(
      fc.property(nearly, ([given, seen]) => {
        const step = nextStep(given, seen)
        if (step.do !== 'act' || step.act !== 'stop-mux') return
        stops += 1
        const { inside: view, now } = seen
        expect(given).toMatchObject({ goal: 'disarmed', forGood: true })
        expect(view?.ok === true && now.monoMs - view.at.monoMs <= 15_000).toBe(true)
        const known = view?.ok === true ? view.facts : inside()
        expect(known.marker).toBe(false)
        expect(known.holders.every(({ command }) => command === 'watchdog-mux')).toBe(true)
        expect(
          known.holders.length === 0 ||
            known.devices.every((each) => each.state === 'inactive' || each.nowayout === false),
        ).toBe(true)
        expect(seen).toMatchObject({ trusted: true, online: true })
        expect(seen.busy).toBeUndefined()
        expect(given.acceptsQuorumLoss || seen.costsQuorum === false).toBe(true)
        if (given.haAsked) expect(seen).toMatchObject({ armed: 'disarmed', holding: [] })
        else expect(seen.services).toEqual([])
      }),
      { numRuns: 20_000 },
    )
    expect(stops).toBeGreaterThan(1_000)
  })

  it('HA is told to let go only with quorum, at rest, and for a row that says until when', () => {
    fc.assert(
      fc.property(anyRow, anySight, (given, seen) => {
        if (nextStep(given, seen).do !== 'disarm-ha') return
        expect(seen.trusted).toBe(true)
        expect(seen.busy).toBeUndefined()
        expect(given.forGood || given.rearmAt !== undefined).toBe(true)
      }),
      RUNS,
    )
  })

  it('what is disarmed for a time never touches the mux, and is armed again once its time is over', () => {
    fc.assert(
      fc.property(anyRow, anySight, (given, seen) => {
        if (given.forGood || given.muxTouched) return
        expect(nextStep(given, seen).do).not.toBe('act')
        const late = { ...seen, now: later(NOW, 7_200_000) }
        const due = turned(given, late)
        expect(due.goal).toBe('armed')
        expect(['arm-ha', 'wait', 'forget']).toContain(nextStep(due, late).do)
      }),
      RUNS,
    )
  })

  it('what is armed again never disarms anything, and is forgotten only once it is true', () => {
    fc.assert(
      fc.property(anyRow, anySight, (given, seen) => {
        if (given.goal !== 'armed') return
        const step = nextStep(given, seen)
        expect(['arm-ha', 'wait', 'look', 'forget', 'act']).toContain(step.do)
        if (step.do === 'act') expect(['unmask-mux', 'start-mux']).toContain(step.act)
        if (step.do !== 'forget') return
        if (given.haAsked && seen.others.length === 0) {
          expect(seen.trusted && (seen.armed === 'armed' || seen.armed === 'standby')).toBe(true)
        }
      }),
      RUNS,
    )
  })
})

describe('a row of another boot', () => {
  const boot = (wallMs: number) => ({ wallMs, bootId: 'next', monoMs: 5 })
  it('keeps its deadline by the wall clock', () => {
    const kept = adopted(row(), boot(NOW.wallMs + 3_600_000))
    expect(kept.rearmAt).toEqual({ wallMs: NOW.wallMs + 7_200_000, bootId: 'next', monoMs: 3_600_005 })
    expect(turned(kept, { now: kept.rearmAt! }).goal).toBe('armed')
  })
  it('is armed at once where that is past, and after its span at most where the clock begins in 1970', () => {
    expect(turned(adopted(row(), boot(NOW.wallMs + 1e9)), { now: boot(NOW.wallMs + 1e9) }).goal).toBe('armed')
    expect(adopted(row(), boot(0)).rearmAt?.monoMs).toBe(7_200_005)
  })
  it('in another form is none', () => {
    expect(isDisarmRow(row())).toBe(true)
    expect(isDisarmRow(JSON.parse(JSON.stringify(row({ forGood: true }))))).toBe(true)
    const { rearmAt: _, ...endless } = row()
    for (const bad of [endless, {}, null, 'row', { ...row(), goal: 'off' }]) expect(isDisarmRow(bad)).toBe(false)
  })
})
