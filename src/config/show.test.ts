import { expect, it } from 'vitest'
import { loadConfiguration } from './load.ts'
import { showConfiguration } from './show.ts'
import { STRIP, TEST_REGISTRIES } from './testing/registries.ts'

const load = (text: string, env = {}) => {
  const loaded = loadConfiguration({ file: '/etc/c.yaml', text, env }, TEST_REGISTRIES)
  if (!loaded.ok) throw new TypeError(JSON.stringify(loaded.problems))
  return loaded
}

it('shows what is in force, so that it can be loaded again to the same configuration', () => {
  const text = `stateDirectory: state
${STRIP}hosts:
  - &a { name: a, address: 10.0.0.1, probes: &p [icmp, { tcp: { port: 22 } }], power: [{ device: strip, outlet: 0 }] }
  - { name: b, address: 10.0.0.2, probes: *p }
`
  const loaded = load(text, { CHECK_INTERVAL: '20', KASA_USERNAME: 'u', KASA_PASSWORD: 'hunter2' })
  const shown = showConfiguration(loaded.configuration, loaded.written, TEST_REGISTRIES)
  expect(shown).toContain('interval: 20s # from CHECK_INTERVAL')
  expect(shown).toContain('password: { env: KASA_PASSWORD } # from KASA_PASSWORD')
  expect(shown).toContain('failureThreshold: 3 # default')
  expect(shown).toContain('bootGrace: 10m # default: offHold')
  expect(shown).not.toContain('hunter2')
  expect(load(shown).configuration).toEqual(loaded.configuration)
})
