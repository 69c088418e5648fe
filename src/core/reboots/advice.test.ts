import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { REBOOT_CAUSES } from './types.ts'

it('docs/reboots.md has a section for each cause', () => {
  const page = readFileSync(new URL('../../../docs/reboots.md', import.meta.url), 'utf8')
  const sections = [...page.matchAll(/^### (\S+)$/gm)].map(([, name]) => name)
  expect(sections).toEqual(expect.arrayContaining(Object.keys(REBOOT_CAUSES)))
})
