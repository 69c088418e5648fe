import type { AlertSeverity, Labels } from '../types.ts'
import { matchedLabels, matchesAll } from './matchers.ts'
import type { Inhibition, Routing } from './routing.ts'

type Matched = { readonly labels: Labels; readonly severity: AlertSeverity }

/** Between the parts of a key; no label holds it. */
const SEPARATOR = '\u0000'

/**
 * What an alert folds while it fires, as keys: it folds an alert that has one of them among its `foldedBy`. Empty for
 * one that is no source. By keys, so that thousands of sources cost a target no more than one does.
 */
export function foldsBy(routing: Routing, alert: Matched): readonly string[] {
  const labels = matchedLabels(alert)
  return routing.inhibitions.flatMap((inhibition, rule) =>
    matchesAll(inhibition.source, labels) ? keysOf(inhibition, rule, 'source', labels) : [],
  )
}

/**
 * The keys by which an alert can be folded. An emergency never is; nor is one by a rule of which it is a source itself,
 * or two dead hosts could silence each other.
 */
export function foldedBy(routing: Routing, alert: Matched): readonly string[] {
  if (alert.severity === 'emergency') return []
  const labels = matchedLabels(alert)
  return routing.inhibitions.flatMap((inhibition, rule) => {
    if (!matchesAll(inhibition.target, labels) || matchesAll(inhibition.source, labels)) return []
    return keysOf(inhibition, rule, 'target', labels)
  })
}

/** One key for each pair that the alert has a value for. Without pairs the rule is about everything that it matches. */
function keysOf(inhibition: Inhibition, rule: number, side: 'source' | 'target', labels: Labels): string[] {
  if (inhibition.equal.length === 0) return [`${rule}`]
  return inhibition.equal.flatMap((pair, index) => {
    const label = pair[side]
    const value = comparable(label, labels)
    return value === '' ? [] : [[rule, index, value].join(SEPARATOR)]
  })
}

/** An `instance` is `name:port` of an exporter; it is the name that tells of which machine. */
function comparable(label: string, labels: Labels): string {
  const value = (Object.hasOwn(labels, label) ? labels[label] : undefined) ?? ''
  if (label !== 'instance') return value
  const bracketed = /^\[(.+)\](?::\d+)?$/.exec(value)
  if (bracketed !== null) return bracketed[1] ?? value
  return /^[^:]+:\d+$/.test(value) ? value.slice(0, value.indexOf(':')) : value
}
