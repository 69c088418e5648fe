import { describe, expect, it } from 'vitest'
import { SecretMissing } from '../config/secret.ts'
import type { HttpAnswer } from '../http-client/call.ts'
import { fewWords, finalIfPlain, objectIn, refused, refusedBy, unanswered, withSecrets } from './outcome.ts'

const answer = (status: number, retryAfterMs?: number): HttpAnswer => ({
  ok: true,
  status,
  headers: {},
  text: '',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

describe('an answer that is no success', () => {
  it.each([
    [400, 'rejected', 'plain', false],
    [401, 'credentials-refused', 'never', false],
    [403, 'credentials-refused', 'never', false],
    [404, 'not-found', 'never', false],
    [408, 'timeout', 'later', false],
    [410, 'not-found', 'never', false],
    [413, 'too-large', 'plain', false],
    [422, 'rejected', 'plain', false],
    [425, 'timeout', 'later', false],
    [429, 'rate-limited', 'later', false],
    [500, 'server-error', 'later', false],
    [502, 'server-error', 'later', false],
    [504, 'server-error', 'later', true],
    [507, 'server-error', 'later', false],
    [301, 'rejected', 'never', false],
    [307, 'rejected', 'never', false],
    [100, 'malformed-answer', 'later', true],
  ])('%i', (status, code, advice, mayHaveArrived) => {
    expect(refusedBy(answer(status))).toMatchObject({ ok: false, code, advice, mayHaveArrived })
  })

  it('says when to come back, and what the service said', () => {
    expect(refusedBy(answer(429, 1500), 'slow down')).toEqual({
      ok: false,
      code: 'rate-limited',
      advice: 'later',
      sentence: 'it answered 429: slow down',
      retryAfterMs: 1500,
      mayHaveArrived: false,
    })
    expect(refusedBy(answer(503, 9000)).retryAfterMs).toBe(9000)
    expect(refusedBy(answer(500))).not.toHaveProperty('retryAfterMs')
  })

  it('tells of a redirect where to mend it', () => {
    expect(refusedBy(answer(302)).sentence).toContain('not followed')
  })
})

describe('no answer', () => {
  it('is worth another try', () => {
    const failure = { ok: false, code: 'timeout', sentence: 'no whole answer', mayHaveArrived: true } as const
    expect(unanswered(failure)).toEqual({ ...failure, advice: 'later' })
  })
})

describe('the plain form', () => {
  it('is the last one', () => {
    const refusal = refused('rejected', 'plain', 'no')
    expect(finalIfPlain(refusal, false).advice).toBe('plain')
    expect(finalIfPlain(refusal, true).advice).toBe('never')
    expect(finalIfPlain(refused('timeout', 'later', 'no'), true).advice).toBe('later')
  })
})

describe('a secret that is missing', () => {
  it('is a failure with its reason', async () => {
    const send = () => Promise.reject(new SecretMissing('the environment variable X is not set'))
    expect(await withSecrets(send)).toEqual({
      ok: false,
      code: 'secret-missing',
      advice: 'later',
      sentence: 'the environment variable X is not set',
      mayHaveArrived: false,
    })
  })

  it('is not mistaken for a mistake of ours', async () => {
    await expect(withSecrets(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
  })
})

describe('a few words', () => {
  it('are one printable line', () => {
    expect(fewWords(' no\r\n\u0000such\u202e \u001b[31mtopic ')).toBe('no such [31mtopic')
    expect(fewWords('🔥'.repeat(500)).length).toBeLessThanOrEqual(200)
    expect(fewWords(`${'x'.repeat(199)}🔥`).isWellFormed()).toBe(true)
  })

  it('hold no secret, however it is spelled', () => {
    const secret = 'T0k/en "1"'
    const said = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('base64')]
    for (const text of said) expect(fewWords(`wrong: ${text}!`, ['', secret])).toMatch(/^wrong: "?\*\*\*"?!$/)
  })

  it('are cut after the secrets are out of it', () => {
    expect(fewWords(`${'x'.repeat(195)}SECRET-TOKEN`, ['SECRET-TOKEN'])).not.toContain('SECRE')
  })
})

describe('an object in an answer', () => {
  it.each(['', 'null', '12', '"x"', '<html>', '{'])('is empty for %j', (text) => {
    expect(objectIn(text)).toEqual({})
  })

  it('is what was sent', () => {
    expect(objectIn('{"id":"x"}')).toEqual({ id: 'x' })
  })
})
