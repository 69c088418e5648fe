import { describe, expect, it } from 'vitest'
import type { SendRequest } from '../ports/notifier.ts'
import { refused } from './outcome.ts'
import { sendText } from './send-text.ts'
import { never, refusalOf } from './testing/faults.ts'
import { sampleAlert, sampleMessage } from './testing/sample-message.ts'
import type { TextLimits } from './text-parts.ts'

const LIMITS: TextLimits = { titleMost: 100, textMost: 400, size: (text) => text.length }
const way = { withinMs: 60_000, signal: never }
const alerts = Array.from({ length: 7 }, (_, index) => sampleAlert({ summary: `alert ${index}.` }))
const request: SendRequest = { message: sampleMessage({ alerts }), plain: false }
const summariesIn = (texts: readonly string[]) => texts.join('').match(/alert \d\./g)

describe('sending text', () => {
  it('answers the last post as its reference', async () => {
    let posts = 0
    const outcome = await sendText(request, LIMITS, way, async () => ({ ok: true, id: `id${posts++}` }))
    expect(posts).toBeGreaterThan(2)
    expect(outcome).toEqual({ ok: true, ref: `id${posts - 1}` })
  })

  it('has no progress before the first post, and keeps it over tries that get nowhere', async () => {
    const fail = async () => refused('unreachable', 'later', 'no')
    expect(refusalOf(await sendText(request, LIMITS, way, fail)).progress).toBeUndefined()
    const progress = '{"alerts":2,"ids":["a"]}'
    expect(refusalOf(await sendText({ ...request, progress }, LIMITS, way, fail)).progress).toBe(progress)
  })

  it('tells each alert once, also where the rest is divided in another way', async () => {
    const texts: string[] = []
    let progress: string | undefined
    for (let tries = 0; tries < 20; tries += 1) {
      const limits = tries % 2 === 0 ? LIMITS : { ...LIMITS, textMost: 300 }
      let left = 1
      const outcome = await sendText(
        { ...request, ...(progress === undefined ? {} : { progress }) },
        limits,
        way,
        async (part) => {
          if (left-- === 0) return refused('rate-limited', 'later', 'slow down')
          texts.push(part.text)
          return { ok: true, id: 'x' }
        },
      )
      if (outcome.ok) break
      progress = outcome.progress
    }
    expect(summariesIn(texts)).toEqual(alerts.map(({ summary }) => summary))
  })

  it('does nothing where everything is told already', async () => {
    const progress = '{"alerts":7,"ids":["a","b"]}'
    const post = () => expect.unreachable()
    expect(await sendText({ ...request, progress }, LIMITS, way, post)).toEqual({ ok: true, ref: 'b' })
  })
})
