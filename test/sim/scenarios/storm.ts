import { HOUR, host, MINUTE, mapping, policyOf, ref, type Setup, threeHosts } from '../setup.ts'
import { demand, demandCut, demandHeld, type Scenario, site, wait } from './scenario.ts'

function stormSetup(): Setup {
  const names = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5']
  const supplies = (outlet: number) => [{ strip: 'strip', outlet }]
  const setup = threeHosts()
  return {
    ...setup,
    world: {
      strips: [{ name: 'strip', deviceId: 'ID-STRIP', outletCount: 6 }],
      hosts: names.map((name, outlet) => ({ name, supplies: supplies(outlet) })),
    },
    policy: policyOf(
      names.map((name, outlet) =>
        host(name, [[ref('strip', outlet)]], { mappingHash: mapping([[ref('strip', outlet)]]) }),
      ),
      setup.policy.devices,
    ),
  }
}

/** Many hosts silent at once. */
export const stormScenarios: readonly Scenario[] = [
  {
    name: 'storm: too many at once are not cycled; after half an hour one canary is, alone',
    run: (under) => {
      const sim = site(under, stormSetup())
      for (const name of ['pve1', 'pve2', 'pve3']) sim.act({ kind: 'hang', host: name })
      sim.runFor(29 * MINUTE)
      demand(sim, sim.world.switchings.length === 0 && sim.has('storm'), 'no host is cycled, and it is told')
      demand(sim, sim.count('recovery-held') === 3, 'each hold is told')
      wait(sim, 5 * MINUTE, 'one canary is tried', () => !sim.isOn('strip', 0))
      demand(sim, sim.isOn('strip', 1) && sim.isOn('strip', 2) && sim.has('storm-canary'), 'one')
      wait(sim, 15 * MINUTE, 'it comes back', () => sim.hostState('pve1') === 'up')
      wait(
        sim,
        HOUR,
        'the rest follows, one by one',
        () => sim.hostState('pve3') === 'up' && sim.hostState('pve2') === 'up',
      )
    },
  },
  {
    name: 'storm: a canary needs its references',
    run: (under) => {
      const sim = site(under, stormSetup())
      for (const name of ['pve1', 'pve2', 'pve3']) sim.act({ kind: 'hang', host: name })
      sim.act({ kind: 'gateway-down' })
      sim.runFor(2 * HOUR)
      demand(sim, sim.world.switchings.length === 0, 'none is tried blindly')
    },
  },
  {
    name: 'storm: hosts of which nothing is known count as well',
    run: (under) => {
      const sim = site(under, stormSetup())
      sim.act({ kind: 'hang', host: 'pve1' })
      for (const name of ['pve2', 'pve3']) sim.lies.push({ host: name, says: 'probe-broken' })
      demandHeld(sim, 'pve1', 0, 'storm')
      sim.lies.length = 0
      demandCut(sim, 0, 'when they are known it is cycled')
    },
  },
  {
    name: 'storm: hosts that are off on order do not count',
    run: (under) => {
      const sim = site(under, stormSetup())
      for (const target of ['pve4', 'pve5']) {
        sim.order({ by: 'op', order: 'switch', target, goal: 'off', reason: 'x', protected: false, untilMs: 'release' })
        sim.runFor(MINUTE)
      }
      sim.act({ kind: 'hang', host: 'pve1' })
      demandCut(sim, 0, 'one of three that should run is no storm')
    },
  },
  {
    name: 'storm: the next storm has no canary of the last',
    run: (under) => {
      const sim = site(under, stormSetup())
      for (const name of ['pve1', 'pve2', 'pve3']) sim.act({ kind: 'cut-net', host: name })
      wait(sim, 40 * MINUTE, 'one canary is tried', () => sim.has('storm-canary'))
      sim.pause(5 * MINUTE, true)
      for (const name of ['pve1', 'pve2', 'pve3']) sim.act({ kind: 'heal', host: name })
      sim.runFor(HOUR)
      const before = sim.world.switchings.length
      for (const name of ['pve1', 'pve2', 'pve3']) sim.act({ kind: 'hang', host: name })
      sim.runFor(25 * MINUTE)
      demand(sim, sim.world.switchings.length === before, 'it waits its half hour again')
    },
  },
]
