import type { ClusterAlert } from '../../alerts/own/cluster-table.ts'
import { backupRules } from './backup-rules.ts'
import { guestRules } from './guest-rules.ts'
import { nodeRules } from './node-rules.ts'
import { quorumRules } from './quorum-rules.ts'
import type { Held, Rule, Scene } from './rule.ts'
import { storageRules } from './storage-rules.ts'
import { upkeepRules } from './upkeep-rules.ts'

const RULES: readonly Rule[] = [
  ...quorumRules,
  ...nodeRules,
  ...guestRules,
  ...storageRules,
  ...backupRules,
  ...upkeepRules,
]

/** One alert as it stands: what an `observed` event says. */
export type Finding = {
  readonly name: ClusterAlert
  /** `CLUSTER`, or `CLUSTER/` and what of it. */
  readonly subject: string
  readonly holds: boolean
  readonly sentence: string
}

/** An alert that was said to hold and not yet to be over. */
export type OpenAlert = { readonly name: string; readonly subject: string; readonly firing: boolean }

/** Of what is told each time anew: by alert and subject the event that it was told of. */
export type Episodes = Readonly<Record<string, string>>

export type Findings = { readonly findings: readonly Finding[]; readonly episodes: Episodes }

/**
 * What holds now, and what of `open` does so no longer. Whatever cannot be told for lack of fresh data is in neither:
 * it stays as it was.
 */
export function judgeConditions(scene: Scene, open: readonly OpenAlert[], episodes: Episodes = {}): Findings {
  const { cluster } = scene.model
  const mine = open.filter(({ subject }) => subject === cluster || subject.startsWith(`${cluster}/`))
  const known = new Map(mine.map((alert) => [`${alert.name}/${alert.subject}`, alert]))
  const findings: Finding[] = []
  const told: Record<string, string> = {}
  for (const rule of RULES) {
    const held = new Set<string>()
    for (const each of rule.holding(scene)) {
      const subject = subjectOf(cluster, each.subject)
      held.add(subject)
      const key = `${rule.name}/${subject}`
      if (each.episode !== undefined) told[key] = each.episode
      findings.push(...findingsOf(rule, subject, restingIn(scene, rule, each), known.get(key), episodes[key]))
    }
    for (const { name, subject } of mine) {
      if (name !== rule.name || held.has(subject)) continue
      const within = subject.slice(cluster.length + 1)
      if (rule.isKnown(scene, within))
        findings.push({ name: rule.name, subject, holds: false, sentence: rule.over(within) })
    }
  }
  return { findings, episodes: told }
}

/** What a shutdown in order brings with it, and the way back. */
const BY_POWER_FAILURE: ReadonlySet<ClusterAlert> = new Set([
  'PveNodeOffline',
  'PveQuorumLost',
  'PveMarginZero',
  'PveVotesMissing',
  'PveViewsDisagree',
  'PveViewStale',
  'PveStorageInactive',
  'PveReplicationFailed',
  'PveReplicationStale',
  'PveGuestDown',
  'PveGuestNotStarted',
])

function restingIn({ clues }: Scene, { name }: Rule, held: Held): Held {
  const rests = held.rests ?? (BY_POWER_FAILURE.has(name) ? clues.powerFailure : undefined)
  return rests === undefined ? held : { ...held, rests }
}

function findingsOf(
  rule: Rule,
  subject: string,
  held: Held,
  open: OpenAlert | undefined,
  before: string | undefined,
): Finding[] {
  const { name } = rule
  if (held.rests !== undefined) {
    // What fires goes on: it was no noise. What only waits to fire begins anew.
    return open === undefined || open.firing ? [] : [{ name, subject, holds: false, sentence: held.rests }]
  }
  const holds: Finding = { name, subject, holds: true, sentence: held.sentence }
  const isNext = open !== undefined && held.episode !== undefined && before !== undefined && before !== held.episode
  return isNext ? [{ name, subject, holds: false, sentence: 'It happened again.' }, holds] : [holds]
}

function subjectOf(cluster: string, within: string): string {
  return within === '' ? cluster : `${cluster}/${within}`
}
