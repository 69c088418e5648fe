import type { Order } from '../../../src/core/state/types.ts'
import { fullSite, HOUR, MINUTE, SECOND } from '../setup.ts'
import { demand, demandCut, intentOf, type Scenario, site, untilCut, wait } from './scenario.ts'

const by = 'op'

function switchOrder(
  target: string,
  goal: 'on' | 'off' | 'cycle',
  over: Partial<Extract<Order, { order: 'switch' }>> = {},
) {
  return { by, order: 'switch', target, goal, reason: 'maintenance work', protected: false, ...over } as const
}

/** Operators and people at the outlets: their word, and their hand. */
export const peopleScenarios: readonly Scenario[] = [
  {
    name: 'an outlet that a person turned off is never turned on by us',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: false })
      sim.runFor(2 * HOUR)
      demand(sim, !sim.isOn('strip', 0) && sim.has('person-switched-off'), 'it is left alone, and told')
      demand(sim, sim.world.switchings.length === 1, 'nothing else was switched')
      demand(sim, sim.has('recovery-held', 'pve1'), 'the hold is told')
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: true })
      wait(sim, 5 * MINUTE, 'it is seen on again', () => sim.has('person-switched-on'))
    },
  },
  {
    name: 'a person’s OFF between two looks is noticed before the cycle begins',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is nearly down', () => sim.state.hostsNow.pve1?.failures === 2)
      sim.runFor(25 * SECOND)
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: false })
      sim.runFor(30 * MINUTE)
      demand(sim, !sim.isOn('strip', 0), 'it stays as the person left it')
      demand(sim, sim.world.switchings.length === 1, 'nothing was sent')
      demand(sim, sim.count('cycle-planned') <= 2, 'and no storm of plans')
    },
  },
  {
    name: 'a person who turns it on in the hold ends the hold',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: true })
      wait(sim, 3 * MINUTE, 'the plan is done', () => intentOf(sim, 'pve1') === undefined)
      demand(sim, sim.state.hosts.pve1?.mappingSuspect === undefined, 'the mapping is not doubted for it')
      sim.runFor(5 * MINUTE)
      demand(sim, sim.hostState('pve1') === 'up', 'and the host is back')
    },
  },
  {
    name: 'off --for returns on by itself',
    run: (under) => {
      const sim = site(under)
      const answer = sim.order(switchOrder('pve1', 'off', { untilMs: HOUR }))
      demand(sim, answer?.ok === true, 'the order is taken')
      wait(sim, MINUTE, 'it is off', () => !sim.isOn('strip', 0))
      sim.runFor(59 * MINUTE)
      demand(sim, !sim.isOn('strip', 0), 'it stays off')
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      sim.runFor(10 * MINUTE)
      demand(sim, sim.count('cycle-planned') === 0, 'and no outage was made of it')
      demand(
        sim,
        Object.keys(sim.state.claims).length === 0 && sim.state.outlets['strip/0']?.offOnPurpose === undefined,
        'nothing is left',
      )
    },
  },
  {
    name: 'off without an end is refused; until-released lasts until the word on',
    run: (under) => {
      const sim = site(under)
      demand(sim, sim.order(switchOrder('pve1', 'off'))?.code === 'end-missing', 'an end must be named')
      sim.order(switchOrder('pve1', 'off', { untilMs: 'release' }))
      sim.runFor(26 * HOUR)
      demand(sim, !sim.isOn('strip', 0), 'it lasts')
      sim.crash({ downMs: SECOND })
      sim.runFor(HOUR)
      demand(sim, !sim.isOn('strip', 0), 'over restarts')
      sim.order(switchOrder('pve1', 'on'))
      wait(sim, MINUTE, 'it is on', () => sim.isOn('strip', 0))
    },
  },
  {
    name: 'a person who turns on what an operator had turned off ends that order',
    run: (under) => {
      const sim = site(under)
      sim.order(switchOrder('pve1', 'off', { untilMs: 'release' }))
      wait(sim, MINUTE, 'it is off', () => sim.state.outlets['strip/0']?.offOnPurpose !== undefined)
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: true })
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'we do not fight with the person')
      demand(sim, Object.keys(sim.state.claims).length === 0, 'the order is over')
    },
  },
  {
    name: 'an operator’s OFF during a cycle takes it over; the timer is disarmed',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.order(switchOrder('pve1', 'off', { untilMs: 2 * HOUR }))
      wait(sim, MINUTE, 'it is kept off', () => sim.state.outlets['strip/0']?.offOnPurpose !== undefined)
      demand(
        sim,
        sim.world.strips[0]?.outlets[0]?.timer === undefined && sim.crumbs.length === 0,
        'no timer, no breadcrumb',
      )
      sim.runFor(HOUR)
      demand(sim, !sim.isOn('strip', 0), 'it stays off past the hold')
      sim.order(switchOrder('pve1', 'on'))
      wait(sim, 5 * MINUTE, 'it comes back', () => sim.hostState('pve1') === 'up')
      sim.runFor(10 * MINUTE)
      demand(sim, sim.count('cycle-begun') === 1, 'the old wish to cycle does not come back')
    },
  },
  {
    name: 'an operator’s OFF that took over a cycle and ends soon does not hand back to it',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.order(switchOrder('pve1', 'off', { untilMs: 2 * HOUR }))
      sim.runFor(2 * MINUTE)
      sim.order(switchOrder('pve1', 'on'))
      sim.runFor(15 * MINUTE)
      demand(sim, sim.hostState('pve1') === 'up', 'it is back')
      demand(sim, sim.count('cycle-planned') === 1, 'and no other cycle was thought of')
    },
  },
  {
    name: 'an operator’s OFF while a cycle is still being checked is carried out although the host answers',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'identify' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.order(switchOrder('pve1', 'off', { untilMs: HOUR }))
      wait(sim, MINUTE, 'it is off', () => sim.state.outlets['strip/0']?.offOnPurpose !== undefined)
    },
  },
  {
    name: 'an operator’s ON during a cycle ends it early',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.order(switchOrder('pve1', 'on'))
      wait(sim, MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plans are done', () => Object.keys(sim.state.intents).length === 0)
    },
  },
  {
    name: 'a pause lets a cycle that has begun end, and begins none',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.order({ by, order: 'pause', target: '*', reason: 'x' })
      wait(sim, 11 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      sim.runFor(10 * MINUTE)
      sim.act({ kind: 'hang', host: 'pve2' })
      sim.runFor(HOUR)
      demand(
        sim,
        sim.isOn('strip', 1) && sim.has('recovery-held', 'pve2'),
        'nothing new is begun, and the hold is told',
      )
      sim.order({ by, order: 'resume', target: '*' })
      demandCut(sim, 1, 'resumed it is')
    },
  },
  {
    name: 'a pause that comes after the plan and before the OFF stops it',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'identify' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.order({ by, order: 'pause', target: 'pve1', forMs: HOUR, reason: 'x' })
      sim.runFor(30 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'nothing is cut')
    },
  },
  {
    name: 'a protected outlet is switched only with --protected, an unknown or unmapped one never',
    run: (under) => {
      const sim = site(under, fullSite())
      demand(sim, sim.order(switchOrder('nas', 'cycle'))?.code === 'protected-outlet', 'refused')
      demand(
        sim,
        sim.order(switchOrder('strip/4', 'off', { untilMs: HOUR }))?.code === 'protected-outlet',
        'by its number too',
      )
      demand(sim, sim.order(switchOrder('watched', 'on'))?.code === 'unmapped', 'a watched host has no outlet')
      demand(sim, sim.order(switchOrder('strip/77', 'on'))?.code === 'unknown-outlet', 'there is no such outlet')
      demand(sim, sim.order(switchOrder('shelf/0', 'on'))?.code === 'unknown-device', 'nor such a device')
      demand(sim, sim.order(switchOrder('pve9', 'on'))?.code === 'unknown-host', 'nor such a host')
      demand(sim, sim.isOn('strip', 4), 'the NAS runs')
      sim.order(switchOrder('nas', 'cycle', { protected: true }))
      demandCut(sim, 4, 'with --protected it is cycled')
      wait(sim, 12 * MINUTE, 'and on again', () => sim.isOn('strip', 4))
    },
  },
  {
    name: 'an operator’s cycle with a short hold is given its boot grace',
    run: (under) => {
      const sim = site(under)
      sim.order(switchOrder('pve1', 'cycle', { holdMs: 3 * SECOND }))
      wait(sim, MINUTE, 'it is done', () => sim.has('cycle-done', 'pve1'))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(9 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && sim.count('cycle-begun') === 1, 'no recovery of a host that boots')
    },
  },
  {
    name: 'half of two supplies: a person turns off the one that we had not touched',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.mishap({ kind: 'lost', op: 'arm', device: 'rack' })
      sim.act({ kind: 'hang', host: 'duo' })
      wait(sim, 4 * MINUTE, 'ours is off', () => !sim.isOn('strip', 2))
      sim.act({ kind: 'person-switches', strip: 'rack', outlet: 0, on: false })
      sim.order({ by, order: 'maintenance', host: 'duo', forMs: HOUR, reason: 'I am here' })
      wait(sim, 2 * MINUTE, 'ours is on again', () => sim.isOn('strip', 2))
      sim.runFor(5 * MINUTE)
      demand(sim, !sim.isOn('rack', 0), 'the person’s stays off')
    },
  },
  {
    name: 'half of two supplies: another device that answers for the untouched one has nothing turned on',
    run: (under) => {
      const sim = site(under, fullSite())
      // It dies before the first OFF; then both devices answer as strangers.
      sim.crashes.plan({ point: 'before-commit', nth: 1, fate: { downMs: 500 } })
      sim.mishap({ kind: 'other-identity', op: 'identify', skip: 2, times: 2 })
      sim.act({ kind: 'hang', host: 'duo' })
      wait(sim, 5 * MINUTE, 'it turns back', () => sim.has('cycle-cut-short', 'duo'))
      sim.runFor(MINUTE)
      demand(sim, sim.world.switchings.length === 0, 'nothing was off, and nothing is turned on')
    },
  },
  {
    name: 'a bare outlet can be turned off and comes back',
    run: (under) => {
      const sim = site(under)
      sim.order(switchOrder('strip/3', 'off', { untilMs: 10 * MINUTE }))
      wait(sim, MINUTE, 'it is off', () => !sim.isOn('strip', 3))
      wait(sim, 11 * MINUTE, 'it is on', () => sim.isOn('strip', 3))
    },
  },
  {
    name: 'a new end replaces the old one, also under the outlet’s own name',
    run: (under) => {
      const sim = site(under)
      sim.order(switchOrder('pve1', 'off', { untilMs: 5 * HOUR }))
      sim.runFor(MINUTE)
      sim.order(switchOrder('strip/0', 'off', { untilMs: 10 * MINUTE }))
      wait(sim, 12 * MINUTE, 'the last word counts', () => sim.isOn('strip', 0))
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'and lasts')
    },
  },
  {
    name: 'both outlets of a host on two supplies come back when its order ends, also after a reload',
    run: (under) => {
      const setup = fullSite()
      const sim = site(under, setup)
      sim.order(switchOrder('duo', 'off', { untilMs: HOUR }))
      wait(sim, MINUTE, 'both are off', () => sim.hostState('duo') === 'off')
      sim.runFor(MINUTE)
      sim.reload({ ...setup.policy, hosts: setup.policy.hosts.filter(({ name }) => name !== 'duo') })
      wait(sim, HOUR, 'both are on', () => sim.isOn('strip', 2) && sim.isOn('rack', 0))
      sim.runFor(2 * MINUTE)
      demand(
        sim,
        Object.keys(sim.state.intents).length === 0 && Object.keys(sim.state.claims).length === 0,
        'nothing is left',
      )
    },
  },
]
