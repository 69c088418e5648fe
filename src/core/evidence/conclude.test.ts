import { describe, expect, test } from 'vitest'
import type { HostPolicy } from '../policy.ts'
import { conclude } from './conclude.ts'
import type { Evidence, Proof, Says } from './types.ts'

const at = { wallMs: 0, bootId: 'boot', monoMs: 0 }

const host = (channels: HostPolicy['channels']): HostPolicy => ({
  name: 'pve1',
  address: '192.0.2.1',
  cluster: 'main',
  channels,
  levels: [],
  mappingHash: '',
  runsHere: false,
  offHoldMs: 0,
  bootGraceMs: 0,
  onWedged: 'alert',
})

const usual = host([
  { name: 'icmp', proves: 'kernel' },
  { name: 'https', proves: 'userland' },
  { name: 'bmc', proves: 'none' },
])

const said = (channel: string, says: Says, proves: Proof = 'none'): Evidence => {
  return { host: 'pve1', vantage: 'here', channel, round: 1, says, proves, sentAt: at, receivedAt: at, detail: '' }
}

const icmp = said('icmp', 'life', 'kernel')
const https = said('https', 'life', 'userland')
const noIcmp = said('icmp', 'silence')
const noHttps = said('https', 'silence')
const brokenHttps = said('https', 'probe-broken')

describe('what one round says of a host', () => {
  test.each<[string, string, Evidence[]]>([
    ['all answer', 'up', [icmp, https]],
    ['the userland alone answers', 'up', [noIcmp, https]],
    ['the kernel answers, the userland is silent', 'kernel-only', [icmp, noHttps]],
    ['the port is accepted without a word', 'kernel-only', [icmp, said('https', 'life', 'kernel')]],
    ['the kernel answers, the other probe is broken', 'up', [icmp, brokenHttps]],
    ['all are silent', 'silent', [noIcmp, noHttps]],
    ['a BMC lives on after its host', 'silent', [noIcmp, noHttps, said('bmc', 'life')]],
    ['a broken BMC probe takes nothing away from silence', 'silent', [noIcmp, noHttps, said('bmc', 'probe-broken')]],
    ['one is silent, the other broken', 'unknown', [noIcmp, brokenHttps]],
    ['one is silent, the other was not asked', 'unknown', [noIcmp]],
    ['only the BMC was asked', 'unknown', [said('bmc', 'silence')]],
    ['nobody was asked', 'unknown', []],
    ['an answer of a probe that is not configured proves no death', 'unknown', [said('other', 'silence')]],
  ])('%s: %s', (_what, conclusion, answers) => expect(conclude(usual, answers)).toBe(conclusion))

  test('a host that is only pinged is up by its kernel', () => {
    expect(conclude(host([{ name: 'icmp', proves: 'kernel' }]), [icmp])).toBe('up')
  })
})
