import type { Verdict } from '../../evidence/types.ts'
import type { DevicePolicy, HostPolicy, Policy } from '../../policy.ts'
import { isInHands } from '../../power/in-hands.ts'
import type { Intent } from '../../power/types.ts'
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
    return isInHands(this.state, host)
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
