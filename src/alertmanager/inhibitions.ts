import type { Entry } from './entry.ts'
import { type Finding, finding } from './finding.ts'
import type { Matcher } from './matcher.ts'
import { matchersOf, pairs } from './read-matchers.ts'

export type Inhibition = {
  readonly entry: Entry
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  readonly equal: readonly string[]
}

export function inhibitionsOf(root: Entry, told: Finding[]): readonly Inhibition[] {
  const rules = root.get('inhibit_rules').items()
  told.push(...rules.filter(({ isMap }) => !isMap).map(noRule))
  return rules
    .filter(({ isMap }) => isMap)
    .map((entry) => ({
      entry,
      source: side(entry, 'source', told),
      target: side(entry, 'target', told),
      equal: entry.get('equal').texts(),
    }))
}

function side(entry: Entry, which: 'source' | 'target', told: Finding[]): readonly Matcher[] {
  return [
    ...pairs(entry.get(`${which}_match`), '=', told),
    ...pairs(entry.get(`${which}_match_re`), '=~', told),
    ...matchersOf(entry.get(`${which}_matchers`), told),
  ]
}

function noRule(entry: Entry): Finding {
  return finding('error', 'malformed', entry, {
    sentence: 'An inhibit rule is no map.',
    why: 'Alertmanager refuses the whole file.',
    remedy: 'Give it source_matchers, target_matchers and equal.',
  })
}
