import type { Draft } from '../state/draft.ts'
import type { State } from '../state/types.ts'
import type { GuestProgress } from './types.ts'

const KEPT = 5

/** Remembers how long something took. */
export function learn(draft: Draft, key: string, tookMs: number): void {
  const before = draft.state.learnedTimes[key]?.tookMs ?? []
  draft.put('learnedTimes', key, { key, tookMs: [...before, Math.max(0, Math.round(tookMs))].slice(-KEPT) })
}

/** The longest of the last times: a battery forgives no optimism. */
export function learnedMs(state: State, key: string): number | undefined {
  const took = state.learnedTimes[key]?.tookMs
  return took === undefined || took.length === 0 ? undefined : Math.max(...took)
}

export function guestKey({ cluster, guest }: Pick<GuestProgress, 'cluster' | 'guest'>): string {
  return `${cluster}/${guest}`
}

export const learnedGuest = (cluster: string, guest: string): string => `guest:${cluster}/${guest}`
export const learnedNode = (host: string): string => `node:${host}`
export const learnedBoot = (host: string): string => `boot:${host}`
