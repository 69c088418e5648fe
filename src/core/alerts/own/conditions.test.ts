import { describe, expect, test } from 'vitest'
import { ago, MINUTE } from '../../../../test/faces/clock.ts'
import { type Example, playExample } from '../../../../test/own-alerts/example.ts'
import type { Rig } from '../../../../test/own-alerts/rig.ts'
import type { RoundNow } from '../../state/types.ts'
import { conditionOf } from './conditions.ts'
import { powerConditions } from './power-conditions.ts'
import { type ConditionName, OWN_ALERTS } from './table.ts'

const host = { host: 'pve2', cluster: 'home' }
const outage = (rig: Rig) => ({
  id: 'outage-1',
  startedAt: rig.now,
  verdict: 'down' as const,
  cycles: 2,
  wouldCycles: 0,
})
const held = { refusals: [{ code: 'paused' as const, sentence: 'Paused by root.' }], heldTold: true }
const round = (rig: Rig, part: Partial<RoundNow>) => rig.round({ round: 200, ...part })
const say = (rig: Rig, name: 'WatchdogUplinkDown' | 'WatchdogDrillFailed', holds: boolean, sentence: string) =>
  rig.change(undefined, { kind: 'observed', name, subject: '', holds, sentence })
const sayOf = (rig: Rig, name: 'WatchdogChannelFailing' | 'WatchdogDeadLetters', holds: boolean, sentence: string) =>
  rig.change(undefined, { kind: 'observed', name, subject: 'discord', holds, sentence })

const leftDisarmed = (rig: Rig, holds: boolean, sentence: string) =>
  rig.change(undefined, { kind: 'observed', name: 'WatchdogNodeLeftDisarmed', subject: 'home/pve1', holds, sentence })

