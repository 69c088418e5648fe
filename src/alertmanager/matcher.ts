import { goRegExp } from './go-regexp.ts'

export type Labels = Readonly<Record<string, string>>

export type Matcher = {
  readonly name: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
  /** Missing where the regular expression cannot be read here: such a matcher counts as one that does not match. */
  readonly test?: (value: string) => boolean
}

export type ParsedMatchers =
  | { readonly ok: true; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly sentence: string }

const MATCHER = /^\s*("(?:[^"\\]|\\.)*"|[a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([\s\S]*?)\s*$/

export function matcher(name: string, operator: Matcher['operator'], value: string): Matcher {
  if (operator === '=' || operator === '!=') {
    return { name, operator, value, test: (found) => (found === value) === (operator === '=') }
  }
  const expression = goRegExp(value)
  if (expression === undefined) return { name, operator, value }
  return { name, operator, value, test: (found) => expression.test(found) === (operator === '=~') }
}

/** All must match; a label that is missing counts as an empty one (`labels.Matchers.Matches`). */
export function allMatch(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, test }) => test?.(Object.hasOwn(labels, name) ? (labels[name] ?? '') : '') ?? false)
}

/** One entry of `matchers`: `a="b"`, or several with commas and perhaps braces (`labels.ParseMatchers`). */
export function parseMatchers(text: string): ParsedMatchers {
  const matchers: Matcher[] = []
  for (const part of partsOf(text.replace(/^\s*\{/, '').replace(/\}\s*$/, ''))) {
    const [, name = '', operator, raw = ''] = MATCHER.exec(part) ?? []
    if (operator === undefined) return { ok: false, sentence: 'this is no matcher, such as severity="critical"' }
    const value = unquoted(raw)
    if (value === undefined) return { ok: false, sentence: 'a double quote stands where none may, or one is missing' }
    const plainName = name.startsWith('"') ? (unquoted(name) ?? '') : name
    matchers.push(matcher(plainName, operator as Matcher['operator'], value))
  }
  return { ok: true, matchers }
}

/** By the commas outside of quotes. A last comma adds nothing. */
function partsOf(text: string): string[] {
  const parts = ['']
  let quoted = false
  let escaped = false
  for (const character of text) {
    if (character === ',' && !quoted) {
      parts.push('')
      continue
    }
    if (character === '"' && !escaped) quoted = !quoted
    escaped = character === '\\' && !escaped
    parts[parts.length - 1] += character
  }
  return parts.at(-1)?.trim() === '' ? parts.slice(0, -1) : parts
}

/** A value with or without quotes; a backslash before another character than `"`, `\` and `n` stands for itself. */
function unquoted(raw: string): string | undefined {
  const quoted = raw.startsWith('"')
  if (quoted && (raw.length < 2 || !raw.endsWith('"'))) return undefined
  const inner = quoted ? raw.slice(1, -1) : raw
  if (/(?<!\\)(?:\\\\)*"/.test(inner)) return undefined
  if (quoted && /(?<!\\)(?:\\\\)*\\$/.test(inner)) return undefined
  return inner.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
