import { describe, expect, it } from 'vitest'
import { MOST_NESTING, parseBody } from './parse-body.ts'

const parse = (text: string) => parseBody(Buffer.from(text))
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('the body of a hook', () => {
  it('is JSON, with or without a byte order mark', () => {
    expect(parse('{"a":"é"}')).toEqual({ ok: true, value: { a: 'é' } })
    expect(parse('\uFEFF[1]')).toEqual({ ok: true, value: [1] })
  })

  it.each(['', ' \n', '\uFEFF'])('that is empty is told from one that is wrong', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, sentence: expect.stringContaining('is empty') })
  })

  it('says where it is wrong, and repeats nothing of it', () => {
    const found = parse('{"password":"hunter2" oops}')
    expect(found).toEqual({ ok: false, sentence: 'The body is not JSON (at character 23).' })
    expect(parse('hunter2')).toMatchObject({ ok: false, sentence: expect.not.stringContaining('hunter2') })
  })

  it('may nest, but not without end', () => {
    expect(parse(nested(MOST_NESTING)).ok).toBe(true)
    expect(parse(nested(MOST_NESTING + 1)).ok).toBe(false)
    expect(parse('{"a":'.repeat(MOST_NESTING + 1)).ok).toBe(false)
    expect(parse('['.repeat(1_000_000))).toEqual({ ok: false, sentence: 'The body nests deeper than 32 levels.' })
  })

  it('does not count brackets within texts', () => {
    const text = JSON.stringify({ a: '[{'.repeat(100), b: `"${'['.repeat(100)}\\`, c: '\\"['.repeat(50) })
    expect(parse(text).ok).toBe(true)
    expect(parse(`["\\\\",${nested(MOST_NESTING)}]`).ok).toBe(false)
  })

  it('of bytes that are no text is no reason to fail', () => {
    expect(parseBody(Buffer.from([0x22, 0xff, 0xfe, 0x22]))).toEqual({ ok: true, value: '\uFFFD\uFFFD' })
    expect(parseBody(Buffer.from([0xff, 0x00])).ok).toBe(false)
  })
})
