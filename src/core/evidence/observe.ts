import { list, spell } from '../phrase.ts'
import type { HostPolicy } from '../policy.ts'
import { offOnPurpose } from '../power/outlets.ts'
import type { Draft } from '../state/draft.ts'
import { feedsOf, roundOf } from '../state/initial.ts'
import type { HostNow } from '../state/types.ts'
import { type At, elapsedMs, reached } from '../time.ts'
import { type Conclusion, conclude } from './conclude.ts'
import type { Evidence, Verdict } from './types.ts'

/** Views of the cluster are some seconds behind. */
const VIEW_LAG_MS = 30_000
const CONTRADICTED_MS = 900_000

/** Evidence about a reference target carries this before its name. */
export const REFERENCE = 'reference:'

/**
 * Whether the process stood still since its last tick: a monotonic gap, or a wall clock that ran on while the monotonic
 * one did not (a suspend). What was seen before such a gap says nothing about now.
 */
export function voidAfterGap(draft: Draft): void {
  const round = roundOf(draft.state)
  const limit = 2 * draft.state.policy.intervalMs
  const monoGap = draft.now.monoMs - round.lastTickAt.monoMs
  const wallGap = draft.now.wallMs - round.lastTickAt.wallMs - monoGap
  if (monoGap > limit || wallGap > limit) {
    draft.tell(
      'watchdog-suspended',
      `The watchdog stood still for ${spell(Math.max(monoGap, wallGap))}. What it knew of the hosts is dropped, and the start-up grace begins anew.`,
    )
    for (const host of draft.state.policy.hosts) draft.put('hostsNow', host.name, blank(host.name, draft.now))
    draft.putRound({
      lastTickAt: draft.now,
      graceFrom: draft.now,
      referencesAnswer: undefined,
      storms: {},
      stormCanary: undefined,
    })
    return
  }
  // Now and then is enough to notice a gap of two intervals, and spares a change in most decisions.
  if (monoGap > limit / 40 || wallGap > limit / 40) draft.putRound({ lastTickAt: draft.now })
}

/** Answers that still say something about now: not too old, and not from before the process stood still. */
export function freshOf(draft: Draft, evidence: readonly Evidence[]): readonly Evidence[] {
  const { graceFrom } = roundOf(draft.state)
  const oldestMs = Math.max(graceFrom.monoMs, draft.now.monoMs - 2 * draft.state.policy.intervalMs)
  const isFresh = ({ sentAt }: Evidence) => sentAt.monoMs >= oldestMs && sentAt.bootId === draft.now.bootId
  return evidence.every(isFresh) ? evidence : evidence.filter(isFresh)
}

/** Takes in one round: who lives, who is silent, and whether we can see at all. */
export function observeRound(draft: Draft, number: number, evidence: readonly Evidence[]): void {
  const byHost = groupByHost(evidence)
  observeReferences(draft, number, byHost)
  observeBroken(draft, evidence)
  for (const host of draft.state.policy.hosts) {
    observeHost(draft, host, byHost.get(host.name) ?? [])
  }
}

/** Takes in answers outside the rounds. They can prove life at once; silence waits for the rounds to count it. */
export function observeProbed(draft: Draft, evidence: readonly Evidence[]): void {
  for (const [name, answers] of groupByHost(evidence)) {
    const host = draft.state.policy.hosts.find((each) => each.name === name)
    if (host === undefined) continue
    const before = nowOf(draft, name)
    draft.put('hostsNow', name, { ...before, ...lifeOf(answers, before) })
  }
}

export function nowOf(draft: Draft, host: string): HostNow {
  return draft.state.hostsNow[host] ?? blank(host, draft.now)
}

export function groupByHost(evidence: readonly Evidence[]): Map<string, Evidence[]> {
  const byHost = new Map<string, Evidence[]>()
  for (const each of evidence) {
    const known = byHost.get(each.host)
    if (known === undefined) byHost.set(each.host, [each])
    else known.push(each)
  }
  return byHost
}

