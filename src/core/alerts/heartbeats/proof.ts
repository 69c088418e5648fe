import { list, spell } from '../../phrase.ts'

/** What may count for our health; the configuration may leave some out. */
export const HEALTH_PARTS = ['rounds', 'store', 'outbox', 'power-devices', 'drill', 'receivers'] as const
export type HealthPart = (typeof HEALTH_PARTS)[number]

/**
 * What is known of ourselves, as it was seen. Every time is in milliseconds on the clock of the `nowMs` that it is
 * compared with. What is not configured is missing.
 */
export type HealthFacts = {
  /** When this process began to watch, or began anew after it had stood still: what is older proves nothing. */
  readonly startedMs: number
  /** `lastDoneMs`: when the last round of probes was done with. `lost`: rounds in a row that could not begin. */
  readonly rounds?: { readonly intervalMs: number; readonly lastDoneMs?: number; readonly lost: number }
  readonly storeWritable: boolean
  readonly outbox: {
    /** When the oldest critical message was made that no channel has taken yet. */
    readonly oldestCriticalMs?: number
    /** When the oldest came in that still waits in the inbox. */
    readonly oldestInboxMs?: number
  }
  readonly devices: readonly { readonly name: string; readonly unreachableSinceMs?: number }[]
  readonly drill?: {
    readonly everyMs: number
    /** Since when drills are configured: a fresh installation has not had one yet. */
    readonly expectedSinceMs: number
    readonly last?: { readonly atMs: number; readonly ok: boolean; readonly failed: readonly string[] }
  }
  /** Whether an alert would reach any channel at all. */
  readonly tellsSomebody: boolean
}

/**
 * `well`: everything that counts was seen to work. `early`: nothing is wrong, but since the start not everything was
 * seen yet, and neither may be claimed. `reasons` are sentences for people; they hold no secret.
 */
export type HealthProof = { readonly well: boolean; readonly early: boolean; readonly reasons: readonly string[] }

/** Rounds may be this many intervals old: one that takes long, and one that is lost. */
const ROUNDS_LATE = 3
const CRITICAL_STUCK_MS = 600_000
const INBOX_STUCK_MS = 120_000
const DEVICE_SILENT_MS = 600_000
/** A drill may be late by as much as its period. */
const DRILL_PERIODS = 2

/** Whether we may say of ourselves that all is well. `counts`: the parts that are looked at. */
export function proveHealth(
  facts: HealthFacts,
  nowMs: number,
  counts: readonly HealthPart[] = HEALTH_PARTS,
): HealthProof {
  const reasons = counts.flatMap((part) => CHECKS[part](facts, nowMs))
  if (reasons.length > 0) return { well: false, early: false, reasons }
  const early = counts.includes('rounds') && facts.rounds !== undefined && lastRoundMs(facts) === undefined
  return early
    ? { well: false, early, reasons: ['The first round of probes since the start is not done yet.'] }
    : { well: true, early, reasons }
}

function lastRoundMs({ rounds, startedMs }: HealthFacts): number | undefined {
  const lastMs = rounds?.lastDoneMs
  return lastMs === undefined || lastMs < startedMs ? undefined : lastMs
}

const CHECKS: Readonly<Record<HealthPart, (facts: HealthFacts, nowMs: number) => readonly string[]>> = {
  rounds: (facts, nowMs) => {
    const { rounds, startedMs } = facts
    if (rounds === undefined) return []
    const lastMs = lastRoundMs(facts)
    const ageMs = nowMs - (lastMs ?? startedMs)
    if (ageMs > ROUNDS_LATE * rounds.intervalMs) {
      const since = lastMs === undefined ? 'since the start' : `for ${spell(ageMs)}`
      return [`No round of probes was done ${since}; one is due every ${spell(rounds.intervalMs)}.`]
    }
    // One lost round is made up for by the next; a second one in a row means that a probe is stuck.
    return rounds.lost > 1 ? [`${rounds.lost} rounds of probes in a row were lost: a probe is stuck.`] : []
  },
  store: ({ storeWritable }) =>
    storeWritable ? [] : ['The state cannot be written: alerts cannot be kept, and no power cycle is begun.'],
  outbox: ({ outbox }, nowMs) => {
    const { oldestCriticalMs, oldestInboxMs } = outbox
    const reasons: string[] = []
    if (oldestCriticalMs !== undefined && nowMs - oldestCriticalMs > CRITICAL_STUCK_MS) {
      reasons.push(`A critical alert has reached nobody for ${spell(nowMs - oldestCriticalMs)}.`)
    }
    if (oldestInboxMs !== undefined && nowMs - oldestInboxMs > INBOX_STUCK_MS) {
      reasons.push(`Alerts that came in have waited for ${spell(nowMs - oldestInboxMs)} to be looked at.`)
    }
    return reasons
  },
  'power-devices': ({ devices }, nowMs) => {
    const silent = devices.filter(
      ({ unreachableSinceMs }) => unreachableSinceMs !== undefined && nowMs - unreachableSinceMs > DEVICE_SILENT_MS,
    )
    if (silent.length === 0) return []
    const names = list(silent.map(({ name }) => name))
    const since = Math.min(...silent.map(({ unreachableSinceMs = nowMs }) => unreachableSinceMs))
    const are = silent.length === 1 ? 'The power device' : 'The power devices'
    const have = silent.length === 1 ? 'has' : 'have'
    return [`${are} ${names} ${have} not answered for ${spell(nowMs - since)}.`]
  },
  drill: ({ drill }, nowMs) => {
    if (drill === undefined) return []
    const { last, everyMs, expectedSinceMs } = drill
    if (last?.ok === false) {
      const by = last.failed.length === 0 ? '' : ` by ${list(last.failed)}`
      return [`The last drill, ${spell(nowMs - last.atMs)} ago, did not arrive${by}.`]
    }
    const ageMs = nowMs - (last?.atMs ?? expectedSinceMs)
    if (ageMs <= DRILL_PERIODS * everyMs) return []
    return [`No drill has arrived for ${spell(ageMs)}; one is due every ${spell(everyMs)}.`]
  },
  receivers: ({ tellsSomebody }) => (tellsSomebody ? [] : ['There is nobody to tell: no channel is configured.']),
}
