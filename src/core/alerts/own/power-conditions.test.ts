import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../../../test/faces/clock.ts'
import { outageOf, UPS } from '../../../../test/faces/ups-situation.ts'
import { type Example, playExample } from '../../../../test/own-alerts/example.ts'
import { type Announced, Rig } from '../../../../test/own-alerts/rig.ts'
import type { UpsReading } from '../../ups/reading.ts'
import type { PowerSite } from '../../ups/site.ts'
import { stepPower } from '../../ups/step.ts'
import type { HostProgress } from '../../ups/types.ts'
import { takeReadings } from '../../ups/units.ts'
import { powerConditions } from './power-conditions.ts'

/** Silent for longer than any of these waits. */
const PLAN = { ...UPS, units: [{ name: 'rack', deadMs: HOUR }] }

/** A UPS is in the policy from here on. */
function withUps(rig: Rig): Rig {
  rig.state = { ...rig.state, policy: { ...rig.state.policy, ups: PLAN } }
  return rig
}

function read(rig: Rig, part: Partial<UpsReading>): Announced {
  const reading = { ups: 'rack', at: rig.now, hearing: 'heard', connection: 1, status: ['OL'], ...part } as const
  return withUps(rig).change((draft) => takeReadings(draft, [reading as UpsReading]))
}

/** Says how the cluster stands; what the plan makes of it is judged then. */
function show(rig: Rig, part: Partial<PowerSite> = {}): Announced {
  const site: PowerSite = {
    cluster: 'home',
    at: rig.now,
    trusted: true,
    nodes: ['pve1', 'pve2', 'pve3'].map((node) => ({ node, host: node, online: true, votes: 1 })),
    guests: [],
    ha: { quiet: true, way: 'disarm', services: [] },
    ceph: false,
    replication: [],
    ...part,
  }
  return withUps(rig).change((draft) => draft.put('powerSites', 'home', site))
}

function returning(rig: Rig, toldNotBack: boolean): Announced {
  const row = { ...outageOf({}), phase: 'returning' as const, toldNotBack }
  const code = toldNotBack ? 'power-return-stuck' : 'power-outage-over'
  return withUps(rig).change((draft) => {
    draft.put('powerOutages', 'outage-1', toldNotBack ? row : { ...row, phase: 'over' })
    draft.tell(code, `As ${code} says.`)
  })
}

function outage(rig: Rig, host: Partial<HostProgress>): Announced {
  const row = outageOf({ ...host, since: rig.now })
  const code = host.step === 'not-off' ? 'power-node-not-off' : host.step === 'off' ? 'power-node-off' : undefined
  return withUps(rig).change((draft) => {
    draft.put('powerOutages', 'outage-1', row)
    if (code !== undefined) draft.tell(code, `As ${code} says.`, { host: 'pve2' })
  })
}

const ups = { ups: 'rack' }
const host = { host: 'pve2', cluster: 'home' }
const onBattery = { status: ['OB', 'DISCHRG'], chargePercent: 93, runtimeMs: 40 * MINUTE }
const lacks = [{ for: 'guests', sentence: 'our token lacks VM.PowerMgmt on /vms' }] as const

