import { describe, expect, it } from 'vitest'
import { loadConfiguration } from './load.ts'
import { toPolicy } from './policy.ts'
import { TEST_REGISTRIES } from './testing/registries.ts'

const TEXT = `powerDevices:
  - name: strip
    driver: kasa
    address: 10.0.0.5
    username: u
    password: { env: KASA_PASSWORD }
    outlets: [{ outlet: 10, label: NAS, protected: true, maxWatts: 80 }, { outlet: 1, maxWatts: 300 }]
  - { name: bmc, driver: switch, program: /bin/bmc }
references: [{ name: gateway, address: 10.0.0.254 }]
hosts:
  - { name: a, address: 192.168.1.5, power: [{ device: strip, outlet: 2 }, { device: strip, outlet: 1 }], fallback: [{ device: bmc }] }
  - { name: b, address: 10.0.0.2 }
`

function policyOf(text: string, own: readonly string[] = []) {
  const loaded = loadConfiguration({ file: 'c.yaml', text, env: {} }, TEST_REGISTRIES)
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problems))
  return toPolicy(loaded.configuration, own)
}

const hashOf = (text: string) => policyOf(text).hosts[0]?.mappingHash

describe('toPolicy', () => {
  it('gives the core what it needs and no secret', () => {
    const policy = policyOf(TEXT)
    expect(policy).toMatchObject({ mode: 'dry-run', intervalMs: 30_000, standbyWatts: 5, deviceCheckMs: 60_000 })
    expect(policy.references).toEqual([{ name: 'gateway', address: '10.0.0.254', channels: ['icmp'] }])
    expect(policy.devices).toEqual([
      {
        name: 'strip',
        driver: 'kasa',
        slowestCommandMs: 20_000,
        outlets: [
          { outlet: '1', protected: false, maxWatts: 300 },
          { outlet: '2', protected: false, maxWatts: 150 },
          { outlet: '10', label: 'NAS', protected: true, maxWatts: 80 },
        ],
      },
      { name: 'bmc', driver: 'switch', slowestCommandMs: 1500, outlets: [{ outlet: '', protected: false }] },
    ])
    expect(JSON.stringify(policy)).not.toContain('KASA_PASSWORD')
  })

  it('hashes what decides which switch feeds a host, and nothing else', () => {
    const hash = hashOf(TEXT)
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    const same = [
      TEXT.replace('username: u', 'username: other'),
      TEXT.replace('label: NAS', 'label: disks'),
      TEXT.replace(
        '[{ device: strip, outlet: 2 }, { device: strip, outlet: 1 }]',
        '[{ device: strip, outlet: "1" }, { device: strip, outlet: 2 }]',
      ),
      `mode: act\n${TEXT}`,
    ]
    for (const text of same) expect(hashOf(text)).toBe(hash)
    const others = [
      TEXT.replace('10.0.0.5', '10.0.0.6'),
      TEXT.replace('outlet: 2 }', 'outlet: 3 }'),
      TEXT.replace('/bin/bmc', '/bin/other'),
      TEXT.replaceAll('strip', 'rack'),
      TEXT.replace(', fallback: [{ device: bmc }]', ''),
    ]
    expect(new Set([hash, ...others.map(hashOf)]).size).toBe(others.length + 1)
  })

  it('never cycles the machine that it runs on', () => {
    expect(policyOf(TEXT, ['192.168.1.5']).hosts.map(({ runsHere }) => runsHere)).toEqual([true, false])
    expect(
      policyOf(TEXT.replace('name: b,', 'name: b, runsHere: true,')).hosts.map(({ runsHere }) => runsHere),
    ).toEqual([false, true])
  })
})
