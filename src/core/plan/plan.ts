import type { Refusal } from '../codes.ts'
import type { Verdict } from '../evidence/types.ts'
import { list, spell } from '../phrase.ts'
import { intentOn } from '../power/arbiter.ts'
import { type Command, outletKey } from '../power/types.ts'
import { type Explanation, explainHost } from '../recovery/explain.ts'
import { refusalsFor } from '../recovery/guards/evaluate.ts'
import { decide } from '../state/decide.ts'
import type { Effect, State, Told } from '../state/types.ts'
import { type At, elapsedMs } from '../time.ts'
import { describeErrand } from '../ups/describe-errand.ts'
import type { Situation } from './situation.ts'

/** What the watchdog would do in a situation, and why: the same code that decides on real machines, without effects. */
export type Plan = {
  readonly at: At
  readonly mode: 'dry-run' | 'act'
  readonly hosts: readonly HostPlan[]
  /** What would be told in the next step. */
  readonly tells: readonly Told[]
  /** What would be done after it, as sentences. */
  readonly does: readonly string[]
  /** Milliseconds until it would look again by itself; undefined where it waits for the next round. */
  readonly againInMs?: number
}

export type HostPlan = {
  readonly host: string
  readonly verdict: Verdict
  readonly sentence: string
  /** Why its power is not cut; only of hosts that are not well. */
  readonly refusals: readonly Refusal[]
  readonly next: Explanation['next']
}

/** Decides as if the situation were now. Nothing is changed and nothing is sent. */
export function planSituation({ state, at }: Situation): Plan {
  const decision = decide(state, { kind: 'wake' }, at)
  const againInMs = decision.wakeAt === undefined ? undefined : elapsedMs(at, decision.wakeAt)
  return {
    at,
    mode: state.policy.mode,
    hosts: state.policy.hosts.map(({ name }) => planHost(state, name, at)),
    tells: decision.told,
    does: decision.effects.map(describeEffect),
    ...(againInMs === undefined ? {} : { againInMs }),
  }
}

function planHost(state: State, name: string, at: At): HostPlan {
  const explanation = explainHost(state, name, at) as Explanation
  const host = state.policy.hosts.find((each) => each.name === name)
  const seen = state.hostsNow[name]
  const dead = seen?.verdict === 'down' || seen?.verdict === 'wedged'
  const asked = host !== undefined && dead && intentOn(state, name) === undefined
  return {
    host: name,
    verdict: explanation.verdict,
    sentence: explanation.sentence,
    refusals: asked ? refusalsFor(state, host, 'recovery', at) : [],
    next: explanation.next,
  }
}

function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'command':
      return describeCommand(effect.command)
    case 'probe':
      return `ask ${list(effect.hosts)} once more, outside the rounds`
    case 'breadcrumb-remove':
      return `forget the mark of ${effect.intent}: nothing is owed any more`
    case 'errand':
      return describeErrand(effect.errand)
    case 'answer':
      return `answer: ${effect.sentence}`
  }
}

function describeCommand({ op, ref, armSeconds }: Command): string {
  const key = outletKey(ref)
  switch (op) {
    case 'identify':
      return `ask ${ref.device} who it is, and how outlet ${ref.outlet} stands`
    case 'read':
      return `read outlet ${key}`
    case 'arm':
      return `arm the timer inside ${ref.device} to turn outlet ${ref.outlet} on after ${spell((armSeconds ?? 0) * 1000)}`
    case 'disarm':
      return `disarm the timer inside ${ref.device} for outlet ${ref.outlet}`
    case 'off':
      return `turn outlet ${key} OFF`
    case 'on':
      return `turn outlet ${key} ON`
  }
}
