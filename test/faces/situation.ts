import type { Verdict } from '../../src/core/evidence/types.ts'
import type { HostPolicy, OutletPolicy, Policy } from '../../src/core/policy.ts'
import { EMPTY_SNAPSHOT, initialState } from '../../src/core/state/initial.ts'
import type { DeviceNow, HostNow, State } from '../../src/core/state/types.ts'
import { ago, BOOT, HOUR, MINUTE, NOON, SECOND } from './clock.ts'

/** The original lab: four Proxmox hosts and a NAS on a strip with six outlets. */
export const POLICY: Policy = {
  mode: 'act',
  intervalMs: 30 * SECOND,
  failureThreshold: 3,
  offHoldMs: 10 * MINUTE,
  bootGraceMs: 10 * MINUTE,
  startupGraceMs: 90 * SECOND,
  maxCyclesPerOutage: 5,
  maxCyclesPerDay: 8,
  clearAfterHealthyMs: 30 * MINUTE,
  cycleSpacingMs: 2 * MINUTE,
  onWedged: 'alert',
  heldAlertAfterMs: 15 * MINUTE,
  standbyWatts: 0,
  stormCanaryAfterMs: 30 * MINUTE,
  deviceCheckMs: MINUTE,
  hosts: [
    hostPolicy('pve1', '192.168.1.105', '0'),
    hostPolicy('pve2', '192.168.1.106', '1'),
    hostPolicy('pve3', '192.168.1.107', '2'),
    hostPolicy('pve4', '192.168.1.108', '5'),
    { ...hostPolicy('nas', '192.168.30.10', '4'), cluster: 'storage', levels: [] },
  ],
  references: [
    { name: 'gateway', address: '192.168.1.1', channels: ['icmp'] },
    { name: 'dns', address: '9.9.9.9', channels: ['icmp'] },
  ],
  devices: [
    {
      name: 'strip',
      driver: 'kasa',
      slowestCommandMs: 15 * SECOND,
      outlets: [
        outletPolicy('0', 'pve1'),
        outletPolicy('1', 'pve2'),
        outletPolicy('2', 'pve3'),
        outletPolicy('3', undefined),
        { ...outletPolicy('4', 'nas'), protected: true },
        outletPolicy('5', 'pve4'),
      ],
    },
  ],
}

function hostPolicy(name: string, address: string, outlet: string): HostPolicy {
  return {
    name,
    address,
    cluster: 'home',
    channels: [
      { name: 'icmp', proves: 'kernel' },
      { name: 'https:8006', proves: 'userland' },
    ],
    levels: [[{ device: 'strip', outlet }]],
    mappingHash: `${name}@${outlet}`,
    runsHere: false,
    offHoldMs: 10 * MINUTE,
    bootGraceMs: 10 * MINUTE,
    onWedged: 'alert',
  }
}

function outletPolicy(outlet: string, label: string | undefined): OutletPolicy {
  return { outlet, label, protected: false, maxWatts: 150 }
}

export function hostNow(host: string, verdict: Verdict, failures = 0): HostNow {
  const says = verdict === 'down' ? 'silence' : 'life'
  const evidence = (channel: string, proves: 'kernel' | 'userland', detail: string) => ({
    host,
    vantage: 'here',
    channel,
    round: 120,
    says,
    proves,
    sentAt: ago(12 * SECOND),
    receivedAt: ago(12 * SECOND),
    detail,
  })
  return {
    host,
    latest: {
      icmp: evidence('icmp', 'kernel', says === 'life' ? '0.4 ms' : 'no answer'),
      'https:8006': evidence('https:8006', 'userland', says === 'life' ? 'HTTP 200' : 'no route to host'),
    } as HostNow['latest'],
    verdict,
    verdictSince: verdict === 'up' ? ago(50 * HOUR) : ago(2 * MINUTE),
    failures,
    unknownRounds: 0,
    wedgedRounds: 0,
    lastLifeAt: verdict === 'up' ? ago(12 * SECOND) : ago(4 * MINUTE),
    refusals: [],
  }
}

