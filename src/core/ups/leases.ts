import { makeClaim } from '../power/claims.ts'
import type { Claim, Purpose } from '../power/types.ts'
import type { Draft } from '../state/draft.ts'
import type { State } from '../state/types.ts'
import { elapsedMs, later } from '../time.ts'
import { isIdle } from './host-step.ts'
import type { OutageEdit } from './outage-edit.ts'

/** Without a plan that renews it, the claim ends by itself: a plan that was lost does not mute recovery for ever. */
const TTL_MS = 15 * 60_000
const RENEW_AFTER_MS = 5 * 60_000
const BLOCKS: readonly Purpose[] = ['recovery', 'update', 'maintenance']

/** While the plan has to do with a host, recovery, updates and maintenance stand back from it, with this reason. */
export function renewLeases(edit: OutageEdit): void {
  const { draft, outage, now } = edit
  if (outage.dryRun || outage.phase === 'over') return
  const leases = leasesOf(draft.state)
  for (const host of edit.hosts()) {
    const lease = leases.find(({ target }) => target === host.host)
    const isWanted = outage.phase === 'on-battery' || !isIdle(host)
    if (!isWanted) {
      if (lease !== undefined) draft.put('claims', lease.id, undefined)
      continue
    }
    if (lease === undefined) {
      makeClaim(draft, {
        target: host.host,
        purpose: 'ups',
        by: 'ups',
        reason: `the power failure ${outage.id} is not over`,
        goal: 'hands-off',
        blocks: BLOCKS,
        until: { renewedAt: now, ttlMs: TTL_MS },
      })
    } else if (isAged(lease, draft)) {
      draft.put('claims', lease.id, {
        ...lease,
        revision: lease.revision + 1,
        until: { renewedAt: now, ttlMs: TTL_MS },
      })
    }
    draft.wakeBy(later(now, RENEW_AFTER_MS))
  }
}

/** One from another boot is renewed at once: its age cannot be told. */
function isAged({ until }: Claim, { now }: Draft): boolean {
  if (until === 'release' || !('renewedAt' in until)) return true
  return until.renewedAt.bootId !== now.bootId || elapsedMs(until.renewedAt, now) >= RENEW_AFTER_MS
}

export function endLeases(draft: Draft): void {
  for (const { id } of leasesOf(draft.state)) draft.put('claims', id, undefined)
}

export function leasesOf(state: State): readonly Claim[] {
  return Object.values(state.claims).filter(({ purpose, goal }) => purpose === 'ups' && goal === 'hands-off')
}