const EXAMPLES: readonly Example[] = [
  {
    name: 'UpsOnBattery',
    labels: ups,
    begin: (rig) => read(rig, onBattery),
    why: 'It carries pve1, pve2 and pve3. Left: 93 % charge and 40 min by its own reckoning.',
    end: (rig) => read(rig, {}),
    over: 'UPS rack is on mains again.',
  },
  {
    name: 'UpsLowBattery',
    labels: ups,
    begin: (rig) => read(rig, { ...onBattery, status: ['OB', 'LB'], chargePercent: 9 }),
    why: 'Left: 9 % charge',
    end: (rig) => read(rig, {}),
    over: 'The battery of UPS rack is not low any more.',
  },
  {
    name: 'UpsNotHeard',
    labels: ups,
    begin(rig) {
      read(rig, onBattery)
      rig.pass(2 * HOUR)
      return read(rig, { hearing: 'stale', status: [], sentence: 'The driver stands still.' })
    },
    why: 'The driver stands still. Last heard on battery it counts as that.',
    end: (rig) => read(rig, {}),
    over: 'UPS rack is heard again.',
  },
  {
    name: 'UpsLoginRefused',
    labels: ups,
    begin: (rig) => read(rig, { loginRefused: 'upsd at nut:3493 refuses the password.' }),
    why: 'upsd at nut:3493 refuses the password. Its primary does not know of our hosts',
    end: (rig) => read(rig, {}),
    over: 'UPS rack takes our LOGIN.',
  },
  {
    name: 'UpsReplaceBattery',
    labels: ups,
    begin: (rig) => read(rig, { status: ['OL', 'RB'] }),
    why: 'Its status is OL RB.',
    end: (rig) => read(rig, {}),
    over: 'It does not ask for one any more.',
  },
  {
    name: 'UpsOverload',
    labels: ups,
    begin: (rig) => read(rig, { status: ['OL', 'OVER'] }),
    why: 'Its status is OL OVER.',
    end: (rig) => read(rig, {}),
    over: 'It carries less again.',
  },
  {
    name: 'UpsBudgetTooSmall',
    labels: ups,
    begin(rig) {
      read(rig, { runtimeMs: 3 * MINUTE })
      return show(rig)
    },
    why: 'UPS rack reckons with 3 min, and bringing down what hangs on it takes 4 min 30 s, with 2 min in hand',
    end(rig) {
      read(rig, { runtimeMs: 30 * MINUTE })
      return show(rig)
    },
    over: 'The battery of UPS rack lasts long enough for the plan.',
  },
  {
    name: 'PowerPlanImpossible',
    labels: {},
    begin: (rig) => show(rig, { lacks }),
    why: 'home: guests cannot be shut down before their node (our token lacks VM.PowerMgmt on /vms).',
    end: (rig) => show(rig, { lacks: [] }),
    over: 'Nothing is in its way any more.',
  },
  {
    name: 'PowerNodeNotOff',
    labels: host,
    begin: (rig) => outage(rig, { step: 'not-off' }),
    why: 'As power-node-not-off says.',
    end: (rig) => outage(rig, { step: 'off' }),
    over: 'As power-node-off says.',
  },
  {
    name: 'PowerReturnStuck',
    labels: {},
    begin: (rig) => returning(rig, true),
    why: 'As power-return-stuck says.',
    end: (rig) => returning(rig, false),
    over: 'As power-outage-over says.',
  },
  {
    name: 'PowerHostNotBack',
    labels: host,
    begin: (rig) => outage(rig, { step: 'starting', toldLate: true }),
    why: 'Every way to start it was tried.',
    end: (rig) => outage(rig, { step: 'on' }),
    over: 'pve2 is left to recovery.',
  },
]

describe('each alert about power', () => {
  test('has its example', () => {
    expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(Object.keys(powerConditions).sort())
  })

  test.each(EXAMPLES)('$name fires in its time, with its words, and ends', (example) => {
    playExample(example)
  })
})

describe('alerts about power', () => {
  test('a blip alarms nobody', () => {
    const rig = new Rig()
    read(rig, onBattery)
    rig.pass(20 * SECOND)
    expect(read(rig, {}).words).toEqual([])
    rig.pass(MINUTE)
    expect(read(rig, {}).words).toEqual([])
  })

  test('what is not known ends nothing: silent on battery is still on battery', () => {
    const rig = new Rig()
    read(rig, onBattery)
    rig.pass(MINUTE)
    expect(read(rig, onBattery).words).toEqual(['UpsOnBattery firing'])
    expect(read(rig, { hearing: 'unreachable', status: [] }).words).toEqual([])
    rig.pass(10 * MINUTE)
    expect(read(rig, { hearing: 'unreachable', status: [] }).words).toEqual([])
  })

  test('those of a UPS that is no longer configured end', () => {
    const rig = new Rig()
    read(rig, { status: ['OL', 'OVER'] })
    rig.pass(MINUTE)
    expect(rig.change().words).toEqual(['UpsOverload firing'])
    expect(rig.reload({ ups: { ...PLAN, units: [] } }).words).toEqual(['UpsOverload resolved'])
  })

  test('nothing of them is made where no UPS is configured', () => {
    const rig = new Rig()
    expect(rig.change((draft) => stepPower(draft, { kind: 'wake' })).all).toEqual([])
    expect(rig.state.alerts).toEqual({})
  })
})
