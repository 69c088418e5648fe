import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PURPOSES } from '../core/power/types.ts'
import type { Change, Snapshot, Told } from '../core/state/types.ts'
import { openOrFail, removeDirectory, temporaryDirectory, told } from './samples.ts'

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const at = fc.record({ wallMs: number, bootId: fc.string(), monoMs: number })
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const ref = fc.record({ device: fc.string({ unit: 'binary' }), outlet: fc.string() })

const host = fc.record({
  host: fc.string({ unit: 'binary' }),
  cycleTimes: fc.array(at, { maxLength: 3 }),
  lockout: optional(fc.record({ at, sentence: fc.string({ unit: 'binary' }) })),
  bootGraceUntil: optional(at),
})
const claim = fc.record({
  id: fc.string(),
  revision: fc.nat(),
  target: fc.string(),
  purpose: fc.constantFrom(...PURPOSES),
  by: fc.string(),
  reason: fc.string({ unit: 'binary' }),
  goal: fc.constantFrom('on' as const, 'off' as const, 'cycle' as const, 'hands-off' as const),
  blocks: fc.uniqueArray(fc.constantFrom(...PURPOSES)),
  until: fc.oneof(fc.record({ at }), fc.record({ renewedAt: at, ttlMs: number }), fc.constant('release' as const)),
  madeAt: at,
})
const command = fc.record({
  id: fc.string(),
  intent: fc.string(),
  leg: fc.nat(),
  ref,
  op: fc.constantFrom('identify' as const, 'read' as const, 'arm' as const, 'off' as const, 'on' as const),
  attempt: fc.nat(),
  epoch: fc.nat(),
  sendBefore: at,
})
const pin = fc.record({
  device: fc.string(),
  deviceId: fc.string(),
  model: fc.string(),
  at,
  aliases: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
})

const key = fc.constantFrom('a', 'b', '__proto__', 'strip/0', 'ünï🦫')
const put = <C extends Change['collection']>(collection: C, value: fc.Arbitrary<unknown>) =>
  fc.record({ collection: fc.constant(collection), key, value: optional(value) }) as unknown as fc.Arbitrary<Change>
const change = fc.oneof(put('hosts', host), put('claims', claim), put('commands', command), put('pins', pin))

type Step = { readonly changes: Change[]; readonly told: number; readonly next: 'go on' | 'restart' | 'crash' | 'fail' }
const step: fc.Arbitrary<Step> = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  told: fc.nat(3),
  next: fc.constantFrom('go on' as const, 'go on' as const, 'restart' as const, 'crash' as const, 'fail' as const),
})

/** The same fold, in memory. */
class Model {
  readonly collections = new Map<string, Map<string, unknown>>()
  sentences: string[] = []

  fold(changes: readonly Change[], happenings: readonly Told[]): void {
    for (const { collection, key: name, value } of changes) {
      const rows = this.collections.get(collection) ?? new Map()
      this.collections.set(collection, rows)
      if (value === undefined) rows.delete(name)
      // JSON knows neither undefined fields nor -0.
      else rows.set(name, JSON.parse(JSON.stringify(value)))
    }
    this.sentences = [...happenings.map(({ sentence }) => sentence).toReversed(), ...this.sentences]
  }

  matches(snapshot: Snapshot): void {
    for (const [collection, rows] of Object.entries(snapshot)) {
      expect(new Map(Object.entries(rows))).toEqual(this.collections.get(collection) ?? new Map())
    }
  }
}

/** What a kill leaves: the files as they are, without the checkpoint of a clean close. */
function copyOf(directory: string, to: string): string {
  mkdirSync(to)
  for (const name of ['state.sqlite', 'state.sqlite-wal']) {
    if (existsSync(join(directory, name))) copyFileSync(join(directory, name), join(to, name))
  }
  return to
}

test('whatever was committed is what is loaded, through restarts, crashes and failed commits', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const root = temporaryDirectory()
      let directory = join(root, '0')
      let store = openOrFail(directory)
      const model = new Model()
      try {
        for (const [index, { changes, told: count, next }] of steps.entries()) {
          const happenings = Array.from({ length: count }, (_, nth) => told(`${index}.${nth}`))
          if (next === 'fail') {
            const bad = told('never', { at: { wallMs: Number.NaN, bootId: 'b', monoMs: 0 } })
            expect(store.commit(changes, [...happenings, bad]).ok).toBe(false)
          } else {
            expect(store.commit(changes, happenings)).toEqual({ ok: true })
            model.fold(changes, happenings)
          }
          if (next === 'crash') {
            const copy = copyOf(directory, join(root, `${index + 1}`))
            store.close()
            directory = copy
            store = openOrFail(directory)
          } else if (next === 'restart') {
            store.close()
            store = openOrFail(directory)
          }
          model.matches(store.load())
          const events = store.events({ limit: 1_000 })
          expect(events.ok && events.events.map(({ sentence }) => sentence)).toEqual(model.sentences)
        }
      } finally {
        store.close()
        removeDirectory(root)
      }
    }),
    { numRuns: 150 },
  )
})
