import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Matcher, matchedLabels, matches, matchesAll, parseMatcher } from './matchers.ts'

const read = (text: string): Matcher => {
  const parsed = parseMatcher(text)
  if (!parsed.ok) throw new TypeError(parsed.sentence)
  return parsed.matcher
}

describe('a matcher', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['host=pve1', { host: 'pve1' }, true],
    ['host=pve1', { host: 'pve10' }, false],
    ['host = pve1 ', { host: 'pve1' }, true],
    ['host="pve1"', { host: 'pve1' }, true],
    ['host!=pve1', { host: 'pve2' }, true],
    ['host!=pve1', { host: 'pve1' }, false],
    ['host=~pve.', { host: 'pve1' }, true],
    ['host=~pve', { host: 'pve1' }, false],
    ['host=~ve1', { host: 'pve1' }, false],
    ['host=~a|pve1', { host: 'pve1' }, true],
    ['host=~a|ve1', { host: 'pve1' }, false],
    ['host!~pve.*', { host: 'nas' }, true],
    ['host!~pve.*', { host: 'pve1' }, false],
    ['host=~"(?i)PVE1"', { host: 'pve1' }, true],
    ['text=~a.b', { text: 'a\nb' }, true],
    // A label that is missing is empty.
    ['host=', {}, true],
    ['host=""', { host: '' }, true],
    ['host!=', { host: 'pve1' }, true],
    ['host!=', {}, false],
    ['host=~.*', {}, true],
    ['host!~.+', {}, true],
    // What an object has by itself is no label.
    ['constructor=', {}, true],
    ['toString=~.+', {}, false],
    // Quotes and what is escaped in them.
    [String.raw`path="C:\\tmp"`, { path: String.raw`C:\tmp` }, true],
    [String.raw`say="\"so\""`, { say: '"so"' }, true],
    [String.raw`say="a\nb"`, { say: 'a\nb' }, true],
    [String.raw`say=~"a\.b"`, { say: 'a.b' }, true],
    [String.raw`say=~"a\.b"`, { say: 'axb' }, false],
    ['equation=a=b', { equation: 'a=b' }, true],
  ])('%s on %j: %s', (text, labels, expected) => {
    expect(matches(read(text), labels)).toBe(expected)
  })

  test.each([
    ['host', "'host' is no matcher: name=value, name!=value, name=~regex or name!~regex is expected."],
    ['', "'' is no matcher: name=value, name!=value, name=~regex or name!~regex is expected."],
    ['=pve1', "'=pve1' is no matcher: name=value, name!=value, name=~regex or name!~regex is expected."],
    ['a b=c', "'a b=c' is no matcher: name=value, name!=value, name=~regex or name!~regex is expected."],
    ['host="pve1', `'host="pve1' has a quote that is not closed, or text after one.`],
    ['host="pve1" x', `'host="pve1" x' has a quote that is not closed, or text after one.`],
    ['host=pv"e', `'host=pv"e' has a quote that is not closed, or text after one.`],
    ['host=~(', "'host=~(' has a regular expression that cannot be read: (."],
  ])('that is none: %s', (text, sentence) => {
    expect(parseMatcher(text)).toEqual({ ok: false, sentence })
  })

  test('in quotes says what the value is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'ü', '🚨', ' ', '=', 'n') }), (value) => {
        const quoted = value.replace(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)
        const matcher = read(`label="${quoted}"`)
        expect(matcher.value).toBe(value)
        expect(matches(matcher, { label: value })).toBe(true)
      }),
    )
  })

  test('never throws, and its opposite says the opposite', () => {
    const text = fc.stringMatching(/^[a-c]{1,3}[=!~]{1,2}.{0,12}$/)
    fc.assert(
      fc.property(text, fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string()), (words, labels) => {
        const parsed = parseMatcher(words)
        if (!parsed.ok) return
        const { matcher } = parsed
        const opposite = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' } as const
        expect(matches({ ...matcher, op: opposite[matcher.op] }, labels)).toBe(!matches(matcher, labels))
      }),
    )
  })
})

test('all of several must match, and none matches everything', () => {
  const both = [read('host=pve1'), read('severity=critical')]
  expect(matchesAll(both, { host: 'pve1', severity: 'critical' })).toBe(true)
  expect(matchesAll(both, { host: 'pve1', severity: 'warning' })).toBe(false)
  expect(matchesAll([], { host: 'pve1' })).toBe(true)
})

test('an alert is matched by its severity also where its source gave none', () => {
  expect(matchedLabels({ labels: { host: 'pve1' }, severity: 'critical' })).toEqual({
    host: 'pve1',
    severity: 'critical',
  })
  expect(matchedLabels({ labels: { severity: 'page' }, severity: 'critical' })).toEqual({ severity: 'page' })
})
