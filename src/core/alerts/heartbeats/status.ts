import { spell } from '../../phrase.ts'
import type { At } from '../../time.ts'
import { type Expectation, leftMs, periodMs, type Watched } from './expect.ts'

/** How one sender stands, for people. Times are wall clock milliseconds. */
export type WatchedStatus = {
  readonly name: string
  readonly lastMs?: number
  readonly periodMs?: number
  readonly dueMs?: number
  readonly state: 'waiting' | 'well' | 'ill' | 'missing'
  readonly sentence: string
}

export function stateOf({ missing, ill, last }: Watched): WatchedStatus['state'] {
  if (missing !== undefined) return 'missing'
  if (ill !== undefined) return 'ill'
  return last === undefined ? 'waiting' : 'well'
}

export function statusOf(expectation: Expectation, watched: Watched, graceFrom: At, now: At): WatchedStatus {
  const { name, last, missing } = watched
  const period = periodMs(expectation, watched)
  const state = stateOf(watched)
  const left = leftMs(expectation, watched, graceFrom, now)
  return {
    name,
    ...(last === undefined ? {} : { lastMs: last.wallMs }),
    ...(period === undefined ? {} : { periodMs: period }),
    ...(missing === undefined ? { dueMs: now.wallMs + left } : {}),
    state,
    sentence: sentenceOf(state, expectation, watched, left),
  }
}

function sentenceOf(state: WatchedStatus['state'], expectation: Expectation, watched: Watched, left: number): string {
  const { name, missing, ill } = watched
  if (state === 'missing') return missing?.annotations.description ?? ''
  if (state === 'ill') return ill?.annotations.description ?? ''
  const until = `Without a sign of life it is missing in ${spell(left)}.`
  if (state === 'waiting') return `${name} was not heard of yet. ${until}`
  const period = periodMs(expectation, watched)
  if (period === undefined) return `${name} is well; its period is being learned. ${until}`
  const known = expectation.everyMs === undefined ? 'learned' : 'configured'
  return `${name} is well; it comes every ${spell(period)} (${known}). ${until}`
}
