import { fullSite, HOUR, MINUTE, SECOND, threeHosts } from '../setup.ts'
import { demand, demandCut, intentOf, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

const verify = {
  by: 'op',
  order: 'switch',
  target: 'pve1',
  goal: 'cycle',
  reason: 'x',
  protected: false,
  verify: true,
} as const

/** Which outlet feeds which host: proof, and doubt. */
export const mappingScenarios: readonly Scenario[] = [
  {
    name: 'a host that answers while its outlet is off locks the mapping, and is on again at once',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 5 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is cut', () => intentOf(sim, 'pve1')?.barrier === 'holding')
      sim.lies.push({ host: 'pve1', says: 'life' })
      wait(sim, 40 * SECOND, 'it is on', () => sim.isOn('strip', 0))
      demand(sim, sim.has('mapping-suspect', 'pve1'), 'it is told')
      sim.lies.length = 0
      sim.runFor(HOUR)
      demand(sim, sim.count('cycle-begun') === 1, 'it is not cycled again')
      demand(sim, sim.has('recovery-held', 'pve1'), 'and the hold is told')
    },
  },
  {
    name: 'another host that falls silent with the OFF locks the mapping, and is on again at once',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'replug', host: 'pve1', supplies: [{ strip: 'strip', outlet: 1 }] })
      sim.act({ kind: 'replug', host: 'pve2', supplies: [{ strip: 'strip', outlet: 0 }] })
      sim.runFor(10 * MINUTE)
      sim.act({ kind: 'hang', host: 'pve1' })
      demandCut(sim, 0, 'the configured outlet is cut')
      wait(sim, 40 * SECOND, 'it is on', () => sim.isOn('strip', 0))
      demand(sim, sim.has('mapping-suspect', 'pve1'), 'it is told')
      sim.runFor(HOUR)
      demand(sim, sim.count('cycle-begun') === 1, 'it is not cycled again')
    },
  },
  {
    name: 'one silent answer of another host is asked again before it counts',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.lies.push({ host: 'pve2', says: 'silence' })
      sim.runFor(10.1 * SECOND)
      sim.lies.length = 0
      wait(sim, SECOND, 'it is seen silent', () => (intentOf(sim, 'pve1')?.othersSilent?.length ?? 0) > 0)
      sim.runFor(2 * MINUTE)
      demand(sim, intentOf(sim, 'pve1')?.barrier === 'holding', 'chance does not end the hold')
    },
  },
  {
    name: 'a supervised cycle proves the mapping',
    run: (under) => {
      const sim = site(under)
      demand(sim, sim.order(verify)?.ok === true, 'the order is taken')
      wait(sim, MINUTE, 'it is cut', () => !sim.isOn('strip', 0))
      wait(sim, MINUTE, 'for a short while only', () => sim.isOn('strip', 0))
      wait(sim, 5 * MINUTE, 'it is proven', () => sim.has('mapping-verified', 'pve1'))
      demand(sim, sim.state.hosts.pve1?.mappingVerifiedAt !== undefined, 'and remembered')
      sim.runFor(10 * MINUTE)
      demand(sim, sim.count('cycle-begun') === 1, 'no recovery follows')
    },
  },
  {
    name: 'a supervised cycle of a wrong mapping proves nothing and says so',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'replug', host: 'pve1', supplies: [{ strip: 'strip', outlet: 3 }] })
      sim.runFor(5 * MINUTE)
      sim.order(verify)
      wait(sim, 3 * MINUTE, 'it is on again', () => sim.has('mapping-suspect', 'pve1') && sim.isOn('strip', 0))
      sim.runFor(15 * MINUTE)
      demand(sim, !sim.has('mapping-verified'), 'not proven')
    },
  },
  {
    name: 'a verified cycle clears the doubt',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'rename-outlet', strip: 'strip', outlet: 0, alias: 'something else' })
      wait(sim, 2 * MINUTE, 'a renamed outlet is doubted', () => sim.has('mapping-suspect', 'pve1'))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(10 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'it is not cycled')
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.runFor(2 * MINUTE)
      sim.order(verify)
      wait(sim, 5 * MINUTE, 'it is proven', () => sim.has('mapping-verified', 'pve1'))
      sim.runFor(15 * MINUTE)
      untilCut(sim)
    },
  },
  {
    name: 'a host that answers between two looks that say it has no power is doubted',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'replug', host: 'pve1', supplies: [{ strip: 'strip', outlet: 3 }] })
      wait(sim, 10 * MINUTE, 'it is doubted', () => sim.has('mapping-suspect', 'pve1'))
    },
  },
  {
    name: 'a replaced device is accepted by hand, and its hosts are verified anew',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-NEW' })
      wait(sim, 2 * MINUTE, 'it is told', () => sim.has('identity-mismatch'))
      sim.order({ by: 'op', order: 'accept-device', device: 'strip' })
      sim.runFor(2 * MINUTE)
      demand(sim, sim.state.pins.strip?.deviceId === 'ID-NEW', 'the new one is pinned')
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.isOn('strip', 0), 'but not used before it is verified')
    },
  },
  {
    name: 'a look that is older than the command’s own reading changes nothing',
    run: (under) => {
      const sim = site(under)
      sim.pollDelayMs = 20 * SECOND
      sim.crash({ downMs: SECOND })
      sim.runFor(5 * MINUTE)
      untilCut(sim)
      wait(sim, 11 * MINUTE, 'the cycle is done', () => sim.has('cycle-done', 'pve1'))
      sim.runFor(3 * MINUTE)
      demand(sim, !sim.has('person-switched-off') && !sim.has('cycle-cut-short'), 'no person was there')
    },
  },
  {
    name: 'an outlet that draws too much for five minutes is told once, and when it is over',
    run: (under) => {
      const setup = threeHosts()
      const devices = setup.policy.devices.map((device) => ({
        ...device,
        outlets: device.outlets.map((outlet) => ({ ...outlet, maxWatts: 150 })),
      }))
      const sim = site(under, { ...setup, policy: { ...setup.policy, devices } })
      sim.act({ kind: 'set-load', host: 'pve1', watts: 200 })
      sim.runFor(4 * MINUTE)
      demand(sim, !sim.has('high-power'), 'not at once')
      sim.runFor(20 * MINUTE)
      demand(sim, sim.count('high-power') === 1, 'once')
      sim.act({ kind: 'set-load', host: 'pve1', watts: 0 })
      sim.runFor(2 * MINUTE)
      demand(sim, sim.count('high-power-over') === 1, 'and its end')
    },
  },
  {
    name: 'a verify of a host on two supplies takes both away',
    run: (under) => {
      const sim = site(under, fullSite())
      sim.order({ ...verify, target: 'duo' })
      wait(sim, MINUTE, 'it is without power', () => sim.hostState('duo') === 'off')
      wait(sim, 6 * MINUTE, 'it is proven', () => sim.has('mapping-verified', 'duo'))
    },
  },
  {
    name: 'a verify whose host never comes back says so',
    run: (under) => {
      const sim = site(under, withPolicy({}, { bootGraceMs: 5 * MINUTE }))
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 1 })
      sim.order(verify)
      wait(sim, 12 * MINUTE, 'it is told', () => sim.has('mapping-unproven', 'pve1'))
    },
  },
]
