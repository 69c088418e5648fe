import { MINUTE, SECOND, threeHosts } from '../setup.ts'
import { demand, type Scenario, site, untilCut, wait } from './scenario.ts'

/** Being asked to stop, and being given another configuration, in the midst of a cycle. */
export const stopAndReloadScenarios: readonly Scenario[] = [
  {
    name: 'SIGTERM in the hold turns on first; without timers',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'set-timers', strip: 'strip', supported: false })
      untilCut(sim)
      sim.stop()
      wait(sim, 90 * SECOND, 'it has stopped', () => !sim.running)
      demand(sim, sim.isOn('strip', 0), 'with the outlet on')
      sim.runFor(MINUTE)
      sim.start()
      sim.runFor(5 * MINUTE)
      demand(sim, sim.crumbs.length === 0 && Object.keys(sim.state.intents).length === 0, 'nothing is left open')
    },
  },
  {
    name: 'SIGTERM in the hold leaves it to a timer that is armed; a restart in time goes on',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.stop()
      wait(sim, 2 * SECOND, 'it has stopped', () => !sim.running)
      demand(sim, !sim.isOn('strip', 0), 'at once')
      wait(sim, 12 * MINUTE, 'the timer turns it on', () => sim.isOn('strip', 0))
      sim.start()
      wait(sim, MINUTE, 'the plan is done', () => sim.crumbs.length === 0)
    },
  },
  {
    name: 'SIGTERM before the OFF drops the plan',
    run: (under) => {
      const sim = site(under)
      sim.mishap({ kind: 'lost', op: 'identify' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'a cycle is planned', () => sim.has('cycle-planned', 'pve1'))
      sim.stop()
      wait(sim, 10 * SECOND, 'it has stopped', () => !sim.running)
      demand(sim, sim.isOn('strip', 0) && Object.keys(sim.durable.intents).length === 0, 'nothing was cut')
    },
  },
  {
    name: 'a reload cannot retarget a plan under way, nor begin on an outlet that was taken away',
    run: (under) => {
      const setup = threeHosts()
      const [first, ...rest] = setup.policy.hosts
      const moved = { ...first, levels: [[{ device: 'strip', outlet: '3' }]], mappingHash: 'moved' }
      const policy = { ...setup.policy, hosts: [moved, ...rest] as typeof setup.policy.hosts }
      const holding = site(under)
      untilCut(holding)
      holding.reload(policy)
      wait(holding, 11 * MINUTE, 'the old outlet is on', () => holding.isOn('strip', 0))
      demand(holding, holding.isOn('strip', 3), 'the new one was never touched')
      demand(
        holding,
        holding.world.switchings.every(({ outlet }) => outlet === 0),
        'not even for a moment',
      )
      const planned = site(under)
      planned.mishap({ kind: 'lost', op: 'identify' })
      planned.act({ kind: 'hang', host: 'pve1' })
      wait(planned, 3 * MINUTE, 'a cycle is planned', () => planned.has('cycle-planned', 'pve1'))
      planned.reload(policy)
      planned.runFor(30 * SECOND)
      demand(planned, planned.isOn('strip', 0), 'the outlet that was taken away is left alone')
    },
  },
  {
    name: 'a reload that drops the host, or turns to dry-run, in mid-cycle still ends on',
    run: (under) => {
      const setup = threeHosts()
      const without = { ...setup.policy, hosts: setup.policy.hosts.slice(1) }
      for (const policy of [without, { ...setup.policy, mode: 'dry-run' as const }]) {
        const sim = site(under)
        untilCut(sim)
        sim.reload(policy)
        wait(sim, 12 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
        wait(sim, MINUTE, 'the plan is done', () => sim.crumbs.length === 0)
        const early = site(under)
        early.mishap({ kind: 'lost', op: 'identify' })
        early.act({ kind: 'hang', host: 'pve1' })
        wait(early, 3 * MINUTE, 'a cycle is planned', () => early.has('cycle-planned', 'pve1'))
        early.reload(policy)
        early.runFor(10 * MINUTE)
        demand(early, early.isOn('strip', 0) && Object.keys(early.state.intents).length === 0, 'a plan is given up')
      }
    },
  },
]
