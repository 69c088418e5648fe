import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'
import { goRegExp } from './go-regexp.ts'
import { allMatch, parseMatchers } from './matcher.ts'

const read = (text: string) => {
  const parsed = parseMatchers(text)
  return parsed.ok
    ? parsed.matchers.map(({ name, operator, value }) => `${name}|${operator}|${value}`)
    : parsed.sentence
}

describe('matchers', () => {
  it.each([
    ['severity=critical', ['severity|=|critical']],
    ['severity = "critical"', ['severity|=|critical']],
    ['severity!=critical', ['severity|!=|critical']],
    ['a=~"x|y"', ['a|=~|x|y']],
    ['a!~x.*', ['a|!~|x.*']],
    ['{foo="bar", dings!="bums"}', ['foo|=|bar', 'dings|!=|bums']],
    ['foo="bar,baz",', ['foo|=|bar,baz']],
    ['foo=', ['foo|=|']],
    ['foo=""', ['foo|=|']],
    ['foo=a=b', ['foo|=|a=b']],
    [String.raw`foo="a\"b\\c\nd\xe"`, ['foo|=|a"b\\c\nd\\xe']],
    [String.raw`foo=tail\\`, ['foo|=|tail\\']],
    ['"dotted.name"="x"', ['dotted.name|=|x']],
    ["a=''", ["a|=|''"]],
    ['{}', []],
    ['', []],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected))

  it.each([
    'severity',
    '=x',
    '1a=b',
    'a b=c',
    'a="b',
    'a=b"',
    'a="b"c"',
    'a==b,c',
    String.raw`a="b\"`,
    'a="b" or c="d"',
  ])('%s is none', (text) => expect(read(text)).toEqual(expect.any(String)))

  it('match what they say, a missing label as an empty one', () => {
    const match = (text: string, labels: Record<string, string>) => {
      const parsed = parseMatchers(text)
      return parsed.ok && allMatch(parsed.matchers, labels)
    }
    expect(match('a="x", b!="y"', { a: 'x' })).toBe(true)
    expect(match('a="x", b!="y"', { a: 'x', b: 'y' })).toBe(false)
    expect(match('a=""', {})).toBe(true)
    expect(match('a=~"x.*"', { a: 'axe' })).toBe(false)
    expect(match('a!~"x.*"', {})).toBe(true)
    expect(match('constructor=""', {})).toBe(true)
    expect(match('a=~"[[:alpha:]]"', { a: 'x' })).toBe(false)
  })

  it('give back any value that is quoted as Go quotes it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab"\\\n,{}=!~ ä🔥'), maxLength: 30 }), (value) => {
        const quoted = value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')
        expect(parseMatchers(`a="${quoted}"`)).toMatchObject({ ok: true, matchers: [{ name: 'a', value }] })
      }),
    )
  })

  it('of any text are read or refused', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void parseMatchers(text)))
  })
})

describe('expressions of Go', () => {
  it.each([
    ['a|b', 'b', true],
    ['a|b', 'ab', false],
    ['(?i)pve\\d+', 'PVE12', true],
    ['(?P<n>x)+', 'xxx', true],
    ['\\Ax\\z', 'x', true],
    ['a\\-b', 'a-b', true],
    ['.', '🔥', true],
    ['.', '\n', false],
    ['(?s).', '\n', true],
    ['', '', true],
  ])('%s', (source, text, matches) => expect(goRegExp(source)?.test(text)).toBe(matches))

  it.each(['[[:digit:]]+', '\\Qa.b\\E', '\\pL', '(', 'a{2,1}'])('%s is not understood', (source) =>
    expect(goRegExp(source)).toBeUndefined(),
  )
})

describe('durations of Prometheus', () => {
  it.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1d12h', 129_600_000],
    ['1w', 604_800_000],
    ['1y', 31_536_000_000],
    ['5m1ms', 300_001],
    ['0', 0],
    ['0s', 0],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['', '5', '1.5h', '1m1h', '-5s', '5 m', 'soon', '5M'])('%s is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  )

  it('are shown in days and less', () => {
    expect([0, 90_000, 14_700_000, 694_800_000].map(formatDuration)).toEqual(['0s', '1m30s', '4h5m', '8d1h'])
  })
})
