import { describe, expect, test } from 'vitest'
import { createResolver } from './resolve.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

describe('looking up names', () => {
  test('an address is its own', async () => {
    const resolve = createResolver(() => Promise.reject(failure('ASKED')))
    expect(await resolve('127.0.0.1', 1000)).toEqual({ ok: true, address: '127.0.0.1' })
    expect(await resolve('fe80::1%eth0', 1000)).toEqual({ ok: true, address: 'fe80::1%eth0' })
  })

  test('as the system does it', async () => {
    expect(await createResolver()('localhost', 20_000)).toMatchObject({ ok: true })
  })

  test('a failure is a sentence', async () => {
    const resolve = createResolver(() => Promise.reject(failure('ENOTFOUND')))
    expect(await resolve('pve1', 1000)).toEqual({
      ok: false,
      sentence: 'the name pve1 cannot be looked up (ENOTFOUND)',
    })
  })

  test('two at a time, each name once, however long they take', async () => {
    const asked: string[] = []
    const open: ((address: string) => void)[] = []
    const resolve = createResolver((name) => {
      asked.push(name)
      return new Promise((answer) => open.push(answer))
    })
    const answers = Promise.all(['a', 'b', 'c', 'a'].map((name) => resolve(name, 20_000)))
    expect(asked).toEqual(['a', 'b'])
    open[0]?.('127.0.0.1')
    while (asked.length < 3) await new Promise((next) => setImmediate(next))
    expect(asked).toEqual(['a', 'b', 'c'])
    open[1]?.('127.0.0.2')
    open[2]?.('127.0.0.3')
    expect((await answers).map((answer) => answer.ok && answer.address)).toEqual([
      '127.0.0.1',
      '127.0.0.2',
      '127.0.0.3',
      '127.0.0.1',
    ])
  })

  test('a name server that says nothing', async () => {
    const resolve = createResolver(() => new Promise(() => {}))
    expect(await resolve('pve1', 20)).toEqual({ ok: false, sentence: 'the name pve1 was not looked up in time' })
  })
})
