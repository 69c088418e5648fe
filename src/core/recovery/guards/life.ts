import { spell } from '../../phrase.ts'
import { roundOf } from '../../state/initial.ts'
import { sinceStartMs } from '../../state/since.ts'
import { elapsedMs, reached } from '../../time.ts'
import { type Guard, RECOVERY, type Situation } from './guard.ts'

/** Guards about what was seen of the host itself, and whether we can see at all. */
export const lifeGuards: readonly Guard[] = [
  { code: 'host-alive', purposes: ['recovery', 'ups'], check: hostAlive },
  { code: 'evidence-missing', purposes: RECOVERY, check: evidenceMissing },
  { code: 'wedged', purposes: RECOVERY, check: wedged },
  { code: 'self-isolated', purposes: RECOVERY, check: selfIsolated },
  { code: 'startup-grace', purposes: RECOVERY, check: startupGrace },
  { code: 'boot-grace', purposes: RECOVERY, check: bootGrace },
]

function hostAlive({ state, now, host, hostNow }: Situation): string | undefined {
  const lastLife = host.onWedged === 'cycle' ? hostNow?.lastUserlandLifeAt : hostNow?.lastLifeAt
  const life = hasUserland(host) ? lastLife : hostNow?.lastLifeAt
  if (life === undefined) return undefined
  const { intervalMs, failureThreshold } = state.policy
  const ms = elapsedMs(life, now)
  if (ms > (failureThreshold - 0.5) * intervalMs) return undefined
  return `${host.name} answered ${spell(ms)} ago.`
}

function hasUserland(host: Situation['host']): boolean {
  return host.channels.some(({ proves }) => proves === 'userland')
}

/** Silence must be fresh, from every channel that could prove life, and counted up to the threshold. */
function evidenceMissing({ state, now, host, hostNow }: Situation): string | undefined {
  const { intervalMs, failureThreshold } = state.policy
  for (const { name, proves } of host.channels) {
    if (proves === 'none') continue
    const latest = hostNow?.latest[name]
    if (latest === undefined) return `There is no answer from the probe ${name} yet.`
    if (latest.says === 'probe-broken') return `The probe ${name} cannot work: ${latest.detail}.`
    if (elapsedMs(latest.sentAt, now) > 2 * intervalMs) return `The last answer of the probe ${name} is too old.`
  }
  const rounds = Math.max(hostNow?.failures ?? 0, hostNow?.wedgedRounds ?? 0)
  if (rounds >= failureThreshold) return undefined
  return `Only ${rounds} of ${failureThreshold} rounds in a row were without an answer.`
}

function wedged({ host, hostNow }: Situation): string | undefined {
  if (hostNow?.verdict !== 'wedged' || host.onWedged === 'cycle') return undefined
  return `${host.name} is wedged: its kernel still answers. Set onWedged: cycle to have such a host power-cycled.`
}

function selfIsolated({ state }: Situation): string | undefined {
  const { referencesAnswer } = roundOf(state)
  if (referencesAnswer === true) return undefined
  if (referencesAnswer === false) return 'No reference target answered this round: the trouble may be our own network.'
  return 'There is no reference target that could tell our own trouble from the host’s. Configure one.'
}

function startupGrace({ state, now }: Situation): string | undefined {
  const leftMs = state.policy.startupGraceMs - elapsedMs(roundOf(state).graceFrom, now)
  if (leftMs <= 0) return undefined
  return `The watchdog watches again only since a moment ago; ${spell(leftMs)} of its start-up grace are left.`
}

function bootGrace({ state, now, host, record }: Situation): string | undefined {
  const until = record.bootGraceUntil
  if (until === undefined) return undefined
  if (reached(until, now)) return undefined
  // From another boot and a clock that was set back: the grace may not outlast the one counted from our own start.
  const leftMs = until.bootId === now.bootId ? elapsedMs(now, until) : host.bootGraceMs - sinceStartMs(state, now)
  if (leftMs <= 0) return undefined
  return `${host.name} was switched on a short while ago; ${spell(leftMs)} of its boot grace are left.`
}
