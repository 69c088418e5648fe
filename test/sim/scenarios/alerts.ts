import { reloaded } from '../night.ts'
import { fullSite, HOUR, MINUTE, SECOND, type Setup, threeHosts } from '../setup.ts'
import type { Simulation } from '../simulation.ts'
import { demand, demandCut, type Scenario, site, untilCut, wait, withPolicy } from './scenario.ts'

/** What people are told by alerts, and what not. */
export const alertScenarios: readonly Scenario[] = [
  {
    name: 'alerts: an outage is told from its begin to its end, with what was done',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'hang', host: 'pve2' })
      wait(sim, 2 * MINUTE, 'it is told to be down', () => sim.inbox.fires('ProxmoxHostDown', 'pve2'))
      wait(sim, MINUTE, 'the cut is told', () => sim.inbox.fires('ProxmoxPowerCycle', 'pve2'))
      demand(sim, words(sim, 'ProxmoxPowerCycle', 'pve2').includes('no life in 3 rounds'), 'with its reason')
      wait(sim, 12 * MINUTE, 'the cycle is done', () => !sim.inbox.fires('ProxmoxPowerCycle', 'pve2'))
      demand(sim, words(sim, 'ProxmoxPowerCycle', 'pve2').includes('verified on'), 'and says how it ended')
      demand(sim, sim.inbox.fires('ProxmoxHostDown', 'pve2'), 'it is down until it answers')
      wait(sim, 5 * MINUTE, 'it is told to be back', () => !sim.inbox.fires('ProxmoxHostDown', 'pve2'))
      const end = words(sim, 'ProxmoxHostDown', 'pve2')
      demand(sim, end.includes('answers again after 12 min') && end.includes('1 power cycle'), `with its story: ${end}`)
      const notes = sim.inbox.notes('pve2').join(' ')
      demand(
        sim,
        notes.startsWith('cycle-planned cycle-begun outlets-off outlets-turning-on cycle-done') &&
          notes.includes('host-recovered'),
        `its timeline tells each step: ${notes}`,
      )
      sim.runFor(HOUR)
      const others = sim.inbox.rows.filter(({ incoming }) => incoming.kind === 'alert').length
      demand(sim, others === 4, 'and nothing else is told')
    },
  },
  {
    name: 'alerts: a crash right after the commit of an OFF does not take its announcement',
    run: (under) => {
      // The commits with commands of a cycle: asking, arming, OFF, and what follows; the process dies after each.
      for (let nth = 0; nth < 5; nth += 1) {
        const sim = site(under)
        sim.crashes.plan({ point: 'after-commit', nth, fate: { downMs: SECOND } })
        sim.act({ kind: 'hang', host: 'pve1' })
        wait(sim, HOUR, 'it is back', () => sim.has('host-recovered', 'pve1'))
        sim.runFor(2 * MINUTE)
        const story = sim.inbox.story('ProxmoxPowerCycle', 'pve1')
        demand(sim, /^(firing resolved ?)+$/.test(story), `each cut is told, and its end: ${story}`)
        demand(sim, sim.inbox.story('ProxmoxHostDown', 'pve1') === 'firing resolved', 'of one outage')
      }
    },
  },
  {
    name: 'alerts: one that waits for its time survives a restart',
    run: (under) => {
      const sim = site(under)
      sim.lies.push({ host: 'pve1', says: 'probe-broken' })
      sim.runFor(5 * MINUTE)
      demand(sim, !sim.inbox.fires('ProxmoxHostUnknown', 'pve1'), 'not before its time')
      sim.crash({ downMs: SECOND })
      wait(sim, 3 * MINUTE, 'and in its time', () => sim.inbox.fires('ProxmoxHostUnknown', 'pve1'))
      sim.lies.length = 0
      wait(sim, 3 * MINUTE, 'until it is known', () => !sim.inbox.fires('ProxmoxHostUnknown', 'pve1'))
    },
  },
  {
    name: 'alerts: a restart neither tells again nor takes back what fires',
    run: (under) => {
      const sim = site(under, withPolicy({}, { levels: [] }))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(5 * MINUTE)
      for (const reboots of [false, true, true]) {
        sim.crash({ downMs: MINUTE, reboots })
        sim.runFor(10 * MINUTE)
        demand(sim, sim.inbox.story('ProxmoxHostDown', 'pve1') === 'firing', 'it was told once, and still fires')
      }
      sim.crash({ downMs: 20 * MINUTE })
      sim.act({ kind: 'heal', host: 'pve1' })
      wait(sim, 24 * MINUTE, 'what came back meanwhile is told', () => !sim.inbox.fires('ProxmoxHostDown', 'pve1'))
    },
  },
  {
    name: 'alerts: a hold that is told stays told over a restart',
    run: (under) => {
      const sim = site(under)
      sim.order({ by: 'op', order: 'pause', target: 'pve1', reason: 'x' })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 20 * MINUTE, 'the hold is told', () => sim.inbox.fires('ProxmoxRecoveryHeld', 'pve1'))
      sim.crash({ downMs: SECOND })
      sim.runFor(20 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxRecoveryHeld', 'pve1') === 'firing', 'it holds all the same')
      sim.order({ by: 'op', order: 'resume', target: 'pve1' })
      demandCut(sim, 0, 'it is cycled')
      demand(sim, sim.inbox.story('ProxmoxRecoveryHeld', 'pve1') === 'firing resolved', 'and the hold is over')
    },
  },
  {
    name: 'alerts: what comes and goes keeps firing until it was quiet for long',
    run: (under) => {
      const sim = site(under, withPolicy({}, { levels: [] }))
      const away = () => {
        sim.act({ kind: 'cut-net', host: 'pve1' })
        wait(sim, 3 * MINUTE, 'it is down', () => sim.inbox.fires('ProxmoxHostDown', 'pve1'))
      }
      const back = () => {
        sim.act({ kind: 'heal', host: 'pve1' })
        sim.runFor(3 * MINUTE)
      }
      for (let time = 0; time < 3; time += 1) {
        away()
        back()
        demand(sim, !sim.inbox.fires('ProxmoxHostDown', 'pve1'), 'each of the first is told')
      }
      away()
      demand(sim, words(sim, 'ProxmoxHostDown', 'pve1').includes('came and went 3 times'), 'the fourth says so')
      sim.crash({ downMs: SECOND })
      for (let time = 0; time < 4; time += 1) {
        back()
        sim.act({ kind: 'cut-net', host: 'pve1' })
        sim.runFor(3 * MINUTE)
      }
      demand(sim, sim.inbox.of('ProxmoxHostDown', 'pve1').length === 7, 'and is not told again and again')
      back()
      sim.runFor(6 * MINUTE)
      demand(sim, sim.inbox.fires('ProxmoxHostDown', 'pve1'), 'nine minutes are not quiet for long')
      sim.runFor(2 * MINUTE)
      demand(sim, !sim.inbox.fires('ProxmoxHostDown', 'pve1'), 'ten are')
      sim.runFor(2 * HOUR)
      away()
      demand(sim, !words(sim, 'ProxmoxHostDown', 'pve1').includes('came and went'), 'after an hour it is forgotten')
      for (let time = 0; time < 4; time += 1) {
        back()
        sim.runFor(37 * MINUTE)
        away()
        demand(sim, !words(sim, 'ProxmoxHostDown', 'pve1').includes('came and went'), 'now and then is not too often')
      }
    },
  },
  {
    name: 'alerts: cycles are told each time, however many there are',
    run: (under) => {
      const sim = site(under, withPolicy({}, { offHoldMs: 30 * SECOND, bootGraceMs: 3 * MINUTE }))
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 7 })
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, HOUR, 'the limit is told', () => sim.inbox.fires('ProxmoxMaxPowerCycles', 'pve1'))
      const each = Array.from({ length: 5 }, () => 'firing resolved').join(' ')
      demand(sim, sim.inbox.story('ProxmoxPowerCycle', 'pve1') === each, 'five cycles are told')
      demand(sim, sim.inbox.story('ProxmoxHostDown', 'pve1') === 'firing', 'of one outage')
      sim.order({ by: 'op', order: 'clear-lockout', host: 'pve1' })
      demand(sim, !sim.inbox.fires('ProxmoxMaxPowerCycles', 'pve1'), 'a person has looked')
    },
  },
  {
    name: 'alerts: what is off on order alarms nobody, and the order is told',
    run: (under) => {
      const sim = site(under)
      const off = { order: 'switch', target: 'pve1', goal: 'off', reason: 'new disks', protected: false } as const
      sim.order({ by: 'op', ...off, untilMs: 2 * HOUR })
      wait(sim, MINUTE, 'it is off', () => !sim.isOn('strip', 0))
      demand(sim, words(sim, 'ProxmoxSwitchedOff', 'pve1').includes('new disks'), 'with its reason')
      sim.runFor(HOUR)
      demand(sim, sim.inbox.of('ProxmoxHostDown').length === 0, 'nobody is alarmed')
      sim.act({ kind: 'break-boot', host: 'pve1', boots: 1 })
      wait(sim, 2 * HOUR, 'it is on again', () => sim.inbox.story('ProxmoxSwitchedOn', 'pve1') === 'notice')
      sim.runFor(9 * MINUTE)
      demand(sim, sim.inbox.of('ProxmoxHostDown').length === 0, 'it may boot')
      wait(sim, 2 * MINUTE, 'but not for ever', () => sim.inbox.fires('ProxmoxHostDown', 'pve1'))
    },
  },
  {
    name: 'alerts: maintenance ends what fires, and its end finds the host still dead',
    run: (under) => {
      const sim = site(under, withPolicy({}, { levels: [] }))
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is down', () => sim.inbox.fires('ProxmoxHostDown', 'pve1'))
      sim.order({ by: 'op', order: 'maintenance', host: 'pve1', forMs: HOUR, reason: 'I am on it' })
      demand(sim, words(sim, 'ProxmoxHostDown', 'pve1').includes('in maintenance'), 'it says why it ended')
      sim.runFor(50 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxHostDown', 'pve1') === 'firing resolved', 'nobody is alarmed meanwhile')
      sim.runFor(12 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxHostDown', 'pve1') === 'firing resolved firing', 'afterwards it is told')
    },
  },
  {
    name: 'alerts: a host that a reload has removed fires no more',
    run: (under) => {
      const sim = site(under, withPolicy({}, { levels: [] }))
      sim.act({ kind: 'hang', host: 'pve1' })
      wait(sim, 3 * MINUTE, 'it is down', () => sim.inbox.fires('ProxmoxHostDown', 'pve1'))
      sim.reload(reloaded(sim.policy, 'drop-host'))
      demand(sim, words(sim, 'ProxmoxHostDown', 'pve1').includes('no longer configured'), 'it says so')
      demand(sim, !sim.inbox.fires('ProxmoxHostDown', 'pve1'), 'at once')
    },
  },
  {
    name: 'alerts: one that is disabled is never told, and disabling ends it',
    run: (under) => {
      const setup = threeHosts({ disabledAlerts: ['ProxmoxHostDown', 'OutletSwitchedByPerson'] })
      const sim = site(under, setup)
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 2, on: false })
      untilCut(sim)
      wait(sim, 20 * MINUTE, 'it is back', () => sim.has('host-recovered', 'pve1'))
      demand(
        sim,
        sim.inbox.of('ProxmoxHostDown').length + sim.inbox.of('OutletSwitchedByPerson').length === 0,
        'silence',
      )
      demand(sim, sim.inbox.story('ProxmoxPowerCycle', 'pve1') === 'firing resolved', 'of these alone')
      sim.reload({ ...setup.policy, disabledAlerts: [] })
      wait(sim, MINUTE, 'enabled, it fires', () => sim.inbox.fires('ProxmoxHostDown', 'pve3'))
      sim.reload(setup.policy)
      demand(sim, words(sim, 'ProxmoxHostDown', 'pve3').includes('disabled'), 'disabled, it ends')
    },
  },
  {
    name: 'alerts: an ON that fails calls everybody, until it is on',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      const since = wait(sim, 20 * MINUTE, 'everybody is called', () => sim.inbox.fires('ProxmoxOutletNotOn', 'pve1'))
      demand(sim, since < 14 * MINUTE, 'in time')
      const [alert] = sim.inbox.of('ProxmoxOutletNotOn', 'pve1')
      demand(sim, alert?.severity === 'emergency', 'as loud as it gets')
      wait(sim, 5 * MINUTE, 'the strip has its own alert', () => sim.inbox.fires('PowerDeviceUnreachable', 'strip'))
      sim.crash({ downMs: SECOND })
      sim.runFor(5 * MINUTE)
      sim.act({ kind: 'strip-online', strip: 'strip' })
      wait(sim, 5 * MINUTE, 'it is on', () => sim.isOn('strip', 0))
      wait(sim, 5 * MINUTE, 'and told', () => !sim.inbox.fires('ProxmoxOutletNotOn', 'pve1'))
      demand(sim, sim.inbox.story('ProxmoxOutletNotOn', 'pve1') === 'firing resolved', 'each once')
    },
  },
  {
    name: 'alerts: an outlet that is off for longer than promised calls everybody before any try has failed',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      // Every answer says off: no try fails for long enough to be counted.
      sim.mishap({ kind: 'misread', op: 'on', times: 1_000 })
      sim.mishap({ kind: 'late', op: 'on', ms: 14_000, times: 1_000 })
      sim.act({ kind: 'strip-offline', strip: 'strip' })
      sim.pause(20 * MINUTE, true)
      sim.runFor(20 * MINUTE + SECOND)
      demand(sim, !sim.inbox.fires('ProxmoxOutletNotOn', 'pve1'), 'the ON is given a moment')
      wait(sim, 70 * SECOND, 'but no more', () => sim.inbox.fires('ProxmoxOutletNotOn', 'pve1'))
      sim.mishaps.clear()
      sim.act({ kind: 'strip-online', strip: 'strip' })
      wait(sim, 5 * MINUTE, 'on again', () => !sim.inbox.fires('ProxmoxOutletNotOn', 'pve1'))
    },
  },
  {
    name: 'alerts: with the database lost, the outlet that is owed an ON is told, and so is the lock',
    run: (under) => {
      const sim = site(under)
      untilCut(sim)
      sim.crash({ downMs: SECOND, storeLost: true })
      sim.runFor(2 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxBreadcrumbHonoured', 'pve1') === 'notice', 'the mark is told')
      demand(sim, sim.inbox.story('ProxmoxSwitchedOn', 'pve1') === 'notice', 'and its end')
      demand(sim, sim.inbox.fires('WatchdogDryRunForced'), 'and that nothing is begun')
      sim.order({ by: 'op', order: 'resume', target: '*' })
      demand(sim, !sim.inbox.fires('WatchdogDryRunForced'), 'until somebody has looked')
    },
  },
  {
    name: 'alerts: a mark whose device is gone calls everybody, until it is gone as well',
    run: (under) => {
      const setup = fullSite()
      const sim = site(under, setup)
      sim.act({ kind: 'hang', host: 'fall' })
      wait(sim, 5 * MINUTE, 'it is cut', () => !sim.isOn('rack', 1))
      sim.crash()
      sim.policy = without(setup, 'rack').policy
      sim.start({ downMs: 0, storeLost: true })
      demand(sim, sim.inbox.fires('ProxmoxOutletNotOn', '1'), 'everybody is called')
      sim.crash({ downMs: SECOND })
      sim.runFor(5 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxOutletNotOn', '1') === 'firing', 'once')
      sim.crumbs = []
      sim.crash({ downMs: SECOND })
      wait(sim, 2 * MINUTE, 'over', () => sim.inbox.story('ProxmoxOutletNotOn', '1') === 'firing resolved')
    },
  },
  {
    name: 'alerts: a mark that cannot be read calls everybody, and a restart does not end that',
    run: (under) => {
      const sim = site(under)
      const sentence = 'The mark odd.json cannot be read.'
      sim.deliver({ kind: 'noted', code: 'breadcrumb-orphaned', sentence })
      demand(sim, sim.inbox.of('ProxmoxOutletNotOn')[0]?.annotations.description === sentence, 'everybody is called')
      sim.crash({ downMs: SECOND })
      sim.runFor(2 * SECOND)
      sim.deliver({ kind: 'noted', code: 'breadcrumb-orphaned', sentence })
      sim.runFor(5 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxOutletNotOn') === 'firing', 'once')
      sim.crash({ downMs: SECOND })
      wait(sim, 2 * MINUTE, 'removed', () => sim.inbox.story('ProxmoxOutletNotOn') === 'firing resolved')
    },
  },
  {
    name: 'alerts: with the disk full they are handed out, and go to the disk once when it takes them',
    run: (under) => {
      const sim = site(under)
      sim.diskFull = true
      sim.act({ kind: 'person-switches', strip: 'strip', outlet: 2, on: false })
      sim.runFor(10 * MINUTE)
      demand(sim, sim.inbox.rows.length === 0, 'nothing is on the disk')
      sim.diskFull = false
      wait(sim, MINUTE, 'what is owed is paid', () => sim.inbox.rows.length > 0)
      demand(sim, sim.inbox.story('OutletSwitchedByPerson', 'pve3') === 'notice', 'once')
      demand(sim, sim.inbox.of('WatchdogStateStore')[0]?.status === 'firing', 'with the trouble itself')
      wait(sim, 3 * MINUTE, 'which is over', () => sim.inbox.story('WatchdogStateStore') === 'firing resolved')
    },
  },
  {
    name: 'alerts: a strip that refuses us, or is another one, is told before it is needed',
    run: (under) => {
      const sim = site(under)
      const sentence = 'It refuses the password.'
      sim.deliver({ kind: 'device-failed', device: 'strip', code: 'credentials-refused', sentence })
      demand(sim, sim.inbox.fires('PowerDeviceCredentialsRefused', 'strip'), 'at once')
      wait(sim, 2 * MINUTE, 'until it takes us', () => !sim.inbox.fires('PowerDeviceCredentialsRefused', 'strip'))
      sim.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'ID-NEW' })
      wait(sim, 2 * MINUTE, 'another strip', () => sim.inbox.fires('PowerDeviceIdentityMismatch', 'strip'))
      sim.crash({ downMs: SECOND })
      sim.runFor(MINUTE)
      sim.order({ by: 'op', order: 'accept-device', device: 'strip' })
      demand(sim, sim.inbox.fires('OutletMappingSuspect', 'pve1'), 'its outlets are in doubt')
      wait(sim, 2 * MINUTE, 'accepted', () => !sim.inbox.fires('PowerDeviceIdentityMismatch', 'strip'))
      demand(sim, sim.inbox.story('PowerDeviceIdentityMismatch', 'strip') === 'firing resolved', 'told once each')
    },
  },
  {
    name: 'alerts: without any reference the watchdog says that it cannot see, and a storm is a storm',
    run: (under) => {
      const sim = site(under)
      sim.act({ kind: 'gateway-down' })
      sim.runFor(MINUTE)
      demand(sim, !sim.inbox.fires('WatchdogSelfIsolated'), 'a lost packet is none')
      wait(sim, 2 * MINUTE, 'it cannot see', () => sim.inbox.fires('WatchdogSelfIsolated'))
      sim.act({ kind: 'gateway-up' })
      wait(sim, 3 * MINUTE, 'it sees', () => !sim.inbox.fires('WatchdogSelfIsolated'))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.act({ kind: 'hang', host: 'pve2' })
      wait(sim, 3 * MINUTE, 'a storm', () => sim.inbox.fires('ProxmoxStorm', 'main'))
      sim.crash({ downMs: SECOND })
      sim.runFor(5 * MINUTE)
      demand(sim, sim.inbox.story('ProxmoxStorm') === 'firing', 'a restart does not calm it')
      sim.act({ kind: 'heal', host: 'pve1' })
      sim.act({ kind: 'heal', host: 'pve2' })
      wait(sim, 4 * MINUTE, 'it is over', () => !sim.inbox.fires('ProxmoxStorm'))
    },
  },
  {
    name: 'alerts: dry-run tells what would be done',
    run: (under) => {
      const sim = site(under, withPolicy({ mode: 'dry-run' }))
      sim.act({ kind: 'hang', host: 'pve1' })
      sim.runFor(4 * HOUR)
      demand(sim, sim.inbox.story('ProxmoxWouldPowerCycle', 'pve1') === 'firing', 'once')
      demand(
        sim,
        sim.inbox.notes('pve1').filter((code) => code === 'cycle-would-begin').length === 5,
        'and noted each time',
      )
      sim.act({ kind: 'heal', host: 'pve1' })
      wait(sim, 2 * MINUTE, 'until it answers', () => !sim.inbox.fires('ProxmoxWouldPowerCycle', 'pve1'))
    },
  },
]

/** What was last told of an alert. */
function words(sim: Simulation, name: string, subject: string): string {
  return sim.inbox.of(name, subject).at(-1)?.annotations.description ?? 'nothing'
}

/** The site without one of its strips, and with no host on it. */
function without(setup: Setup, device: string): Setup {
  const hosts = setup.policy.hosts.map((host) => {
    return host.levels.flat().some((ref) => ref.device === device) ? { ...host, levels: [] } : host
  })
  const devices = setup.policy.devices.filter(({ name }) => name !== device)
  return { ...setup, policy: { ...setup.policy, hosts, devices } }
}
