import { HOUR, MINUTE, SECOND, WALL_START } from '../setup.ts'
import { demand, demandCut, intentOf, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

const IN_1970 = -WALL_START + 10_000

/** Crashes, reboots, clocks, full disks and lost states. */
export const restartScenarios: readonly Scenario[] = [
  {
    name: 'a restart in the hold goes on where it was: same hold, same count',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      const offMs = sim.nowMs
      sim.runFor(5 * MINUTE)
      sim.crash({ downMs: 30 * SECOND })
      wait(sim, 12 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      demand(sim, Math.abs(sim.nowMs - offMs - 10 * MINUTE) < 5 * SECOND, 'the hold is ten minutes in all')
      demand(sim, sim.state.hosts.pve1?.outage?.cycles === 1, 'one cycle is counted')
      wait(sim, 5 * MINUTE, 'it is back', () => sim.has('host-recovered', 'pve1'))
    },
  },
  {
    name: 'what is overdue at a restart is turned on at once',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.world.strips[0]?.outlets.forEach((outlet) => {
        delete outlet.timer
      })
      sim.crash()
      sim.runFor(HOUR)
      sim.start()
      wait(sim, SECOND, 'it is on', () => sim.isOn('strip', 0))
    },
  },
  {
    name: 'a reboot into 1970 does not lengthen the hold beyond its time from the start',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'set-timers', strip: 'strip', supported: false })
      untilCut(sim)
      sim.crash({ downMs: MINUTE, reboots: true, wallErrorMs: IN_1970 })
      wait(sim, 12 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, 5 * MINUTE, 'it is back', () => sim.hostState('pve1') === 'up')
      sim.act({ kind: 'hang', host: 'pve1' })
      demandCut(sim, 0, 'and the next outage is seen to', 15 * MINUTE)
    },
  },
  {
    name: 'a wall clock that jumps back in the hold changes nothing',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.clock.wallOffsetMs = 0
      const ms = wait(sim, 11 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      demand(sim, ms > 9.5 * MINUTE, 'and not early either')
    },
  },
  {
    name: 'a wall clock that jumps ahead in the hold changes nothing',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.clock.wallOffsetMs += 40 * SECOND
      sim.runFor(MINUTE)
      sim.clock.wallOffsetMs += 40 * SECOND
      const ms = wait(sim, 11 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      demand(sim, ms > 8.5 * MINUTE, 'the hold is kept')
    },
  },
  {
    name: 'with a clock that was set back an operator’s OFF for two hours lasts no longer',
    run: (under) => {
      const sim = site(under)
      sim.order({
        by: 'op',
        order: 'switch',
        target: 'pve1',
        goal: 'off',
        reason: 'x',
        protected: false,
        untilMs: 2 * HOUR,
      })
      wait(sim, MINUTE, 'it is off', () => !sim.isOn('strip', 0))
      sim.runFor(MINUTE)
      sim.crash({ downMs: MINUTE, reboots: true, wallErrorMs: IN_1970 })
      sim.runFor(HOUR)
      demand(sim, !sim.isOn('strip', 0), 'it stays off')
      wait(sim, 65 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
    },
  },
  {
    name: 'budgets survive restarts',
    run: (under) => {
      const sim = site(under, withPolicy({ maxCyclesPerOutage: 2 }))
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 9 })
      sim.act({ kind: 'hang', host: 'pve1' })
      for (let hour = 0; hour < 4; hour += 1) {
        sim.runFor(25 * MINUTE)
        sim.crash({ downMs: 10 * SECOND, reboots: hour === 2 })
      }
      sim.runFor(HOUR)
      const cuts = sim.world.switchings.filter(({ on, outlet }) => !on && outlet === 0).length
      demand(sim, cuts === 2, 'two cycles in all')
    },
  },
  {
    name: 'a crash after the OFF left and before its answer: it is looked at, not sent blindly, and ends on',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'late', op: 'off', ms: 14_000 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'the OFF is out', () => intentOf(sim, 'pve1')?.legs[0]?.offCommittedAt !== undefined)
      sim.runFor(SECOND)
      sim.crash({ downMs: SECOND })
      wait(sim, MINUTE, 'what landed late is seen', () => intentOf(sim, 'pve1')?.barrier === 'holding')
      wait(sim, 11 * MINUTE, 'and undone', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plan is done', () => sim.has('cycle-done', 'pve1'))
      demand(sim, sim.world.switchings.length === 2, 'it was sent once')
      demand(sim, sim.crumbs.length === 0 && intentOf(sim, 'pve1') === undefined, 'and nothing is left open')
      demand(sim, !sim.has('person-switched-off'), 'nor taken for a person’s doing')
    },
  },
  {
    name: 'a crash in the check forgets the plan, and decides anew after the grace',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.crash({ downMs: SECOND })
      const ms = wait(sim, 5 * MINUTE, 'it is cut', () => !sim.isOn('strip', 0))
      demand(sim, ms >= 90 * SECOND, 'not within the start-up grace')
    },
  },
  {
    name: 'an order to cycle that had not begun is not carried out after a restart',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'identify' })
      sim.order({ by: 'op', order: 'switch', target: 'pve1', goal: 'cycle', reason: 'x', protected: false })
      sim.runFor(SECOND)
      sim.crash({ downMs: 30 * MINUTE })
      sim.runFor(HOUR)
      demand(sim, sim.world.switchings.length === 0, 'nothing was switched')
    },
  },
  {
    name: 'an operator’s cycle that restarts before its OFF asks again who the device is, and goes on',
    run: (under) => {
      const sim = site(under)
      sim.crashes.plan({ point: 'after-commit', nth: 1, fate: { downMs: SECOND } })
      const order = { by: 'op', order: 'switch', target: 'pve1', goal: 'cycle', reason: 'x', protected: false } as const
      sim.order({ ...order, holdMs: MINUTE })
      wait(sim, 2 * MINUTE, 'it is cut', () => !sim.isOn('strip', 0))
      wait(sim, 2 * MINUTE, 'and on again', () => sim.has('cycle-done', 'pve1'))
    },
  },
  {
    name: 'an OFF in flight when the plan turned back, and then a restart: it ends on all the same',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'late', op: 'off', ms: 14_900 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'the OFF is out', () => intentOf(sim, 'pve1')?.legs[0]?.offCommittedAt !== undefined)
      sim.runFor(SECOND)
      sim.order({ by: 'op', order: 'switch', target: 'pve1', goal: 'on', reason: 'stop it', protected: false })
      demand(sim, intentOf(sim, 'pve1')?.barrier === 'all-on', 'the plan has turned back')
      sim.crash({ downMs: 500 })
      sim.runFor(MINUTE)
      demand(sim, sim.isOn('strip', 0) && intentOf(sim, 'pve1') === undefined, 'it is on, and the plan is done')
      sim.runFor(5 * MINUTE)
      demand(sim, !sim.has('person-switched-off'), 'nobody else is blamed')
    },
  },
  {
    name: 'the result of a command from before the restart changes nothing',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'off' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'the OFF is out', () => intentOf(sim, 'pve1')?.legs[0]?.offCommittedAt !== undefined)
      const old = Object.values(sim.state.commands).find(({ op }) => op === 'off')
      demand(sim, old !== undefined, 'it is under way')
      sim.crash({ downMs: 500 })
      sim.runFor(600)
      const reading = { state: 'off', at: sim.now() } as const
      sim.deliver({ kind: 'command-result', command: old?.id ?? '', result: { outcome: 'ok', reading } })
      demand(sim, intentOf(sim, 'pve1')?.legs[0]?.step === 'turning-off', 'nothing is believed')
      sim.runFor(2 * MINUTE)
      demand(sim, !sim.has('outlets-off'), 'no hold begins')
    },
  },
  {
    name: 'an operator’s cycle that restarts before its OFF does not switch a stranger',
    run: (under) => {
      const sim = site(under)
      sim.crashes.plan({ point: 'after-commit', nth: 1, fate: { downMs: SECOND } })
      sim.order({ by: 'op', order: 'switch', target: 'pve1', goal: 'cycle', reason: 'x', protected: false })
      sim.runFor(500)
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-OTHER' })
      sim.runFor(2 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'a stranger is not switched')
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-STRIP' })
      wait(sim, 5 * MINUTE, 'the plan ends', () => intentOf(sim, 'pve1') === undefined)
    },
  },
  {
    name: 'with the database lost the breadcrumb is honoured, and nothing is begun until an operator has looked',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.crash({ downMs: MINUTE, storeLost: true })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plan is done', () => sim.crumbs.length === 0)
      demand(sim, sim.has('breadcrumb-honoured') && sim.has('store-corrupt'), 'it is told')
      demand(sim, sim.world.strips[0]?.outlets[0]?.timer === undefined, 'its timer is disarmed')
      sim.runFor(10 * MINUTE)
      sim.act({ kind: 'hang', host: 'pve2' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 1), 'nothing is begun')
      sim.order({ by: 'op', order: 'resume', target: '*' })
      demandCut(sim, 1, 'after the operator’s word it is')
    },
  },
  {
    name: 'a breadcrumb of another device identity is not honoured on a stranger',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.world.strips[0]?.outlets.forEach((outlet) => {
        delete outlet.timer
      })
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-OTHER' })
      sim.crash({ downMs: MINUTE, storeLost: true })
      sim.runFor(20 * MINUTE)
      demand(sim, !sim.isOn('strip', 0) && sim.has('on-failed'), 'a stranger is not switched, and it is told')
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-STRIP' })
      wait(sim, 2 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
    },
  },
  {
    name: 'a breadcrumb whose outlet a person has turned off since is forgotten',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      const crumbs = sim.crumbs
      wait(sim, 12 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve1'))
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: false })
      sim.runFor(2 * MINUTE)
      // Its removal did not reach the disk.
      sim.crumbs = crumbs
      sim.crash({ downMs: SECOND })
      sim.runFor(5 * MINUTE)
      demand(sim, !sim.isOn('strip', 0) && sim.crumbs.length === 0, 'the person’s OFF stands')
    },
  },
  {
    name: 'with the disk full nothing is begun, and what is off is turned on',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.diskFull = true
      wait(sim, 11 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, MINUTE, 'the plan is done', () => sim.crumbs.length === 0)
      sim.runFor(5 * MINUTE)
      sim.act({ kind: 'hang', host: 'pve2' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 1) && sim.has('store-unavailable'), 'nothing is begun')
      demand(sim, sim.has('recovery-held', 'pve2'), 'and that is told')
      sim.diskFull = false
      demandCut(sim, 1, 'with room again it is')
    },
  },
  {
    name: 'a disk that is full when the OFF should leave: nothing leaves',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.diskFull = true
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0) && sim.crumbs.length === 0, 'it keeps its power')
      demand(sim, intentOf(sim, 'pve1') === undefined, 'and no plan hangs on')
    },
  },
  {
    name: 'a process that stood still drops what it knew: a suspend is no failure',
    run: (under) => {
      for (const counted of [true, false]) {
        const sim = site(under)
        sim.act({ kind: 'cut-net', host: 'pve1' })
        sim.runFor(65 * SECOND)
        demand(sim, sim.state.hostsNow.pve1?.failures === 2, 'two rounds were silent')
        sim.pause(10 * MINUTE, counted)
        sim.runFor(10 * MINUTE)
        sim.runFor(45 * SECOND)
        demand(sim, sim.has('watchdog-suspended') && sim.isOn('strip', 0), 'the grace begins anew')
        demandCut(sim, 0, 'and then it counts from the start')
      }
    },
  },
  {
    name: 'a round that was asked before the process stood still counts for nothing',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.roundDelayMs = 25 * SECOND
      sim.runFor(80 * SECOND)
      sim.pause(5 * MINUTE, true)
      sim.runFor(5 * MINUTE + SECOND)
      demand(sim, (sim.state.hostsNow.pve1?.failures ?? 0) === 0, 'an old answer is no answer')
    },
  },
]
