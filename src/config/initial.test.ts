import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InitialConfiguration, renderInitialConfiguration } from './initial.ts'
import { loadConfiguration } from './load.ts'
import { formatProblems } from './problem.ts'
import { TEST_REGISTRIES } from './testing/registries.ts'

function load(initial: InitialConfiguration) {
  const text = renderInitialConfiguration(initial)
  const loaded = loadConfiguration({ file: 'c.yaml', text, env: {} }, TEST_REGISTRIES)
  if (!loaded.ok) throw new TypeError(`${formatProblems(loaded.problems)}\n${text}`)
  return { text, configuration: loaded.configuration }
}

const OUTLETS = [
  { outlet: '0', alias: 'PVE 1', state: 'on', watts: 61.53 },
  { outlet: '1', alias: 'pve2', state: 'on', watts: 0 },
  { outlet: '3', alias: '', state: 'off' },
  { outlet: '4', alias: 'NAS', state: 'on', watts: 42 },
] as const

describe('renderInitialConfiguration', () => {
  it('maps what is known and leaves the rest as comments', () => {
    const { text, configuration } = load({
      device: { address: '192.168.1.205', username: 'me@example.com', model: 'HS300(US)', outlets: OUTLETS },
      addresses: { 'pve 1': '192.168.1.105', PVE2: '192.168.1.106', NAS: 'not an address' },
      gateway: '192.168.1.1',
    })
    expect(configuration).toMatchObject({ mode: 'dry-run', references: [{ name: 'gateway', address: '192.168.1.1' }] })
    expect(configuration.hosts.map(({ name, address, levels }) => [name, address, levels[0]?.[0]?.outlet])).toEqual([
      ['pve-1', '192.168.1.105', '0'],
      ['pve2', '192.168.1.106', '1'],
    ])
    expect(text).toContain('outlet 0, "PVE 1", on, 61.5 W')
    expect(text).toContain('  # - name: "nas"   # outlet 4, "NAS", on, 42.0 W')
    expect(text).toContain('outlet 3, no alias, off')
    expect(text.startsWith('# yaml-language-server: $schema=')).toBe(true)
  })

  it('can be loaded with nothing known', () => {
    expect(load({ device: { address: 'strip.lan', outlets: [] } }).configuration.hosts).toEqual([])
  })

  it('becomes a working file by taking the comment signs away', () => {
    const text = renderInitialConfiguration({ device: { address: '10.0.0.5', outlets: OUTLETS } })
    const filled = text
      .replaceAll(/^( *)# (- name:| {2}address:| {2}probes:| {2}power:)/gm, '$1$2')
      .replaceAll('ADDRESS', '10.0.0.1')
    const loaded = loadConfiguration({ file: 'c.yaml', text: filled, env: {} }, TEST_REGISTRIES)
    if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
    const { hosts } = loaded.configuration
    expect(hosts.map(({ name }) => name)).toEqual(['pve-1', 'pve2', 'outlet-3', 'nas', 'NAME'])
  })

  it('lets nothing that a device says break out of its comment', () => {
    const outlet = fc.record({
      outlet: fc.oneof(fc.nat({ max: 9 }).map(String), fc.string({ minLength: 1, maxLength: 12 })),
      alias: fc.string({ unit: 'binary', maxLength: 40 }),
      watts: fc.double({ min: 0, max: 2000, noNaN: true }),
    })
    const gateway = fc.oneof(fc.constantFrom('10.0.0.254', 'fd00::1'), fc.string({ maxLength: 20 }))
    fc.assert(
      fc.property(fc.array(outlet, { maxLength: 6 }), gateway, fc.string({ unit: 'binary' }), (outlets, via, model) => {
        const { configuration } = load({
          device: { address: '10.0.0.5', username: model || 'u', model, outlets },
          gateway: via,
        })
        expect(configuration.mode).toBe('dry-run')
        expect(configuration.hosts).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
