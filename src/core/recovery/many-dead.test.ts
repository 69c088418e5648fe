import { expect, test } from 'vitest'
import { POLICY } from '../../../test/faces/situation.ts'
import type { Evidence } from '../evidence/types.ts'
import type { DevicePolicy, HostPolicy, Policy } from '../policy.ts'
import { apply } from '../state/apply.ts'
import { decide } from '../state/decide.ts'
import { EMPTY_SNAPSHOT, initialState } from '../state/initial.ts'
import type { Event, State } from '../state/types.ts'

const INTERVAL_MS = 30_000
const at = (monoMs: number) => ({ wallMs: 1_000_000 + monoMs, bootId: 'boot', monoMs })

function siteOf(count: number): Policy {
  const hosts = Array.from({ length: count }, (_, index): HostPolicy => {
    return {
      name: `host-${index}`,
      address: '192.0.2.1',
      cluster: 'main',
      channels: [{ name: 'icmp', proves: 'kernel' }],
      levels: [[{ device: 'strip', outlet: `${index}` }]],
      mappingHash: `${index}`,
      runsHere: false,
      offHoldMs: 600_000,
      bootGraceMs: 600_000,
      onWedged: 'alert',
    }
  })
  const outlets = hosts.map((_, outlet) => ({ outlet: `${outlet}`, protected: false }))
  const strip: DevicePolicy = { name: 'strip', driver: 'kasa', slowestCommandMs: 10_000, outlets }
  return {
    ...POLICY,
    cycleSpacingMs: 60_000,
    standbyWatts: 5,
    hosts,
    references: [{ name: 'gateway', address: '192.0.2.254', channels: ['icmp'] }],
    devices: [strip],
  }
}

function roundOf(policy: Policy, round: number, says: 'life' | 'silence', atMs: number): Event {
  const times = { sentAt: at(atMs - 500), receivedAt: at(atMs - 100) }
  const answer = (host: string, word: 'life' | 'silence'): Evidence => {
    const proves = word === 'life' ? 'kernel' : 'none'
    return { host, vantage: 'here', channel: 'icmp', round, says: word, proves, ...times, detail: word }
  }
  const evidence = [...policy.hosts.map(({ name }) => answer(name, says)), answer('reference:gateway', 'life')]
  return { kind: 'round', round, evidence }
}

/** Work is counted by what is read of the hosts, since time on a busy machine tells nothing. */
function countingReads(policy: Policy): { readonly policy: Policy; reads(): number } {
  let reads = 0
  const hosts = policy.hosts.map((host) => {
    return Object.defineProperty({ ...host }, 'cluster', {
      enumerable: true,
      get: () => {
        reads += 1
        return host.cluster
      },
    })
  })
  return { policy: { ...policy, hosts }, reads: () => reads }
}

/** Reads of hosts while a site of which every host is dead decides once more. */
function readsOfOneDecision(count: number): number {
  const { policy, reads } = countingReads(siteOf(count))
  let nowMs = 0
  let state: State = initialState(EMPTY_SNAPSHOT, policy, at(0))
  const step = (event: Event) => {
    state = apply(state, decide(state, event, at(nowMs)).changes)
  }
  step({ kind: 'started', breadcrumbs: [] })
  const readings = Object.fromEntries(
    policy.hosts.map((_, outlet) => [`${outlet}`, { state: 'on' as const, at: at(0) }]),
  )
  step({ kind: 'device-read', device: 'strip', identity: { deviceId: 'ID', model: 'M' }, readings })
  for (let round = 1; round <= 8; round += 1) {
    nowMs += INTERVAL_MS
    step(roundOf(policy, round, round <= 4 ? 'life' : 'silence', nowMs))
  }
  expect(Object.values(state.hostsNow).every(({ verdict }) => verdict === 'down')).toBe(true)
  const before = reads()
  step({ kind: 'wake' })
  return reads() - before
}

test('a site of which every host is dead is decided on in time that grows with its size, not with its square', () => {
  const small = readsOfOneDecision(50)
  const large = readsOfOneDecision(500)
  expect(large).toBeLessThan(12 * small)
})
