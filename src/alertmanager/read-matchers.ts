import type { Entry } from './entry.ts'
import { type Finding, finding } from './finding.ts'
import { type Matcher, matcher, parseMatchers } from './matcher.ts'

/** Stands for one that cannot be read: it never matches, so that its route does not seem to take everything. */
const NEVER: Matcher = { name: '', operator: '=', value: '' }

/** A list of matchers; one that is none is told. */
export function matchersOf(list: Entry, told: Finding[]): Matcher[] {
  if (list.given && list.value !== null && !Array.isArray(list.value)) {
    told.push(invalid(list, 'a list is expected'))
    return [NEVER]
  }
  return list.items().flatMap((entry) => {
    const text = entry.text()
    const parsed = text === undefined ? { ok: false as const, sentence: 'this is no text' } : parseMatchers(text)
    if (!parsed.ok) {
      told.push(invalid(entry, parsed.sentence))
      return [NEVER]
    }
    for (const { test, name } of parsed.matchers) if (test === undefined) told.push(notUnderstood(entry, name))
    return parsed.matchers
  })
}

/** `match` and `match_re`, the older forms: a map of label and value. */
export function pairs(entry: Entry, operator: '=' | '=~', told: Finding[]): Matcher[] {
  return entry.fields().map(([name, value]) => {
    const found = matcher(name, operator, value.text() ?? '')
    if (found.test === undefined) told.push(notUnderstood(value, name))
    return found
  })
}

function invalid(entry: Entry, sentence: string): Finding {
  return finding('error', 'matcher-invalid', entry, {
    sentence: `A matcher cannot be read: ${sentence}.`,
    why: 'Alertmanager refuses the whole file.',
    remedy: 'Write it as severity="critical" or alertname=~"Host.*", in single quotes where YAML needs them.',
  })
}

function notUnderstood(entry: Entry, name: string): Finding {
  return finding('warning', 'matcher-not-understood', entry, {
    sentence: `The regular expression for \`${name}\` is not understood here.`,
    why: 'It is taken as one that never matches, so what is said of this route may be wrong.',
    remedy: 'Ask `amtool config routes test` where alerts go, or write the expression in a simpler way.',
  })
}
