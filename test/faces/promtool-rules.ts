import { describe, expect, it } from 'vitest'
import { runChild } from '../../src/process/run-child.ts'
import { missingPeers, peer } from '../peers/find-peer.ts'

/** A real promtool finds nothing wrong with a file of alert rules, and its tests pass. `what`: for the word of a skip. */
export function judgedByPromtool(what: string, rules: string, ruleTests: string): void {
  const missing = missingPeers('promtool')
  if (missing !== undefined) console.warn(`skipped: promtool check and test ${what}, because ${missing}`)

  describe.skipIf(missing !== undefined)('promtool', () => {
    const found = peer('promtool')
    const command = 'path' in found ? found.path : 'promtool'

    it.each([
      ['check rules', ['check', 'rules', '--lint=all', '--lint-fatal', rules]],
      ['test rules', ['test', 'rules', ruleTests]],
    ])('%s', async (_, args) => {
      const outcome = await runChild({ command, args, timeoutMs: 50_000 })
      const said = outcome.stdout + outcome.stderr
      expect(outcome.end, said).toEqual({ kind: 'exited', exitCode: 0 })
      expect(said).toMatch(/SUCCESS/)
    })
  })
}
