import { fullSite, HOUR, MINUTE, SECOND, threeHosts } from '../setup.ts'
import { demand, demandCut, intentOf, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

/** What goes wrong between us and the outlets, and that they end on. */
export const powerScenarios: readonly Scenario[] = [
  {
    name: 'a timed-out OFF that lands late is no failure, and ends on',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'late', op: 'off', ms: 14_000 })
      untilCut(sim)
      demand(sim, sim.world.switchings.length === 1, 'it is not sent twice')
      wait(sim, 12 * MINUTE, 'it is on', () => sim.has('cycle-done', 'pve1'))
      sim.runFor(5 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && sim.hostState('pve1') === 'up', 'and stays on')
    },
  },
  {
    name: 'an OFF that lands after the plan has turned back is seen by the settling',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'late', op: 'off', ms: 14_900 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'the OFF is out', () => intentOf(sim, 'pve1')?.legs[0]?.offCommittedAt !== undefined)
      sim.runFor(SECOND)
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.order({ by: 'op', order: 'maintenance', host: 'pve1', forMs: HOUR, reason: 'hands off' })
      sim.order({ by: 'op', order: 'switch', target: 'pve1', goal: 'on', reason: 'stop it', protected: false })
      sim.runFor(3 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'it ends on')
      demand(sim, Object.keys(sim.state.intents).length === 0, 'and the plan is done')
    },
  },
  {
    name: 'an OFF that is doubled and lands again later does not outlive the ON',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'doubled', op: 'off', ms: 14_500 })
      untilCut(sim)
      sim.order({ by: 'op', order: 'switch', target: 'pve1', goal: 'on', reason: 'stop it', protected: false })
      sim.runFor(2 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'it ends on')
      sim.runFor(5 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && !sim.has('person-switched-off'), 'and is not taken for a person’s doing')
    },
  },
  {
    name: 'an acknowledged ON that did nothing is noticed and repeated',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.mishap({ kind: 'not-applied', op: 'on' })
      wait(sim, 13 * MINUTE, 'the plan is done', () => sim.has('cycle-done', 'pve1'))
      demand(sim, sim.isOn('strip', 0), 'it is on')
    },
  },
  {
    name: 'an acknowledged OFF without a reading is looked at before it counts',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'unread', op: 'off' })
      sim.mishap({ kind: 'unread', op: 'read' })
      untilCut(sim)
      wait(sim, 12 * MINUTE, 'the plan is done', () => sim.has('cycle-done', 'pve1'))
    },
  },
  {
    name: 'an OFF that always fails is given up, and the outlet is verified on',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'refused', op: 'off', times: 3 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 5 * MINUTE, 'it is told', () => sim.has('cycle-failed', 'pve1'))
      demand(sim, sim.isOn('strip', 0) && sim.crumbs.length === 0, 'nothing is left off')
    },
  },
  {
    name: 'a strip that vanishes between OFF and ON is the loudest alert, and is tried for ever',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: false })
      sim.world.strips[0]?.outlets.forEach((outlet) => {
        delete outlet.timer
      })
      wait(sim, 15 * MINUTE, 'it is told', () => sim.has('on-failed', 'pve1'))
      wait(sim, 20 * MINUTE, 'and told again', () => sim.has('on-overdue', 'pve1'))
      sim.runFor(3 * HOUR)
      sim.act({ kind: 'strip-online', strip: 'strip' })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plan is done', () => intentOf(sim, 'pve1') === undefined)
    },
  },
  {
    name: 'a plan stuck at its ON does not keep hosts on other devices waiting',
    run: (under) => {
      const sim = site(under, fullSite({}, {}, false))
      untilCut(sim, 'pve1', 0)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      wait(sim, HOUR, 'it is stuck', () => intentOf(sim, 'pve1')?.barrier === 'stuck')
      sim.act({ kind: 'hang', host: 'fall' })
      wait(sim, 5 * MINUTE, 'another device’s host is cycled', () => !sim.isOn('rack', 1))
      sim.act({ kind: 'hang', host: 'pve2' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 1), 'the same device’s host waits')
    },
  },
  {
    name: 'a timer that cannot be disarmed under an OFF does not keep hosts on other devices waiting',
    run: (under) => {
      const sim = site(under, fullSite())
      untilCut(sim, 'pve1', 0)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      sim.order({
        by: 'op',
        order: 'switch',
        target: 'pve1',
        goal: 'off',
        reason: 'x',
        protected: false,
        untilMs: 5 * HOUR,
      })
      sim.runFor(MINUTE)
      demand(sim, intentOf(sim, 'pve1')?.kind === 'off', 'the disarming is owed')
      sim.act({ kind: 'hang', host: 'fall' })
      wait(sim, 5 * MINUTE, 'another device’s host is cycled', () => !sim.isOn('rack', 1))
    },
  },
  {
    name: 'a strip that is another device is switched neither off nor on',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-OTHER' })
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && sim.has('identity-mismatch'), 'no OFF')
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-STRIP' })
      demandCut(sim, 0, 'with the right one it is cycled')
      sim.runFor(9 * MINUTE)
      sim.world.strips[0]?.outlets.forEach((outlet) => {
        delete outlet.timer
      })
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-OTHER' })
      sim.runFor(20 * MINUTE)
      demand(sim, !sim.isOn('strip', 0) && sim.has('on-failed'), 'no ON on a stranger, and it is told')
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-STRIP' })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
    },
  },
  {
    name: 'another device that answers just before the OFF is noticed',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'other-identity', op: 'identify' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'the plan is given up', () => sim.has('cycle-abandoned', 'pve1'))
      demand(sim, sim.isOn('strip', 0), 'nothing was cut')
    },
  },
  {
    name: 'two supplies are both off, verified, before the hold, and both on after it',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.mishap({ kind: 'lost', op: 'off', device: 'rack' })
      sim.act({ kind: 'hang', host: 'duo' })
      wait(sim, 4 * MINUTE, 'the first is off', () => !sim.isOn('strip', 2))
      demand(sim, intentOf(sim, 'duo')?.barrier === 'all-off', 'the hold waits for the second')
      wait(sim, MINUTE, 'the second is off', () => !sim.isOn('rack', 0))
      const offMs = sim.nowMs
      demand(sim, sim.hostState('duo') === 'off', 'only now the host is without power')
      wait(sim, 12 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'duo'))
      demand(sim, sim.isOn('strip', 2) && sim.isOn('rack', 0), 'both are on')
      demand(sim, sim.nowMs - offMs > 9.5 * MINUTE, 'the hold counts from the last OFF')
    },
  },
  {
    name: 'half of two supplies cannot be turned off: both are on again',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.mishap({ kind: 'refused', op: 'off', device: 'rack', times: 3 })
      sim.act({ kind: 'hang', host: 'duo' })
      wait(sim, 6 * MINUTE, 'it is told', () => sim.has('cycle-failed', 'duo'))
      demand(sim, sim.isOn('strip', 2) && sim.isOn('rack', 0), 'both are on')
    },
  },
  {
    name: 'the next level takes over where the first cannot be reached, or cannot switch',
    run: (under) => {
      const offline = site(under, fullSite())
      offline.act({ kind: 'strip-offline', strip: 'rack' })
      offline.runFor(3 * MINUTE)
      offline.act({ kind: 'hang', host: 'fall' })
      wait(offline, 5 * MINUTE, 'the BMC turns it off', () => offline.hostState('fall') === 'standby')
      wait(offline, 14 * MINUTE, 'and on', () => offline.hostState('fall') === 'up')
      const failing = site(under, fullSite())
      failing.mishap({ kind: 'refused', op: 'off', device: 'rack', times: 3 })
      failing.act({ kind: 'hang', host: 'fall' })
      wait(failing, 6 * MINUTE, 'the BMC turns it off', () => failing.hostState('fall') === 'standby')
      demand(failing, failing.has('cycle-fallback', 'fall') && failing.isOn('rack', 1), 'the first level is on again')
      wait(failing, 14 * MINUTE, 'and on', () => failing.hostState('fall') === 'up')
    },
  },
  {
    name: 'a device that stops answering during the check hands over to the next level',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.mishap({ kind: 'lost', op: 'identify', device: 'rack', times: 3 })
      sim.act({ kind: 'hang', host: 'fall' })
      wait(sim, 6 * MINUTE, 'the BMC turns it off', () => sim.hostState('fall') === 'standby')
      demand(sim, sim.isOn('rack', 1), 'the strip is untouched')
    },
  },
  {
    name: 'a timer inside the device is armed before the OFF and disarmed after the ON',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      const outlet = sim.world.strips[0]?.outlets[0]
      const dueInMs = (outlet?.timer?.dueMs ?? 0) - sim.nowMs
      demand(sim, dueInMs > 10.5 * MINUTE && dueInMs < 12 * MINUTE, 'it fires later than the hold')
      wait(sim, 12 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve1'))
      demand(sim, outlet?.timer === undefined, 'and is gone')
    },
  },
  {
    name: 'a device without timers is cycled all the same',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'set-timers', strip: 'strip', supported: false })
      untilCut(sim)
      wait(sim, 12 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve1'))
    },
  },
  {
    name: 'a timer that could not be disarmed is disarmed before a lasting OFF',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.mishap({ kind: 'lost', op: 'disarm', times: 2 })
      wait(sim, 12 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve1'))
      demand(sim, sim.world.strips[0]?.outlets[0]?.timer !== undefined, 'the timer still runs')
      sim.order({
        by: 'op',
        order: 'switch',
        target: 'pve1',
        goal: 'off',
        reason: 'x',
        protected: false,
        untilMs: HOUR,
      })
      wait(sim, MINUTE, 'it is off', () => sim.state.outlets['strip/0']?.offOnPurpose !== undefined)
      sim.runFor(30 * MINUTE)
      demand(sim, !sim.isOn('strip', 0), 'and stays off')
    },
  },
  {
    name: 'the claim behind a cycle ends: what is off is turned on',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      const claim = intentOf(sim, 'pve1')?.claim.id ?? ''
      sim.rewrite({ collection: 'claims', key: claim, value: undefined })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plan is done', () => intentOf(sim, 'pve1') === undefined)
    },
  },
  {
    name: 'a recovery’s wish does not run out while its cycle is under way',
    run: (under) => {
      const sim = site(under, withPolicy({}, { bootGraceMs: SECOND, offHoldMs: 20 * MINUTE }))
      untilCut(sim)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      sim.runFor(HOUR)
      demand(sim, intentOf(sim, 'pve1') !== undefined, 'the ON is still owed')
      sim.act({ kind: 'strip-online', strip: 'strip' })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      const setup = threeHosts()
      const long = site(under, {
        ...setup,
        policy: { ...setup.policy, hosts: setup.policy.hosts.map((host) => ({ ...host, bootGraceMs: 0 })) },
      })
      // The OFF takes longer than the wish was meant to last.
      long.mishap({ kind: 'lost', op: 'off', times: 2 })
      untilCut(long)
      const from = long.nowMs
      wait(long, 11 * MINUTE, 'it is on', () => long.isOn('strip', 0))
      demand(long, long.nowMs - from > 9.5 * MINUTE, 'the hold was kept')
    },
  },
]
