import { REFERENCE } from '../../src/core/evidence/observe.ts'
import type { Evidence, Says } from '../../src/core/evidence/types.ts'
import type { HostPolicy, Policy } from '../../src/core/policy.ts'
import type { At } from '../../src/core/time.ts'
import { findHost, type Look, look, lookAtGateway, type World } from '../../src/lab/world/index.ts'

/** A channel (or all of a host's, or all there are) that says what is not so. */
export type Lie = { readonly host?: string; readonly channel?: string; readonly says: Says }

const SILENCE: Look = { says: 'silence', proves: 'none' }

/** What the probes of one round, or of a look outside the rounds, bring back. */
export function probe(
  world: World,
  policy: Policy,
  only: readonly string[] | undefined,
  round: number,
  lies: readonly Lie[],
  at: At,
): Evidence[] {
  const evidence: Evidence[] = []
  for (const host of policy.hosts) {
    if (only !== undefined && !only.includes(host.name)) continue
    for (const channel of host.channels) evidence.push(ask(world, host, channel, round, lies, at))
  }
  if (only !== undefined) return evidence
  for (const { name } of policy.references) {
    evidence.push(evidenceOf(`${REFERENCE}${name}`, 'icmp', 'kernel', lookAtGateway(world), round, lies, at))
  }
  return evidence
}

function ask(
  world: World,
  host: HostPolicy,
  channel: HostPolicy['channels'][number],
  round: number,
  lies: readonly Lie[],
  at: At,
): Evidence {
  const there = findHost(world, host.name)
  const seen = there === undefined ? SILENCE : look(world, there, channel.name === 'icmp' ? 'icmp' : 'http')
  return evidenceOf(host.name, channel.name, channel.proves, seen, round, lies, at)
}

function evidenceOf(
  host: string,
  channel: string,
  mayProve: 'kernel' | 'userland' | 'none',
  seen: Look,
  round: number,
  lies: readonly Lie[],
  at: At,
): Evidence {
  let { says, proves }: { says: Says; proves: Evidence['proves'] } = seen
  for (const lie of lies) {
    if (lie.host !== undefined && lie.host !== host) continue
    if (lie.channel !== undefined && lie.channel !== channel) continue
    says = lie.says
    proves = lie.says === 'life' ? mayProve : 'none'
  }
  const detail = says === 'life' ? 'it answers' : says === 'silence' ? 'no answer' : 'cannot be asked'
  return { host, vantage: 'here', channel, round, says, proves, sentAt: at, receivedAt: at, detail }
}
