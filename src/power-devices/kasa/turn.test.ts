import { setImmediate as nextLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turn } from './turn.ts'

const signal = () => new AbortController().signal

async function taken(turn: Turn, by: AbortSignal): Promise<() => void> {
  const release = await turn.take(by)
  if (typeof release === 'string') throw new Error(`a turn was expected, not ${release}`)
  return release
}

test('one at a time, in the order of arrival', async () => {
  const turn = new Turn()
  const order: number[] = []
  let inside = 0
  const visit = async (visitor: number) => {
    const release = await taken(turn, signal())
    inside += 1
    expect(inside).toBe(1)
    order.push(visitor)
    await nextLoop()
    inside -= 1
    release()
  }
  await Promise.all([1, 2, 3, 4].map(visit))
  expect(order).toEqual([1, 2, 3, 4])
})

test('a place given up passes the turn on, but not before its time', async () => {
  const turn = new Turn()
  const release = await taken(turn, signal())
  const leaving = new AbortController()
  const second = turn.take(leaving.signal)
  let thirdIsIn = false
  const third = taken(turn, signal()).then((releaseThird) => {
    thirdIsIn = true
    releaseThird()
  })
  leaving.abort()
  expect(await second).toBe('aborted')
  await nextLoop()
  expect(thirdIsIn).toBe(false)
  release()
  await third
  expect(thirdIsIn).toBe(true)
})

test('nobody waits with a signal that is over, and not everybody may wait', async () => {
  const turn = new Turn()
  expect(await turn.take(AbortSignal.abort())).toBe('aborted')
  const release = await taken(turn, signal())
  const leaving = new AbortController()
  const crowd = Array.from({ length: 64 }, () => turn.take(leaving.signal))
  expect(await turn.take(signal())).toBe('crowded')
  leaving.abort()
  expect(new Set(await Promise.all(crowd))).toEqual(new Set(['aborted']))
  release()
  expect(await turn.take(signal())).toBeTypeOf('function')
})
