import { GUARDS, type GuardCode, type Refusal } from '../../codes.ts'
import type { HostPolicy } from '../../policy.ts'
import type { Intent, Purpose } from '../../power/types.ts'
import { recordOf } from '../../state/initial.ts'
import type { State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import { clusterGuards } from './cluster.ts'
import type { Guard, Situation } from './guard.ts'
import { lifeGuards } from './life.ts'
import { orderGuards } from './orders.ts'
import { powerGuards } from './power.ts'
import { type SilentHosts, silentHosts, stormGuards } from './storm.ts'

/** All guards, in the order in which they are told. */
export const ALL_GUARDS: readonly Guard[] = [
  ...lifeGuards,
  ...stormGuards,
  ...clusterGuards,
  ...powerGuards,
  ...orderGuards,
]

/** The guards that refuse to begin cutting the power of `host` for `purpose`; none where it may begin. */
export function refusalsFor(
  state: State,
  host: HostPolicy,
  purpose: Purpose,
  now: At,
  self?: Intent,
  silent = silentHosts(state),
): Refusal[] {
  const situation = situationOf(state, host, purpose, now, self, silent)
  const refusals: Refusal[] = []
  for (const guard of ALL_GUARDS) {
    if (!guard.purposes.includes(purpose)) continue
    const sentence = guard.check(situation)
    if (sentence === undefined || refusals.some(({ code }) => code === guard.code)) continue
    refusals.push({ code: guard.code, sentence })
  }
  return refusals
}

/** Every guard's word, also of those that do not hold: for explaining. */
export function wordOfEveryGuard(
  state: State,
  host: HostPolicy,
  purpose: Purpose,
  now: At,
  self?: Intent,
  silent = silentHosts(state),
): { code: GuardCode; holds: boolean; sentence: string }[] {
  const refused = new Map(
    refusalsFor(state, host, purpose, now, self, silent).map(({ code, sentence }) => [code, sentence]),
  )
  return (Object.keys(GUARDS) as GuardCode[]).map((code) => ({
    code,
    holds: refused.has(code),
    sentence: refused.get(code) ?? GUARDS[code],
  }))
}

function situationOf(
  state: State,
  host: HostPolicy,
  purpose: Purpose,
  now: At,
  self: Intent | undefined,
  silent: SilentHosts,
): Situation {
  return {
    state,
    now,
    host,
    hostNow: state.hostsNow[host.name],
    record: recordOf(state, host.name),
    purpose,
    silent,
    ...(self === undefined ? {} : { self }),
  }
}
