import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_FILE_BYTES, readDocument } from './document.ts'

const read = (text: string) => readDocument(text, 'f.yaml')
const messages = (text: string) => read(text).problems.map(({ message }) => message)

describe('readDocument', () => {
  it('knows where keys and values stand, through lists, flow maps, aliases and merges', () => {
    const { document } = read('a: &x\n  b: [1, { c: 2 }]\nd: *x\ne:\n  <<: *x\n  f: 3\n')
    expect(document?.data).toEqual({ a: { b: [1, { c: 2 }] }, d: { b: [1, { c: 2 }] }, e: { b: [1, { c: 2 }], f: 3 } })
    expect(document?.position(['a', 'b', 1, 'c'])).toEqual({ line: 2, column: 15 })
    expect(document?.position(['a', 'b', 1, 'c'], 'key')).toEqual({ line: 2, column: 12 })
    expect(document?.position(['d', 'b', 0])).toEqual({ line: 2, column: 7 })
    expect(document?.position(['e', 'b', 0])).toEqual({ line: 2, column: 7 })
    expect(document?.position(['e', 'f'])).toEqual({ line: 6, column: 6 })
  })

  it('places what is missing at the key of what should hold it', () => {
    const { document } = read('rounds:\n  interval: 30s\n')
    expect(document?.position(['rounds', 'failureThreshold'])).toEqual({ line: 1, column: 1 })
    expect(document?.position(['http', 'port'])).toEqual({ line: 1, column: 1 })
  })

  it('takes CRLF line ends and a byte order mark', () => {
    const { document } = read('\uFEFFmode: act\r\nhttp:\r\n  port: 8000\r\n')
    expect(document?.data).toEqual({ mode: 'act', http: { port: 8000 } })
    expect(document?.position(['http', 'port'])).toEqual({ line: 3, column: 9 })
  })

  it('has a sentence for a file that is too large, too deep or too many', () => {
    expect(messages(`a: ${'x'.repeat(LARGEST_FILE_BYTES)}`)).toEqual([
      'the file is larger than 4 MiB: that is no configuration',
    ])
    expect(messages('['.repeat(50_000))).toEqual(['the file is nested too deeply'])
    expect(messages(`a: ${'['.repeat(40)}${']'.repeat(40)}`)).toEqual(['the file is nested too deeply'])
    expect(messages(`a: [${'1,'.repeat(310_000)}]`)).toEqual(['the file has too many values'])
  })

  it('is not blown up by aliases of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`)
    expect(messages(`l0: &l0 [x, x, x, x]\n${levels.join('\n')}\n`)).toEqual(['the file has too many values'])
  })

  it('keeps hostile keys as plain data', () => {
    const data = read('__proto__: { polluted: true }\nconstructor: 1\n').document?.data
    expect(Object.keys(data as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('has a sentence for keys that are no text', () => {
    expect(messages('? [a]\n: 1\n')).toEqual(['a key must be plain text'])
    expect(messages(': 1\n')).toEqual(['a key must be plain text'])
  })

  it('never quotes the source of a syntax error', () => {
    for (const text of [
      'password: hunter2: x',
      'password: "hunter2',
      'password: @hunter2',
      'password: [hunter2',
      'p: *hunter2',
      'p: !hunter2 x',
    ]) {
      expect(JSON.stringify(read(text).problems), text).not.toContain('hunter2')
    }
  })

  it('never throws, whatever the text', () => {
    const yamlish = fc.array(
      fc.constantFrom(...'ab:-[]{}&*!|>\'"#%@`?,<\n\t 01~\\'.split(''), '\n  ', '- ', ': ', '<<: '),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200, unit: 'binary' }),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          const { document, problems } = read(text)
          expect(document !== undefined || problems.length > 0).toBe(true)
          for (const { line, column } of problems) expect((line ?? 1) >= 1 && (column ?? 1) >= 1).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