function blank(host: string, now: At): HostNow {
  return {
    host,
    latest: {},
    verdict: 'unknown',
    verdictSince: now,
    failures: 0,
    unknownRounds: 0,
    wedgedRounds: 0,
    refusals: [],
  }
}

function observeHost(draft: Draft, host: HostPolicy, answers: readonly Evidence[]): void {
  const before = nowOf(draft, host.name)
  const conclusion = conclude(host, answers)
  const failures = conclusion === 'silent' ? before.failures + 1 : 0
  const wedgedRounds = conclusion === 'kernel-only' ? before.wedgedRounds + 1 : 0
  const unknownRounds = conclusion === 'unknown' ? before.unknownRounds + 1 : 0
  const threshold = draft.state.policy.failureThreshold
  const contradictedSince = contradicted(draft, host, failures >= threshold)
    ? (before.contradictedSince ?? draft.now)
    : undefined
  const seen = verdictOf(before.verdict, conclusion, failures >= threshold, wedgedRounds >= threshold)
  const verdict = seen === 'down' && longContradicted(draft, contradictedSince) ? 'wedged' : seen
  const latest: Record<string, Evidence> = {}
  for (const each of answers) latest[each.channel] = each
  draft.put('hostsNow', host.name, {
    ...before,
    ...lifeOf(answers, before),
    latest,
    verdict,
    verdictSince: verdict === before.verdict ? before.verdictSince : draft.now,
    failures,
    wedgedRounds,
    unknownRounds,
    contradictedSince,
    healthySince: verdict !== 'up' || conclusion !== 'up' ? undefined : (before.healthySince ?? draft.now),
  })
  tellHost(draft, host, before, nowOf(draft, host.name), answers)
}

/** Silent to us, but its peers have just seen it: one of us is wrong. */
function contradicted(draft: Draft, { name, cluster }: HostPolicy, silent: boolean): boolean {
  const view = feedsOf(draft.state).peers[cluster]
  if (!silent || view === undefined || !view.quorate || !view.members.includes(name)) return false
  return elapsedMs(view.at, draft.now) <= 2 * draft.state.policy.intervalMs + VIEW_LAG_MS
}

/** For so long no death goes unnoticed by corosync: its kernel lives, whatever answers us or does not. */
function longContradicted(draft: Draft, since: At | undefined): boolean {
  return since !== undefined && elapsedMs(since, draft.now) >= CONTRADICTED_MS
}

function verdictOf(before: Verdict, conclusion: Conclusion, dead: boolean, wedged: boolean): Verdict {
  if (conclusion === 'up') return 'up'
  if (conclusion === 'unknown') return 'unknown'
  if (conclusion === 'silent') return dead ? 'down' : before
  return wedged ? 'wedged' : before
}

/** When the newest answered probe was sent. Sent, not received: a late answer does not prove late life. */
function lifeOf(answers: readonly Evidence[], before: HostNow): Pick<HostNow, 'lastLifeAt' | 'lastUserlandLifeAt'> {
  let { lastLifeAt, lastUserlandLifeAt } = before
  for (const { says, proves, sentAt } of answers) {
    if (says !== 'life' || proves === 'none') continue
    if (lastLifeAt === undefined || sentAt.monoMs > lastLifeAt.monoMs) lastLifeAt = sentAt
    if (proves !== 'userland') continue
    if (lastUserlandLifeAt === undefined || sentAt.monoMs > lastUserlandLifeAt.monoMs) lastUserlandLifeAt = sentAt
  }
  return { lastLifeAt, lastUserlandLifeAt }
}