const EXAMPLES: readonly Example[] = [
  {
    name: 'ProxmoxHostDown',
    labels: host,
    begin(rig) {
      rig.record('pve2', { outage: outage(rig) })
      return rig.host('pve2', { verdict: 'down', failures: 3, refusals: held.refusals })
    },
    why: 'No answer in 3 rounds (icmp: 0.4 ms and https:8006: HTTP 200). It is not power-cycled now: Paused by root.',
    end: (rig) => rig.host('pve2', { verdict: 'up' }),
    over: 'pve2 answers again after 20 min (2 power cycles).',
  },
  {
    name: 'ProxmoxHostWedged',
    labels: host,
    begin: (rig) => rig.host('pve2', { verdict: 'wedged' }),
    why: 'Its kernel answers, its userland does not',
    end: (rig) => rig.host('pve2', { verdict: 'down', failures: 3 }),
    over: 'pve2 is down now: its kernel is silent as well.',
  },
  {
    name: 'ProxmoxHostUnknown',
    labels: host,
    begin: (rig) => rig.host('pve2', { verdict: 'unknown', unknownRounds: 3 }),
    why: 'Nothing certain was learned of it in 3 rounds',
    end: (rig) => rig.host('pve2', { verdict: 'up', unknownRounds: 0 }),
    over: 'pve2 is up, as its probes say again.',
  },
  {
    name: 'ProxmoxPowerCycle',
    labels: host,
    begin(rig) {
      rig.record('pve2', { outage: outage(rig) })
      return rig.plan({}, [{ offCommittedAt: rig.now }])
    },
    why: 'Outlet strip/1 is being turned off for 10 min (cycle 2 of 5): pve2 is down, no life in 3 rounds.',
    end: (rig) =>
      rig.change((draft) => {
        draft.put('intents', 'plan-1', undefined)
        draft.tell('cycle-done', 'Outlet strip/1 of pve2 is verified on.', { host: 'pve2' })
      }),
    over: 'Outlet strip/1 of pve2 is verified on.',
  },
  {
    name: 'ProxmoxPowerCycleFailed',
    labels: host,
    begin(rig) {
      rig.host('pve2', { verdict: 'down' })
      return rig.tell('cycle-failed', 'pve2 could not be switched off; outlet strip/1 is verified on.', {
        host: 'pve2',
      })
    },
    why: 'pve2 could not be switched off; outlet strip/1 is verified on.',
    end: (rig) => rig.plan({}, [{ offCommittedAt: rig.now }]),
    over: 'pve2 is being power-cycled once more.',
  },
  {
    name: 'ProxmoxOutletNotOn',
    labels: host,
    begin: (rig) =>
      rig.plan({ barrier: 'all-on', onFailedTold: true, turningOnSince: rig.now }, [
        { step: 'turning-on', offCommittedAt: rig.now, lastError: { code: 'timeout', sentence: 'It is silent.' } },
      ]),
    why: 'We turned off outlet strip/1 and have tried to turn it on for 0 s: It is silent. It is tried for ever.',
    end: (rig) => rig.change((draft) => draft.put('intents', 'plan-1', undefined)),
    over: 'Every outlet of pve2 is verified on.',
  },
  {
    name: 'ProxmoxMaxPowerCycles',
    labels: host,
    begin: (rig) => rig.record('pve2', { lockout: { at: rig.now, sentence: 'pve2 did not come back.' } }),
    why: 'pve2 did not come back. Afterwards: proxmox-watchdog lockout clear pve2.',
    end: (rig) => rig.record('pve2', { lockout: undefined }),
    over: 'The lockout of pve2 is cleared: it may be power-cycled again.',
  },
  {
    name: 'ProxmoxRecoveryHeld',
    labels: host,
    begin: (rig) => rig.host('pve2', { verdict: 'down', refusedSince: ago(15 * MINUTE), ...held }),
    why: 'Held back for 15 min: Paused by root.',
    end: (rig) => rig.host('pve2', { heldTold: undefined, refusedSince: undefined, refusals: [] }),
    over: 'Nothing holds pve2 back any more.',
  },
  {
    name: 'ProxmoxWouldPowerCycle',
    labels: host,
    begin(rig) {
      rig.reload({ mode: 'dry-run' })
      rig.host('pve2', { verdict: 'down' })
      return rig.record('pve2', { outage: { ...outage(rig), wouldCycles: 1 } })
    },
    why: 'pve2 is down, and no guard but dry-run holds it back. Nothing was switched.',
    end: (rig) => rig.reload({ mode: 'act' }),
    over: 'pve2 would not be power-cycled any more.',
  },
  {
    name: 'ProxmoxStorm',
    labels: { cluster: 'home' },
    begin(rig) {
      for (const name of ['pve2', 'pve3']) rig.host(name, { verdict: 'down', failures: 3 })
      return round(rig, { storms: { home: rig.now } })
    },
    why: '2 hosts are silent (pve2 and pve3), more than 1: that is rarely the hosts.',
    end: (rig) => round(rig, { storms: {} }),
    over: 'The storm in home is over.',
  },
  {
    name: 'OutletMappingSuspect',
    labels: host,
    begin: (rig) =>
      rig.record('pve2', { mappingSuspect: { at: rig.now, sentence: 'pve2 answers although it is off.' } }),
    why: 'pve2 answers although it is off. pve2 is not power-cycled until it is verified: proxmox-watchdog outlets verify pve2.',
    end: (rig) => rig.record('pve2', { mappingSuspect: undefined }),
    over: 'The outlet of pve2 is trusted again.',
  },
  {
    name: 'KasaOutletHighPower',
    labels: { device: 'strip', outlet: '1' },
    begin(rig) {
      const readings = { '1': { state: 'on' as const, watts: 180.4, at: rig.now } }
      return rig.device({ highPower: { '1': { since: rig.now, told: false } }, readings })
    },
    why: 'It draws 180 W, its limit is 150 W.',
    end: (rig) => rig.device({ highPower: {}, readings: { '1': { state: 'on', watts: 90, at: rig.now } } }),
    over: 'Outlet strip/1 is within its limit again.',
  },
  {
    name: 'PowerDeviceUnreachable',
    labels: { device: 'strip' },
    begin: (rig) =>
      rig.device({ reachable: false, troubleTold: true, lastError: { code: 'timeout', sentence: 'It is silent.' } }),
    why: 'It is silent. None of its hosts can be recovered meanwhile.',
    end: (rig) => rig.device({ reachable: true, troubleTold: false, lastError: undefined }),
    over: 'strip answers again.',
  },
  {
    name: 'PowerDeviceCredentialsRefused',
    labels: { device: 'strip' },
    begin: (rig) =>
      rig.device({ reachable: false, lastError: { code: 'credentials-refused', sentence: 'Wrong password.' } }),
    why: 'Wrong password. None of its hosts can be recovered meanwhile.',
    end: (rig) => rig.device({ reachable: true, lastError: undefined }),
    over: 'strip accepts our credentials again.',
  },
  {
    name: 'PowerDeviceIdentityMismatch',
    labels: { device: 'strip' },
    begin: (rig) => rig.device({ identityOk: false }),
    why: 'It does not say that it is 8006AF01: nothing is switched on it.',
    end: (rig) => rig.device({ identityOk: true }),
    over: 'strip is the pinned device.',
  },
  {
    name: 'WatchdogSelfIsolated',
    labels: {},
    begin: (rig) => round(rig, { isolatedSince: rig.now, referencesAnswer: false }),
    why: 'The trouble may be our own network: no host is power-cycled meanwhile.',
    end: (rig) => round(rig, { isolatedSince: undefined, referencesAnswer: true }),
    over: 'Reference targets answer again.',
  },
  {
    name: 'WatchdogStateStore',
    labels: {},
    begin: (rig) =>
      rig.change((draft) => {
        draft.putRound({ storeOk: false })
        draft.tell('store-unavailable', 'The state cannot be written (full): no space.')
      }),
    why: 'The state cannot be written (full): no space. No power cycle is begun; what is off is turned on.',
    end: (rig) => round(rig, { storeOk: true }),
    over: 'The state can be written again.',
  },
  {
    name: 'WatchdogDryRunForced',
    labels: {},
    begin: (rig) => rig.change((draft) => draft.putMeta({ forcedDryRun: 'The state file was corrupt.' })),
    why: 'The state file was corrupt. When you have looked: proxmox-watchdog resume.',
    end: (rig) => rig.change((draft) => draft.putMeta({ forcedDryRun: undefined })),
    over: 'An operator has looked and resumed.',
  },
  {
    name: 'WatchdogProbeBroken',
    labels: { probe: 'icmp' },
    begin: (rig) => round(rig, { brokenChannels: ['icmp'] }),
    why: 'Its silence proves nothing meanwhile: no host that it asks is power-cycled.',
    end: (rig) => round(rig, { brokenChannels: [] }),
    over: 'The probe icmp works again.',
  },
  {
    name: 'WatchdogConfigurationRefused',
    labels: {},
    begin: (rig) => rig.tell('configuration-refused', 'Line 3: unknown key.'),
    why: 'Line 3: unknown key.',
    end: (rig) => rig.tell('configuration-loaded', 'The configuration is in force.'),
    over: 'A configuration has taken effect.',
  },
  {
    name: 'WatchdogHttpUnavailable',
    labels: {},
    begin: (rig) => rig.tell('http-unavailable', 'Port 8000 is taken.'),
    why: 'Port 8000 is taken.',
    end: (rig) => rig.tell('http-available', 'HTTP is served on port 8000 now.'),
    over: 'HTTP is served on port 8000 now.',
  },
  {
    name: 'WatchdogChannelFailing',
    labels: { channel: 'discord' },
    begin: (rig) => sayOf(rig, 'WatchdogChannelFailing', true, 'discord answers 404.'),
    why: 'discord answers 404.',
    end: (rig) => sayOf(rig, 'WatchdogChannelFailing', false, 'discord takes messages again.'),
    over: 'discord takes messages again.',
  },
  {
    name: 'WatchdogDeadLetters',
    labels: { channel: 'discord' },
    begin: (rig) => sayOf(rig, 'WatchdogDeadLetters', true, '3 messages have expired.'),
    why: '3 messages have expired.',
    end: (rig) => sayOf(rig, 'WatchdogDeadLetters', false, ''),
    over: 'No dead letters are left.',
  },
  {
    name: 'WatchdogUplinkDown',
    labels: {},
    begin: (rig) => say(rig, 'WatchdogUplinkDown', true, 'No channel answers.'),
    why: 'No channel answers.',
    end: (rig) => say(rig, 'WatchdogUplinkDown', false, ''),
    over: 'Channels outside can be reached again.',
  },
  {
    name: 'WatchdogDrillFailed',
    labels: {},
    begin: (rig) => say(rig, 'WatchdogDrillFailed', true, 'ntfy did not take the drill.'),
    why: 'ntfy did not take the drill.',
    end: (rig) => say(rig, 'WatchdogDrillFailed', false, 'The drill came through.'),
    over: 'The drill came through.',
  },
  {
    name: 'WatchdogNodeLeftDisarmed',
    labels: { cluster: 'home', node: 'pve1' },
    begin: (rig) => leftDisarmed(rig, true, 'pve1 does not answer.'),
    why: 'pve1 does not answer.',
    end: (rig) => leftDisarmed(rig, false, ''),
    over: 'It is armed again.',
  },
]

/** Those about a cluster are raised by its own part, with words of its own; those about power have a file of their own. */
const exampled = (Object.keys(OWN_ALERTS) as ConditionName[]).filter(
  (name) => conditionOf(name) !== undefined && !name.startsWith('Pve') && !Object.hasOwn(powerConditions, name),
)

describe('each alert', () => {
  test('has its example', () => {
    expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(exampled.sort())
  })

  test.each(EXAMPLES)('$name fires in its time, with its words, and ends', (example) => {
    playExample(example)
  })
})
