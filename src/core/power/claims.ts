import type { Draft } from '../state/draft.ts'
import { sinceStartMs } from '../state/since.ts'
import type { State } from '../state/types.ts'
import { type At, elapsedMs, later, reached } from '../time.ts'
import { type Claim, PURPOSES, type Purpose, type Until } from './types.ts'

/** When a claim ends by itself; undefined where only its owner ends it. */
export function endOf(until: Until): At | undefined {
  if (until === 'release') return undefined
  return 'at' in until ? until.at : later(until.renewedAt, until.ttlMs)
}

export function claimsOn(state: State, target: string): Claim[] {
  return Object.values(state.claims).filter((claim) => claim.target === target || claim.target === '*')
}

/** The claim that keeps `purpose` from the target, if any. */
export function blockerOf(state: State, target: string, purpose: Purpose): Claim | undefined {
  return claimsOn(state, target).find((claim) => claim.blocks.includes(purpose))
}

/**
 * The wish that counts for a target: of those that nobody blocks, the one with the strongest purpose, and of those the
 * newest. A hands-off claim wishes nothing itself; it only blocks.
 */
export function winnerOf(state: State, target: string): Claim | undefined {
  let winner: Claim | undefined
  for (const claim of claimsOn(state, target)) {
    if (claim.goal === 'hands-off' || blockerOf(state, target, claim.purpose) !== undefined) continue
    if (winner === undefined || outranks(claim, winner)) winner = claim
  }
  return winner
}

function outranks(a: Claim, b: Claim): boolean {
  const rank = PURPOSES.indexOf(a.purpose) - PURPOSES.indexOf(b.purpose)
  return rank < 0 || (rank === 0 && elapsedMs(b.madeAt, a.madeAt) > 0)
}

export function makeClaim(draft: Draft, wish: Omit<Claim, 'id' | 'revision' | 'madeAt'>): Claim {
  const claim: Claim = { ...wish, id: draft.newId('claim'), revision: 1, madeAt: draft.now }
  draft.put('claims', claim.id, claim)
  return claim
}

export function endClaim(draft: Draft, id: string): void {
  if (draft.state.claims[id] !== undefined) draft.put('claims', id, undefined)
}

/** Ends what has run out, and asks to be woken for what will. */
export function expireClaims(draft: Draft): void {
  for (const claim of Object.values(draft.state.claims)) {
    const end = endOf(claim.until)
    if (end === undefined || cyclesFor(draft.state, claim.id)) continue
    if (!reached(end, draft.now) && !outlasted(draft, claim, end)) {
      draft.wakeBy(end)
      continue
    }
    draft.put('claims', claim.id, undefined)
    draft.tell('claim-ended', `${describeClaim(claim)} has run out.`, targetOf(claim))
  }
}

/** From another boot, with a clock that was set back, a wish never lasts longer than it was meant to from our own start. */
function outlasted(draft: Draft, claim: Claim, end: At): boolean {
  if (end.bootId === draft.now.bootId) return false
  const from = claim.until !== 'release' && 'renewedAt' in claim.until ? claim.until.renewedAt : claim.madeAt
  const leftMs = end.wallMs - from.wallMs - sinceStartMs(draft.state, draft.now)
  if (leftMs > 0) draft.wakeIn(leftMs)
  return leftMs <= 0
}

/** A cycle that has begun is carried to its end: its wish does not run out on the way. */
function cyclesFor(state: State, claim: string): boolean {
  return Object.values(state.intents).some((intent) => intent.claim.id === claim && intent.kind === 'cycle')
}

export function describeClaim(claim: Claim): string {
  const what = claim.goal === 'hands-off' ? (claim.purpose === 'operator' ? 'pause' : claim.purpose) : claim.goal
  const on = claim.target === '*' ? 'all hosts' : claim.target
  return `The ${what} of ${on} by ${claim.by} (${claim.reason})`
}

export function targetOf(claim: Claim): { host?: string } {
  return claim.target === '*' ? {} : { host: claim.target }
}
