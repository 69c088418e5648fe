import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refused } from './outcome.ts'
import {
  isAllTold,
  NOTHING_YET,
  type Posted,
  packed,
  readProgress,
  sendParts,
  share,
  stoppedAt,
  writeProgress,
} from './parts.ts'

const PARTS = [
  { alerts: 2, body: 'a' },
  { alerts: 1, body: 'b' },
  { alerts: 3, body: 'c' },
]
const signal = new AbortController().signal

function way(own: { withinMs?: number; now?: () => number; signal?: AbortSignal } = {}) {
  return { withinMs: 1000, signal, now: () => 0, ...own }
}

describe('sending in parts', () => {
  it('sends each, in order, and counts what was told', async () => {
    const sent: string[] = []
    const end = await sendParts(
      PARTS,
      NOTHING_YET,
      async (body, index) => {
        sent.push(`${index}${body}`)
        return { ok: true, id: body }
      },
      way(),
    )
    expect(sent).toEqual(['0a', '1b', '2c'])
    expect(end).toEqual({ progress: { alerts: 6, ids: ['a', 'b', 'c'] } })
    expect(isAllTold(end.progress, 6)).toBe(true)
  })

  it('goes on where it was stopped', async () => {
    const end = await sendParts(
      PARTS,
      NOTHING_YET,
      async (body): Promise<Posted> => {
        return body === 'b' ? refused('server-error', 'later', 'no') : { ok: true, id: body }
      },
      way(),
    )
    expect(end.progress).toEqual({ alerts: 2, ids: ['a'] })
    const stopped = stoppedAt(end.stopped!, end.progress)
    const before = readProgress(stopped.progress)
    expect(before).toEqual(end.progress)
    const indexes: number[] = []
    await sendParts(
      PARTS.slice(1),
      before,
      async (body, index) => {
        indexes.push(index)
        return { ok: true, id: body }
      },
      way(),
    )
    expect(indexes).toEqual([1, 2])
  })

  it('makes no post before its turn', async () => {
    let made = 0
    function* parts() {
      for (const part of PARTS) {
        made += 1
        yield part
      }
    }
    await sendParts(parts(), NOTHING_YET, async () => refused('server-error', 'later', 'no'), way())
    expect(made).toBe(1)
  })

  it('leaves a long rest to the outbox and takes a short one', async () => {
    const post = (restMs: number) => async (body: string) => ({ ok: true, id: body, restMs }) as const
    expect(await sendParts(PARTS, NOTHING_YET, post(1), way())).toMatchObject({ progress: { alerts: 6 } })
    const end = await sendParts(PARTS, NOTHING_YET, post(1234.5), way())
    expect(end).toMatchObject({
      progress: { alerts: 2 },
      stopped: { code: 'rate-limited', advice: 'later', retryAfterMs: 1235, mayHaveArrived: false },
    })
    // Nothing follows the last, so nothing waits for it.
    expect((await sendParts(PARTS.slice(2), NOTHING_YET, post(99_999), way())).stopped).toBeUndefined()
  })

  it('begins no further post after its time, or after an abort', async () => {
    let now = 0
    const slow = async (body: string) => {
      now += 1001
      return { ok: true, id: body } as const
    }
    const end = await sendParts(PARTS, NOTHING_YET, slow, way({ now: () => now }))
    expect(end).toMatchObject({ progress: { alerts: 2 }, stopped: { code: 'timeout', retryAfterMs: 0 } })
    const abort = new AbortController()
    const aborting = async (body: string) => {
      abort.abort()
      return { ok: true, id: body, restMs: body === 'b' ? 900 : 0 } as const
    }
    const given = await sendParts(PARTS, NOTHING_YET, aborting, way({ signal: abort.signal }))
    expect(given).toMatchObject({ progress: { alerts: 2 }, stopped: { code: 'aborted' } })
    const resting = await sendParts(PARTS.slice(1), NOTHING_YET, aborting, way({ signal: abort.signal }))
    expect(resting).toMatchObject({ progress: { alerts: 1 }, stopped: { code: 'aborted' } })
  })
})

describe('progress', () => {
  it.each([undefined, '', '{', 'null', '[]', '{"alerts":-1,"ids":[]}', '{"alerts":1.5,"ids":[]}', '{"alerts":1}'])(
    '%j is nothing yet',
    (text) => expect(readProgress(text)).toEqual(NOTHING_YET),
  )

  it('is written only where something has left', () => {
    expect(writeProgress(NOTHING_YET)).toBeUndefined()
    const failure = refused('server-error', 'later', 'no')
    expect(stoppedAt(failure, NOTHING_YET)).toEqual(failure)
    const some = { alerts: 1, ids: ['a'] }
    expect(readProgress(stoppedAt(failure, some).progress)).toEqual(some)
    expect(stoppedAt(refused('not-found', 'anew', 'gone'), some).progress).toBeUndefined()
  })

  it('of a message without alerts is one post', () => {
    expect(isAllTold(NOTHING_YET, 0)).toBe(false)
    expect(isAllTold({ alerts: 0, ids: ['a'] }, 0)).toBe(true)
  })
})

describe('packing', () => {
  it('keeps the order, loses nothing, and packs alike wherever it begins', () => {
    const limits = { count: 4, size: 10, sizeOf: (size: number) => size }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 })), (sizes) => {
        const groups = [...packed(sizes, limits)]
        expect(groups.flat()).toEqual(sizes)
        let from = 0
        for (const [index, group] of groups.entries()) {
          expect(group.length).toBeLessThanOrEqual(4)
          if (group.length > 1) expect(group.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(10)
          expect([...packed(sizes.slice(from), limits)]).toEqual(groups.slice(index))
          from += group.length
        }
      }),
    )
  })

  it('shares between bounds', () => {
    const bounds = { total: 100, least: 10, most: 60 }
    expect([0, 1, 2, 5, 1000].map((alerts) => share(alerts, bounds))).toEqual([60, 60, 50, 20, 10])
  })
})