/** Outlet 3 is unused and off; the others draw what a small host draws. */
export function stripNow(over: Partial<DeviceNow> = {}): DeviceNow {
  const watts = ['84.2', '61', '70.5', '0', '38', '92.7'].map(Number)
  const readings = watts.map((value, outlet) => {
    const state = outlet === 3 ? 'off' : 'on'
    return [`${outlet}`, { state, watts: value, alias: `Plug ${outlet + 1}`, at: ago(20 * SECOND) }] as const
  })
  return {
    device: 'strip',
    reachable: true,
    since: ago(50 * HOUR),
    readings: Object.fromEntries(readings),
    highPower: {},
    troubleTold: false,
    identityOk: true,
    failures: 0,
    ...over,
  }
}

/** All is well: everybody answers, nothing is being switched. */
export function calm(over: Partial<State> = {}): State {
  const state = initialState(EMPTY_SNAPSHOT, POLICY, ago(50 * HOUR))
  return {
    ...state,
    hostsNow: Object.fromEntries(POLICY.hosts.map(({ name }) => [name, hostNow(name, 'up')])),
    devicesNow: { strip: stripNow() },
    pins: {
      strip: { device: 'strip', deviceId: '8006AF01', model: 'HS300(US)', at: ago(90 * HOUR), aliases: {} },
    },
    roundNow: {
      now: {
        ...(state.roundNow.now as NonNullable<State['roundNow']['now']>),
        round: 120,
        at: ago(12 * SECOND),
        lastTickAt: ago(12 * SECOND),
        referencesAnswer: true,
      },
    },
    ...over,
  }
}

/** pve2 is dead, its outlet is off, and it stays off for some minutes more. */
export function cycling(): State {
  const state = calm()
  const readings = { ...stripNow().readings, '1': { state: 'off', watts: 0, alias: 'Plug 2', at: ago(5 * SECOND) } }
  const offAt = ago(3 * MINUTE)
  return {
    ...state,
    hosts: {
      pve2: {
        host: 'pve2',
        cycleTimes: [ago(3 * HOUR), ago(3 * MINUTE)],
        outage: { id: 'outage-7', startedAt: ago(5 * MINUTE), verdict: 'down', cycles: 2, wouldCycles: 0 },
      },
    },
    hostsNow: { ...state.hostsNow, pve2: hostNow('pve2', 'down', 8) },
    devicesNow: { strip: stripNow({ readings: readings as DeviceNow['readings'] }) },
    claims: {
      'claim-3': {
        id: 'claim-3',
        revision: 1,
        target: 'pve2',
        purpose: 'recovery',
        by: 'recovery',
        reason: 'dead by icmp and https:8006 for 3 rounds',
        goal: 'cycle',
        blocks: [],
        until: 'release',
        madeAt: ago(4 * MINUTE),
      },
    },
    intents: {
      'plan-9': {
        id: 'plan-9',
        target: 'pve2',
        kind: 'cycle',
        purpose: 'recovery',
        reason: 'dead by icmp and https:8006 for 3 rounds',
        level: 0,
        outage: 'outage-7',
        epoch: 1,
        claim: { id: 'claim-3', revision: 1 },
        mappingHash: 'pve2@1',
        basis: ['icmp: no answer', 'https:8006: no route to host'],
        barrier: 'holding',
        createdAt: ago(4 * MINUTE),
        holdMs: 10 * MINUTE,
        allOffAt: offAt,
        mustBeOnBy: { wallMs: NOON.wallMs + 8 * MINUTE, bootId: BOOT, monoMs: NOON.monoMs + 8 * MINUTE },
        legs: [
          {
            ref: { device: 'strip', outlet: '1' },
            step: 'off',
            attempts: 1,
            offCommittedAt: offAt,
            offConfirmedAt: offAt,
            timerArmed: 'yes',
            deviceTimerAt: { wallMs: NOON.wallMs + 9 * MINUTE, bootId: BOOT, monoMs: NOON.monoMs + 9 * MINUTE },
            last: readings['1'] as never,
          },
        ],
      },
    },
  }
}
