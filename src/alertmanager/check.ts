import { criticalIsTold, inhibitsEverywhere } from './checks/critical.ts'
import { deadManInhibited, deadMansSwitch } from './checks/dead-man.ts'
import { receiversOfRoutes, receiversThemselves } from './checks/receivers.ts'
import { twoRelays } from './checks/relays.ts'
import { repeatEqualsGroup, rootRoute, timeIntervals, unreachedRoutes } from './checks/structure.ts'
import { addresses, redirectsFollowed, sendResolved, truncation } from './checks/webhooks.ts'
import type { Source } from './entry.ts'
import type { Finding } from './finding.ts'
import type { Labels } from './matcher.ts'
import { type Check, type CheckOptions, CRITICAL, deadManLabels, type Model, modelOf, waysOf } from './model.ts'
import { periodMs } from './routes.ts'

const CHECKS: readonly Check[] = [
  rootRoute,
  receiversOfRoutes,
  receiversThemselves,
  unreachedRoutes,
  timeIntervals,
  deadMansSwitch,
  deadManInhibited,
  criticalIsTold,
  inhibitsEverywhere,
  repeatEqualsGroup,
  twoRelays,
  sendResolved,
  truncation,
  addresses,
  redirectsFollowed,
]

export type PlacedFinding = Finding & { readonly line?: number; readonly column?: number }

/** Where an alert goes: one receiver each, with how often it is told again while it goes on firing. */
export type Way = { readonly receiver: string; readonly tellsSomebody: boolean; readonly everyMs: number }

export type Report = {
  /** In the order of the file. */
  readonly findings: readonly PlacedFinding[]
  readonly deadMan: readonly Way[]
  readonly critical: readonly Way[]
  readonly model: Model
}

/** Reads a parsed alertmanager.yml as Alertmanager does, and names its traps. Never throws, whatever its shape. */
export function checkAlertmanager(source: Source, options: CheckOptions): Report {
  const told: Finding[] = []
  const model = modelOf(source, options, told)
  for (const check of CHECKS) told.push(...check(model))
  return {
    findings: placed(told, source),
    deadMan: ways(model, deadManLabels(options)),
    critical: ways(model, CRITICAL),
    model,
  }
}

/** Findings with their places, in the order of the file; the same one twice is told once. */
export function placed(findings: readonly Finding[], source: Source): readonly PlacedFinding[] {
  const seen = new Set<string>()
  return findings
    .map((one): PlacedFinding => ({ ...one, ...source.position(one.path, one.at) }))
    .filter(({ line, column, code, sentence }) => {
      const key = `${line}:${column} ${code} ${sentence}`
      return !seen.has(key) && seen.add(key)
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

function ways(model: Model, labels: Labels): readonly Way[] {
  const { all, told } = waysOf(model, labels)
  return all.map((route) => ({
    receiver: route.receiver,
    tellsSomebody: told.includes(route),
    everyMs: periodMs(route),
  }))
}
