import { expect, test } from 'vitest'
import type { Policy } from '../policy.ts'
import { apply, isDurable, snapshotOf } from './apply.ts'
import { EMPTY_SNAPSHOT, initialState } from './initial.ts'
import type { Change, OutletRecord } from './types.ts'

const now = { wallMs: 0, bootId: 'boot', monoMs: 0 }
const before = initialState(EMPTY_SNAPSHOT, {} as Policy, now)

const put = (key: string, value?: OutletRecord): Change => ({ collection: 'outlets', key, value })

test('a change is folded into a new state; the given one stays as it was', () => {
  const frozen = JSON.stringify(before)
  const after = apply(before, [put('a', { key: 'a' }), put('b', { key: 'b' }), put('a')])
  expect(after.outlets).toEqual({ b: { key: 'b' } })
  expect(JSON.stringify(before)).toBe(frozen)
  expect(before.outlets).toEqual({})
})

test('what was not changed is the same object', () => {
  const after = apply(before, [put('a', { key: 'a' })])
  expect(after.hosts).toBe(before.hosts)
  expect(after.roundNow).toBe(before.roundNow)
  expect(apply(before, [])).toBe(before)
})

test('what is only seen is not durable', () => {
  expect(isDurable(put('a'))).toBe(true)
  expect(isDurable({ collection: 'hostsNow', key: 'a', value: undefined })).toBe(false)
  expect(Object.keys(snapshotOf(before)).sort()).toEqual(Object.keys(EMPTY_SNAPSHOT).sort())
})
