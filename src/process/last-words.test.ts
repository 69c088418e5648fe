import { describe, expect, test } from 'vitest'
import { lastWords, withoutSecrets } from './last-words.ts'
import type { ChildOutcome } from './run-child.ts'

const said = (stdout: string, stderr: string, more: Partial<ChildOutcome> = {}): ChildOutcome => ({
  end: { kind: 'exited', exitCode: 1 },
  stdout,
  stderr,
  durationMs: 1,
  timedOut: false,
  aborted: false,
  truncated: false,
  ...more,
})

describe('last words', () => {
  test('are the last line of stderr, else of stdout, else none', () => {
    expect(lastWords(said('out\n', 'first\nlast\n\n'), [])).toBe('last')
    expect(lastWords(said('out\n\n', ' \n'), [])).toBe('out')
    expect(lastWords(said('', ''), [])).toBe('')
  })

  test('hold no terminal escapes and are not long', () => {
    expect(lastWords(said('', '\u001b[31mred\u001b[0m\tx\n'), [])).toBe('[31mred [0m x')
    expect(lastWords(said('', 'x'.repeat(10_000)), []).length).toBeLessThan(250)
  })

  test('of a program that was cut short leave out the unfinished line, which may hold half a secret', () => {
    expect(lastWords(said('', 'whole\npassword hunt', { truncated: true }), ['hunter2'])).toBe('whole')
  })

  test.each([
    ['as it is', 'hunter2', 'hunter2'],
    ['quoted for a shell', `a'b`, `'a'"'"'b'`],
    ['in JSON', 'a"b', '{"p":"a\\"b"}'],
    ['in XML', 'a&b', '<p>a&amp;b</p>'],
    ['in a URL', 'a b/c', 'http://u:a%20b%2Fc@h'],
    ['in Python', 'a\\b', `'a\\\\b'`],
    ['in base64', 'hunter2', 'Basic aHVudGVyMg=='],
    ['one line of several', 'one\ntwo', 'saw two'],
  ])('hold no secret %s', (_, secret, text) => {
    const clean = withoutSecrets(text, [secret, 'other'])
    expect(clean).toContain('***')
    expect(clean).not.toMatch(/hunter2|aHVud|a.{0,6}b/)
  })

  test('a secret that begins with another is hidden whole', () => {
    expect(withoutSecrets('x hunter2345 y', ['hunter2', 'hunter2345'])).toBe('x *** y')
  })
})
