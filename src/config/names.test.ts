import { expect, test } from 'vitest'
import { loadConfiguration } from './load.ts'
import { formatProblem } from './problem.ts'
import { STRIP, TEST_REGISTRIES } from './testing/registries.ts'

function refused(text: string, env = {}): string {
  const loaded = loadConfiguration({ file: '/etc/w/c.yaml', text, env }, TEST_REGISTRIES)
  return loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n')
}

const WORDS = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']

test.each(WORDS)('no host, device, cluster or reference is called %s: rows are looked up by name', (word) => {
  expect(refused(`hosts: [{ name: ${word}, address: 10.0.0.1 }]`)).toContain('choose another')
  expect(refused(`hosts: [{ name: pve1, address: 10.0.0.1, cluster: ${word} }]`)).toContain('choose another')
  expect(refused(`references: [{ name: ${word}, address: 10.0.0.1 }]`)).toContain('choose another')
  expect(refused(`${STRIP.replace(/name: [\w-]+/, `name: ${word}`)}`)).toContain('choose another')
})

test('nor is an outlet, not even by a name that no entry could have', () => {
  const outlet = (name: string) =>
    refused(`hosts: [{ name: a, address: 10.0.0.1, power: [{ device: strip, outlet: ${name} }] }]`)
  expect(outlet('__proto__')).toContain('choose another')
  expect(outlet('constructor')).toContain('choose another')
  expect(outlet('left/back')).not.toContain('choose another')
})
