import type { HostPolicy } from '../policy.ts'
import type { State } from '../state/types.ts'
import { OUTLET } from './arbiter.ts'
import { offOnPurposeIn } from './outlets.ts'
import { outletKey } from './types.ts'

/**
 * Somebody has taken the host into their hands: maintenance, an update, an OFF on order, or the plan for power failures.
 * Collections of a state never change once a decision is made: what is found in one is kept for as long as it is in force.
 */
export function isInHands(state: State, host: HostPolicy): boolean {
  const takenBy = claimedIn(state.claims)
  return (takenBy !== undefined && isClaimed(host, takenBy)) || isOffIn(state)(host)
}

const claimed = new WeakMap<State['claims'], ReadonlySet<string> | 'none'>()

/** Targets that somebody other than recovery wishes off, or has taken over. A pause is no reason to stay silent. */
function claimedIn(claims: State['claims']): ReadonlySet<string> | undefined {
  let targets = claimed.get(claims)
  if (targets === undefined) {
    targets = targetsIn(claims)
    claimed.set(claims, targets)
  }
  return targets === 'none' ? undefined : targets
}

function targetsIn(claims: State['claims']): ReadonlySet<string> | 'none' {
  const targets = new Set<string>()
  for (const claim of Object.values(claims)) {
    if (claim.purpose === 'recovery') continue
    if (claim.goal === 'off' || (claim.goal === 'hands-off' && claim.purpose !== 'operator')) targets.add(claim.target)
  }
  return targets.size === 0 ? 'none' : targets
}

function isClaimed(host: HostPolicy, targets: ReadonlySet<string>): boolean {
  if (targets.has(host.name) || targets.has('*')) return true
  return host.levels.some((level) => level.some((ref) => targets.has(`${OUTLET}${outletKey(ref)}`)))
}

type Off = { readonly outages: State['powerOutages']; readonly isOff: (host: HostPolicy) => boolean }
const off = new WeakMap<State['outlets'], Off>()

function isOffIn(state: State): (host: HostPolicy) => boolean {
  const known = off.get(state.outlets)
  if (known !== undefined && known.outages === state.powerOutages) return known.isOff
  const isOff = offOnPurposeIn(state)
  off.set(state.outlets, { outages: state.powerOutages, isOff })
  return isOff
}
