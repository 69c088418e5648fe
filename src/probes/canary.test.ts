import { describe, expect, test } from 'vitest'
import type { Probe, ProbeAnswer } from '../ports/probe.ts'
import { type Canary, loopbackCanary, withCanary } from './canary.ts'

const never = new AbortController().signal

const says = (answer: ProbeAnswer['says']): Probe => ({
  kind: 'x',
  round: async (targets) =>
    targets.map(({ id }) => ({ id, says: answer, proves: 'none', durationMs: 1, detail: 'as it was' })),
  close: async () => {},
})

const canary = (trouble: string | undefined): Canary => ({ ask: async () => trouble, close: async () => {} })
const targets = [{ id: 'a', address: '127.0.0.1', settings: {} }]

describe('the loopback canary', () => {
  test('answers, again and again', async () => {
    const own = loopbackCanary()
    expect(await own.ask(5000, never)).toBeUndefined()
    expect(await own.ask(5000, never)).toBeUndefined()
    await own.close()
  })

  test('may be closed without ever being asked', async () => {
    await loopbackCanary().close()
  })

  test('that was aborted says so', async () => {
    const own = loopbackCanary()
    expect(await own.ask(5000, AbortSignal.abort())).toBe('the round was aborted')
    await own.close()
  })
})

describe('a probe with a canary', () => {
  test.each([
    ['silence', undefined, 'silence', 'as it was'],
    ['silence', 'no answer', 'probe-broken', 'our own loopback canary did not answer either: no answer'],
    ['life', 'no answer', 'life', 'as it was'],
    ['probe-broken', 'no answer', 'probe-broken', 'as it was'],
  ] as const)('%s, canary trouble %s: %s', async (said, trouble, concluded, detail) => {
    const answers = await withCanary(says(said), canary(trouble)).round(targets, 1000, never)
    expect(answers).toMatchObject([{ id: 'a', says: concluded, detail }])
  })

  test('asks nothing where there is nothing to ask', async () => {
    const unasked: Canary = { ask: () => Promise.reject(new Error('asked')), close: async () => {} }
    expect(await withCanary(says('life'), unasked).round([], 1000, never)).toEqual([])
  })
})
