import type { AlertSeverity, Labels } from '../types.ts'

/** One condition on a label. A label that is missing counts as empty, as Alertmanager has it. */
export type Matcher = {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
  /** Of `=~` and `!~`, anchored at both ends. */
  readonly pattern?: RegExp
}

export type ParsedMatcher =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly sentence: string }

const FORM = /^\s*([^\s=!~"'{},]+)\s*(=~|!~|!=|=)\s*([\s\S]*?)\s*$/
/** Longer values are compared by their begin: a label from outside must not keep a pattern busy. */
const LONGEST_MATCHED = 4_096

/**
 * One matcher in Alertmanager's form: `name=value`, `name!=value`, `name=~regex`, `name!~regex`; the value plain or in
 * double quotes, in which `\"`, `\\` and `\n` stand for a quote, a backslash and a new line. The sentence of a refusal
 * holds the text as it was given.
 */
export function parseMatcher(text: string): ParsedMatcher {
  const form = FORM.exec(text)
  if (form === null) {
    return refused(text, 'is no matcher: name=value, name!=value, name=~regex or name!~regex is expected')
  }
  const [, label = '', op = '=', raw = ''] = form
  const value = unquoted(raw)
  if (value === undefined) return refused(text, 'has a quote that is not closed, or text after one')
  const matcher = { label, op: op as Matcher['op'], value }
  if (op === '=' || op === '!=') return { ok: true, matcher }
  const pattern = patternOf(value)
  if (pattern === undefined) return refused(text, `has a regular expression that cannot be read: ${value}`)
  return { ok: true, matcher: { ...matcher, pattern } }
}

export function matches({ label, op, value, pattern }: Matcher, labels: Labels): boolean {
  const found = (Object.hasOwn(labels, label) ? labels[label] : undefined) ?? ''
  switch (op) {
    case '=':
      return found === value
    case '!=':
      return found !== value
    case '=~':
      return pattern?.test(found.slice(0, LONGEST_MATCHED)) === true
    case '!~':
      return pattern?.test(found.slice(0, LONGEST_MATCHED)) === false
  }
}

/** All must match; none at all matches everything. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels))
}

/** The labels that an alert is matched by: with its severity, also where its source gave none. */
export function matchedLabels({ labels, severity }: { labels: Labels; severity: AlertSeverity }): Labels {
  return Object.hasOwn(labels, 'severity') ? labels : { ...labels, severity }
}

function unquoted(raw: string): string | undefined {
  if (!raw.startsWith('"')) return raw.includes('"') ? undefined : raw
  const inner = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(raw)?.[1]
  return inner?.replace(/\\([\s\S])/g, (whole, escaped: string) => {
    if (escaped === 'n') return '\n'
    // Other escapes belong to the regular expression.
    return escaped === '"' || escaped === '\\' ? escaped : whole
  })
}

/** Anchored; the dot takes new lines, and a leading `(?i)` ignores case, as in Alertmanager's RE2. */
function patternOf(value: string): RegExp | undefined {
  const ignoresCase = value.startsWith('(?i)')
  try {
    return new RegExp(`^(?:${ignoresCase ? value.slice(4) : value})$`, ignoresCase ? 'si' : 's')
  } catch {
    return undefined
  }
}

function refused(text: string, why: string): ParsedMatcher {
  return { ok: false, sentence: `'${text}' ${why}.` }
}
