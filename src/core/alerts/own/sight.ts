import type { Verdict } from '../../evidence/types.ts'
import type { DevicePolicy, HostPolicy, Policy } from '../../policy.ts'
import { OUTLET } from '../../power/arbiter.ts'
import { offOnPurposeIn } from '../../power/outlets.ts'
import { type Intent, outletKey } from '../../power/types.ts'
import type { Draft } from '../../state/draft.ts'
import { sinceMs, sinceStartMs } from '../../state/since.ts'
import type { State } from '../../state/types.ts'
import { type At, reached } from '../../time.ts'

type NamedHost = {
  readonly policy: HostPolicy
  /** The key of the alert that says it, by verdict. */
  readonly saysDead: Readonly<Record<Verdict, string | undefined>>
}
type Named = { readonly hosts: ReadonlyMap<string, NamedHost>; readonly devices: ReadonlyMap<string, DevicePolicy> }

/**
 * Policies and the collections of a state never change once a decision is made: what is found in one is kept for as long
 * as it is in force.
 */
const tables = new WeakMap<Policy, Named>()

function tableOf(policy: Policy): Named {
  let table = tables.get(policy)
  if (table === undefined) {
    table = {
      hosts: new Map(policy.hosts.map((host) => [host.name, namedHost(host)])),
      devices: new Map(policy.devices.map((device) => [device.name, device])),
    }
    tables.set(policy, table)
  }
  return table
}

function namedHost(policy: HostPolicy): NamedHost {
  const { name } = policy
  const saysDead = {
    up: undefined,
    down: `ProxmoxHostDown/${name}`,
    wedged: `ProxmoxHostWedged/${name}`,
    unknown: `ProxmoxHostUnknown/${name}`,
  }
  return { policy, saysDead }
}

/** What alerts are judged by: the state at the end of a decision, and `before` it. */
export class Sight {
  readonly draft: Draft
  readonly before: State
  /** A start or a reload: what was judged before was judged by another policy, or by another process. */
  readonly anew: boolean

  constructor(draft: Draft, before: State, anew: boolean) {
    this.draft = draft
    this.before = before
    this.anew = anew
  }

  get state(): State {
    return this.draft.state
  }

  get now(): At {
    return this.draft.now
  }

  sinceMs(at: At): number {
    return sinceMs(this.draft.state, at, this.draft.now)
  }

  host(name: string): HostPolicy | undefined {
    return tableOf(this.draft.state.policy).hosts.get(name)?.policy
  }

  saysDead(name: string, verdict: Verdict): string | undefined {
    return tableOf(this.draft.state.policy).hosts.get(name)?.saysDead[verdict]
  }

  device(name: string): DevicePolicy | undefined {
    return tableOf(this.draft.state.policy).devices.get(name)
  }

  /** Somebody has taken the host into their hands: maintenance, an update, or an OFF on order. */
  isInHands(host: HostPolicy): boolean {
    const { state } = this
    const takenBy = claimedIn(state.claims)
    return (takenBy !== undefined && isClaimed(host, takenBy)) || isOffIn(state)(host)
  }

  /** Its silence is our own doing: its power is cut by a plan of ours, or was until a moment ago. */
  isSilencedByUs(host: HostPolicy): boolean {
    return this.#isBooting(host) || this.#isSwitched(host)
  }

  #isBooting(host: HostPolicy): boolean {
    const until = this.state.hosts[host.name]?.bootGraceUntil
    if (until === undefined || reached(until, this.now)) return false
    // From another boot and a clock that was set back: it may not last longer than from our own start.
    return until.bootId === this.now.bootId || sinceStartMs(this.state, this.now) < host.bootGraceMs
  }

  #isSwitched(host: HostPolicy): boolean {
    return Object.values(this.state.intents).some(
      (intent) => intent.barrier !== 'checking' && (intent.target === host.name || switches(intent, host)),
    )
  }

  /** The live plan for a host or bare outlet. */
  planFor(target: string): Intent | undefined {
    return Object.values(this.state.intents).find((intent) => intent.target === target)
  }
}

function switches(intent: Intent, host: HostPolicy): boolean {
  return intent.legs.some(({ ref }) =>
    host.levels.some((level) => level.some(({ device, outlet }) => device === ref.device && outlet === ref.outlet)),
  )
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
