import { describe, expect, it } from 'vitest'
import { ago, NOON } from '../../../test/faces/clock.ts'
import { calm, hostNow, POLICY } from '../../../test/faces/situation.ts'
import { apply } from '../state/apply.ts'
import { decide } from '../state/decide.ts'
import { movedHosts } from './moved.ts'

const moved = {
  ...POLICY,
  hosts: POLICY.hosts.map((host) => (host.name === 'pve2' ? { ...host, address: '192.168.1.206' } : host)),
}

describe('hosts that a reload asks elsewhere', () => {
  it('names those with another address or other probes, and no new ones', () => {
    const [first, ...others] = POLICY.hosts
    const fewer = { ...POLICY, hosts: [{ ...(first as (typeof POLICY.hosts)[0]), channels: [] }, ...others] }
    expect(movedHosts(POLICY, moved)).toEqual(['pve2'])
    expect(movedHosts(POLICY, fewer)).toEqual(['pve1'])
    expect(movedHosts({ ...POLICY, hosts: others }, POLICY)).toEqual([])
    expect(movedHosts(POLICY, POLICY)).toEqual([])
  })

  it('are not cycled for what was silent at the old address', () => {
    const dead = { ...calm(), policy: moved, hostsNow: { ...calm().hostsNow, pve2: hostNow('pve2', 'down', 3) } }
    const decision = decide(dead, { kind: 'configured', policy: moved, moved: ['pve2'] }, NOON)
    expect(decision.effects).toEqual([])
    const after = apply(dead, decision.changes)
    expect(after.hostsNow.pve2).toBeUndefined()
    const round = [{ ...hostNow('pve2', 'down').latest.icmp, sentAt: ago(0), receivedAt: NOON, round: 121 }]
    const next = decide(after, { kind: 'round', round: 121, evidence: round as never }, NOON)
    expect(next.told.map(({ code }) => code)).not.toContain('cycle-planned')
  })
})
