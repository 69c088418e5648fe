import type { Evidence } from '../../../src/core/evidence/types.ts'
import type { HostNow, State } from '../../../src/core/state/types.ts'
import { ago, HOUR, MINUTE, NOON, SECOND } from '../../faces/clock.ts'
import { calm, cycling, hostNow, POLICY, stripNow } from '../../faces/situation.ts'

type Round = NonNullable<State['roundNow']['now']>

function round(over: Partial<Round>, state = calm()): State {
  return { ...state, roundNow: { now: { ...(state.roundNow.now as Round), ...over } } }
}

/** pve2 is dead by three silent rounds; everything else is well. */
function dead(over: Partial<State> = {}, host: Partial<HostNow> = {}): State {
  const state = calm()
  const pve2 = { ...hostNow('pve2', 'down', 3), ...host }
  return { ...state, hostsNow: { ...state.hostsNow, pve2 }, ...over }
}

function silent(names: readonly string[]): State {
  const state = calm()
  const hostsNow = { ...state.hostsNow }
  for (const name of names) hostsNow[name] = hostNow(name, 'down', 3)
  return { ...state, hostsNow }
}

function claim(part: Partial<State['claims'][string]>): State['claims'] {
  const id = 'claim-1'
  return {
    [id]: {
      id,
      revision: 1,
      target: '*',
      purpose: 'operator',
      by: 'cli:root',
      reason: 'moving the rack',
      goal: 'hands-off',
      blocks: ['recovery', 'update'],
      until: { at: ago(-2 * HOUR) },
      madeAt: ago(HOUR),
      ...part,
    },
  }
}

const broken = (evidence: Evidence): Evidence => ({
  ...evidence,
  says: 'probe-broken',
  proves: 'none',
  detail: 'fping is not installed',
})

function wedged(): State {
  const state = calm()
  const seen = hostNow('pve2', 'wedged')
  const https = seen.latest['https:8006'] as Evidence
  const latest = { ...seen.latest, 'https:8006': { ...https, proves: 'kernel' as const, detail: 'connection refused' } }
  return {
    ...state,
    hostsNow: { ...state.hostsNow, pve2: { ...seen, latest, wedgedRounds: 4, lastLifeAt: ago(12 * SECOND) } },
  }
}

function fpingMissing(): State {
  const { latest } = hostNow('pve2', 'down', 3)
  return dead({}, { latest: { ...latest, icmp: broken(latest.icmp as Evidence) } })
}

const outage = { id: 'outage-1', startedAt: ago(3 * HOUR), verdict: 'down' as const, cycles: 5, wouldCycles: 0 }

/** One strange night each, by name; the files beside this one are made from them and read as `plan FILE` reads them. */
export const SITUATIONS: Record<string, State> = {
  'all-well': calm(),
  'dead-host': dead(),
  'dead-host-dry-run': dead({ policy: { ...POLICY, mode: 'dry-run' } }),
  'dead-host-in-hold': cycling(),
  'self-isolated': round(
    { referencesAnswer: false, isolatedSince: ago(MINUTE) },
    silent(['pve1', 'pve2', 'pve3', 'pve4', 'nas']),
  ),
  'storm-of-two': round({ storms: { home: ago(5 * MINUTE) } }, silent(['pve2', 'pve3'])),
  'storm-canary': round({ storms: { home: ago(31 * MINUTE) } }, silent(['pve2', 'pve3'])),
  'just-started': round({ startedAt: ago(20 * SECOND), graceFrom: ago(20 * SECOND) }, dead()),
  'still-booting': dead({
    hosts: { pve2: { host: 'pve2', cycleTimes: [ago(4 * MINUTE)], bootGraceUntil: ago(-6 * MINUTE) } },
  }),
  wedged: wedged(),
  'probe-broken': fpingMissing(),
  'cycle-limit': dead({ hosts: { pve2: { host: 'pve2', cycleTimes: [], outage } } }),
  'person-switched-off': dead({
    outlets: { 'strip/1': { key: 'strip/1', personOffSince: ago(HOUR), lastState: 'off' } },
  }),
  paused: dead({ claims: claim({}) }),
  maintenance: dead({ claims: claim({ target: 'pve2', purpose: 'maintenance', reason: 'new memory' }) }),
  'strip-unreachable': dead({
    devicesNow: {
      strip: stripNow({
        reachable: false,
        failures: 3,
        lastError: { code: 'unreachable', sentence: '192.168.1.205 does not answer.' },
      }),
    },
  }),
  'another-strip': dead({ devicesNow: { strip: stripNow({ identityOk: false }) } }),
  'mapping-in-doubt': dead({
    hosts: {
      pve2: {
        host: 'pve2',
        cycleTimes: [],
        mappingSuspect: { at: ago(HOUR), sentence: 'pve4 fell silent when outlet strip/1 of pve2 was turned off.' },
      },
    },
  }),
  'shut-down': dead({
    policy: { ...POLICY, standbyWatts: 5 },
    devicesNow: {
      strip: stripNow({ readings: { ...stripNow().readings, '1': { state: 'on', watts: 3.1, at: ago(20 * SECOND) } } }),
    },
  }),
  'peers-see-it': dead({
    feeds: {
      feeds: {
        key: 'feeds',
        peersConfigured: ['home'],
        peers: {
          home: {
            at: ago(5 * SECOND),
            quorate: true,
            nodes: ['pve1', 'pve2', 'pve3', 'pve4'],
            members: ['pve1', 'pve2', 'pve3', 'pve4'],
            fencedNodes: [],
            costsQuorum: [],
            tasks: {},
            cleanStops: {},
            inMaintenance: [],
            carriesUs: [],
          },
        },
      },
    },
  }),
  'store-full': round({ storeOk: false }, dead()),
}

export { NOON }