function tellHost(draft: Draft, host: HostPolicy, before: HostNow, after: HostNow, answers: readonly Evidence[]): void {
  const about = { host: host.name }
  const threshold = draft.state.policy.failureThreshold
  const seen = describe(answers)
  if (after.failures > 0 && after.failures < threshold && before.verdict === 'up') {
    draft.tell('host-silent', `${host.name} did not answer (${after.failures} of ${threshold}): ${seen}.`, about)
  }
  if (after.unknownRounds === threshold) {
    draft.tell('host-unknown', `Nothing certain is known about ${host.name} for ${threshold} rounds: ${seen}.`, about)
  }
  if (after.verdict === before.verdict) return
  const expected = after.verdict === 'down' ? expectedSilence(draft, host) : undefined
  if (after.verdict === 'down' && expected !== undefined) {
    draft.tell('host-down', `${host.name} is silent: ${expected}.`, { ...about, severity: 'info' })
  } else if (after.verdict === 'down') {
    draft.tell('host-down', `${host.name} is down: no answer in ${after.failures} rounds (${seen}).`, about)
  } else if (after.verdict === 'wedged') {
    const why =
      after.contradictedSince === undefined
        ? 'its kernel answers, its userland does not'
        : 'it answers nothing here, but the other nodes still see it as a member of the cluster'
    draft.tell('host-wedged', `${host.name} is wedged: ${why} (${seen}).`, about)
  } else if (after.verdict === 'up' && draft.state.hosts[host.name]?.outage === undefined) {
    draft.tell('host-up', `${host.name} answers (${seen}).`, about)
  }
}

/** Why nobody should be alarmed that a host is silent. */
function expectedSilence(draft: Draft, host: HostPolicy): string | undefined {
  if (offOnPurpose(draft.state, host)) return 'its outlet is off, as ordered'
  if (Object.values(draft.state.intents).some(({ target }) => target === host.name)) return 'it is being switched'
  const grace = draft.state.hosts[host.name]?.bootGraceUntil
  return grace !== undefined && !reached(grace, draft.now) ? 'it was switched on a short while ago' : undefined
}

export function describe(answers: readonly Evidence[]): string {
  if (answers.length === 0) return 'no fresh answer'
  return list(answers.map(({ channel, detail }) => `${channel}: ${detail}`))
}

/** Where no reference is configured, any other target's life serves as one; with nothing to go by the answer is unknown. */
function observeReferences(draft: Draft, number: number, byHost: ReadonlyMap<string, Evidence[]>): void {
  const round = roundOf(draft.state)
  const configured = draft.state.policy.references.length > 0
  let asked = 0
  let answered = 0
  for (const [name, answers] of byHost) {
    if (configured !== name.startsWith(REFERENCE)) continue
    asked += 1
    if (answers.some(({ says }) => says === 'life')) answered += 1
  }
  const referencesAnswer = asked === 0 || (!configured && asked === 1 && answered === 0) ? undefined : answered > 0
  const isolatedSince = referencesAnswer === false ? (round.isolatedSince ?? draft.now) : undefined
  if (isolatedSince !== undefined && round.isolatedSince === undefined) {
    draft.tell(
      'self-isolated',
      configured
        ? 'No reference target answers. The trouble may be our own network: no host is power-cycled meanwhile.'
        : 'Nothing at all answers. The trouble may be our own network: no host is power-cycled meanwhile.',
    )
  } else if (round.isolatedSince !== undefined && referencesAnswer === true) {
    const ms = elapsedMs(round.isolatedSince, draft.now)
    draft.tell('self-isolated-over', `Reference targets answer again, after ${spell(ms)}.`)
  }
  draft.putRound({ round: number, at: draft.now, referencesAnswer, isolatedSince })
}

/** A probe kind that cannot work is told once, however many hosts it concerns. */
function observeBroken(draft: Draft, evidence: readonly Evidence[]): void {
  const broken = new Map<string, string>()
  for (const { says, channel, detail } of evidence) {
    if (says === 'probe-broken' && !broken.has(channel)) broken.set(channel, detail)
  }
  const before = roundOf(draft.state).brokenChannels
  if (broken.size === 0 && before.length === 0) return
  for (const [channel, detail] of broken) {
    if (before.includes(channel)) continue
    draft.tell('probe-broken', `The probe ${channel} cannot work: ${detail}. Its silence proves nothing meanwhile.`)
  }
  for (const channel of before) {
    if (!broken.has(channel)) draft.tell('probe-mended', `The probe ${channel} works again.`)
  }
  draft.putRound({ brokenChannels: [...broken.keys()] })
}
