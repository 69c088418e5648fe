import { fullSite, HOUR, MINUTE, SECOND, threeHosts } from '../setup.ts'
import { demand, demandCut, guardsOf, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

/** The main job: a dead host, its cycle, its return. */
export const recoveryScenarios: readonly Scenario[] = [
  {
    name: 'a hung host is cycled with the documented times',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve2' })
      const hungMs = sim.nowMs
      wait(sim, 2 * MINUTE, 'it is down', () => sim.has('host-down', 'pve2'))
      const rounds = (sim.nowMs - hungMs) / (30 * SECOND)
      demand(sim, rounds > 2 && rounds <= 3.1, 'down after three rounds')
      const cutMs = wait(sim, 30 * SECOND, 'it is cut', () => !sim.isOn('strip', 1))
      demand(sim, cutMs < SECOND, 'OFF follows the deciding round at once')
      const heldMs = wait(sim, 11 * MINUTE, 'it is on again', () => sim.isOn('strip', 1))
      demand(sim, Math.abs(heldMs - 10 * MINUTE) < 2 * SECOND, 'the hold lasts ten minutes')
      wait(sim, MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve2'))
      demand(sim, sim.crumbs.length === 0, 'no breadcrumb is left')
      wait(sim, 5 * MINUTE, 'it is recovered', () => sim.has('host-recovered', 'pve2'))
      const recoveredMs = sim.nowMs
      demand(sim, sim.state.hosts.pve2?.outage?.cycles === 1, 'the counter stands at 1')
      wait(sim, HOUR, 'the outage is closed', () => sim.has('outage-closed', 'pve2'))
      demand(sim, sim.nowMs - recoveredMs >= 29.5 * MINUTE, 'only after 30 minutes of health')
      demand(sim, sim.state.hosts.pve2?.outage === undefined, 'the counter is cleared')
    },
  },
  {
    name: 'five cycles, then a lockout that only a person or sustained health clears',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 7 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 4 * HOUR, 'the limit is told', () => sim.has('cycle-limit', 'pve1'))
      demand(sim, sim.count('cycle-done', 'pve1') === 5, 'five cycles were tried')
      demand(sim, sim.state.hosts.pve1?.lockout !== undefined, 'it is locked')
      sim.runFor(2 * HOUR)
      demand(sim, sim.count('cycle-begun', 'pve1') === 5, 'no sixth')
      sim.crash({ downMs: SECOND })
      sim.runFor(HOUR)
      demand(sim, sim.count('cycle-begun', 'pve1') === 5, 'no sixth after a restart either')
      // A moment of life is no health.
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.runFor(2 * MINUTE)
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 3 })
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(HOUR)
      demand(sim, sim.count('cycle-begun', 'pve1') === 5, 'one good probe does not clear the lockout')
      sim.order({ by: 'op', order: 'clear-lockout', host: 'pve1' })
      demandCut(sim, 0, 'cleared by hand it is tried again')
    },
  },
  {
    name: 'sustained health clears the lockout',
    run: (under) => {
      const sim = site(under, withPolicy({ maxCyclesPerOutage: 1 }))
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 1 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, HOUR, 'it is locked', () => sim.has('cycle-limit', 'pve1'))
      demand(sim, sim.count('cycle-done', 'pve1') === 1, 'one cycle was tried')
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.runFor(32 * MINUTE)
      demand(sim, sim.state.hosts.pve1?.lockout === undefined, 'the lockout is gone')
      untilCut(sim)
    },
  },
  {
    name: 'eight cycles in a rolling day lock as well',
    run: (under) => {
      const sim = site(under, withPolicy({ maxCyclesPerDay: 2, clearAfterHealthyMs: MINUTE }))
      for (let outage = 0; outage < 2; outage += 1) {
        untilCut(sim)
        wait(sim, 30 * MINUTE, 'its outage is closed', () => sim.count('outage-closed', 'pve1') === outage + 1)
      }
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, HOUR, 'the daily limit is told', () => sim.has('cycle-limit', 'pve1'))
      sim.runFor(25 * HOUR)
      demand(sim, sim.count('cycle-begun', 'pve1') === 2, 'the lock outlasts the day')
    },
  },
  {
    name: 'a host that answers the last look is not cut',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.act({ kind: 'heal', host: 'pve1' })
      // The answer was already on its way: life comes with the next look.
      sim.lies.push({ host: 'pve1', says: 'life' })
      sim.runFor(5 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'it keeps its power')
    },
  },
  {
    name: 'without an answer to the last look nothing is cut',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.dropProbes = true
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.runFor(29 * SECOND)
      demand(sim, sim.isOn('strip', 0), 'it waits for the answer')
      // A round is a look as well.
      wait(sim, 10 * SECOND, 'the next round brings it', () => !sim.isOn('strip', 0))
    },
  },
  {
    name: 'a host that comes back by itself during the check is left alone',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'identify', times: 2 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.runFor(SECOND)
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && !sim.has('outlets-off'), 'nothing was cut')
    },
  },
  {
    name: 'wedged: such a host alerts only, unless configured',
    run: (under) => {
      const alert = site(under)
      alert.act({ kind: 'wedge', host: 'pve1' })
      alert.runFor(30 * MINUTE)
      demand(alert, alert.has('host-wedged', 'pve1') && alert.isOn('strip', 0), 'it is told, not cycled')
      demand(alert, alert.has('recovery-held', 'pve1'), 'and the hold is told')
      demand(alert, guardsOf(alert, 'pve1').includes('wedged'), 'with its reason')
      const cycle = site(under, withPolicy({}, { onWedged: 'cycle' }))
      cycle.act({ kind: 'wedge', host: 'pve1' })
      demandCut(cycle, 0, 'where configured it is cycled')
      wait(cycle, 20 * MINUTE, 'and comes back', () => cycle.hostState('pve1') === 'up')
    },
  },
  {
    name: 'dry-run tells what it would do, five times at most, and switches nothing',
    run: (under) => {
      const sim = site(under, withPolicy({ mode: 'dry-run' }))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(4 * HOUR)
      demand(sim, sim.isOn('strip', 0) && sim.world.switchings.length === 0, 'nothing was switched')
      demand(sim, sim.count('cycle-would-begin', 'pve1') === 5, 'five cycles are told')
    },
  },
  {
    name: 'two hosts dead at once are cycled one after the other',
    run: (under) => {
      const setup = threeHosts()
      const hosts = [4, 5].map((number) => ({ ...setup.policy.hosts[0], name: `quiet${number}`, levels: [] }))
      const many = { ...setup.policy, hosts: [...setup.policy.hosts, ...hosts] as typeof setup.policy.hosts }
      const world = {
        ...setup.world,
        hosts: [...setup.world.hosts, ...hosts.map(({ name }) => ({ name, supplies: [] }))],
      }
      const sim = site(under, { ...setup, world, policy: many })
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.act({ kind: 'hang', host: 'pve2' })
      demandCut(sim, 0, 'the first is cut')
      demand(sim, sim.isOn('strip', 1), 'the second waits')
      demand(sim, sim.count('cycle-planned') === 1, 'and is not even planned')
      wait(sim, 13 * MINUTE, 'the second is cut after it', () => !sim.isOn('strip', 1))
      demand(sim, sim.isOn('strip', 0) && sim.has('cycle-done', 'pve1'), 'the first was done before')
      wait(sim, 15 * MINUTE, 'both are back', () => sim.hostState('pve1') === 'up' && sim.hostState('pve2') === 'up')
    },
  },
  {
    name: 'two hosts on two strips: one at a time all the same',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.act({ kind: 'hang', host: 'fall' })
      demandCut(sim, 0, 'the first is cut')
      sim.runFor(5 * MINUTE)
      demand(sim, sim.isOn('rack', 1), 'the other waits')
    },
  },
  {
    name: 'a second hold is told again',
    run: (under) => {
      const sim = site(under)
      const pause = { by: 'op', order: 'pause', target: 'pve1', reason: 'x' } as const
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 9 })
      sim.order(pause)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 20 * MINUTE, 'the hold is told', () => sim.count('recovery-held', 'pve1') === 1)
      sim.order({ by: 'op', order: 'resume', target: 'pve1' })
      demandCut(sim, 0, 'it is cycled')
      sim.order(pause)
      wait(sim, 40 * MINUTE, 'and the next hold is told', () => sim.count('recovery-held', 'pve1') === 2)
    },
  },
  {
    name: 'a plan that is given up again and again waits longer each time, and is told',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'unread', op: 'identify', times: 1000 })
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(HOUR)
      demand(sim, sim.count('cycle-abandoned', 'pve1') < 15, 'no storm of plans')
      demand(sim, sim.has('recovery-held', 'pve1'), 'the hold is told')
      demand(sim, sim.isOn('strip', 0), 'nothing was cut')
    },
  },
]
