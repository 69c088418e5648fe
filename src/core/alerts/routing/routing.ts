import type { AlertPolicy, InhibitionPolicy, RoutePolicy } from '../policy.ts'
import type { AlertSeverity, Labels } from '../types.ts'
import { type Matcher, matchedLabels, matchesAll, parseMatcher } from './matchers.ts'

/** The routes and inhibitions of a policy with their matchers read, so that no alert pays for that again. */
export type Routing = {
  readonly receivers: readonly string[]
  readonly routes: readonly (Omit<RoutePolicy, 'matchers'> & { readonly matchers: readonly Matcher[] })[]
  readonly inhibitions: readonly Inhibition[]
}

export type Inhibition = {
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  readonly equal: readonly { readonly source: string; readonly target: string }[]
}

type Matched = { readonly labels: Labels; readonly severity: AlertSeverity }

/**
 * A matcher that cannot be read was refused with the configuration; should one come here all the same, a route with it
 * takes everything and an inhibition with it folds nothing: rather too loud than silent.
 */
export function routingOf(policy: AlertPolicy): Routing {
  return {
    receivers: policy.receivers.map(({ name }) => name),
    routes: policy.routes.map((route) => ({ ...route, matchers: readAll(route.matchers) ?? [] })),
    inhibitions: policy.inhibitions.flatMap((inhibition) => inhibitionOf(inhibition)),
  }
}

/**
 * Who is told: the receivers of the first route that matches, and with `goOn` those of the next that matches as well. An
 * emergency goes to everybody.
 */
export function receiversFor(routing: Routing, alert: Matched): readonly string[] {
  if (alert.severity === 'emergency') return routing.receivers
  const labels = matchedLabels(alert)
  const receivers = new Set<string>()
  for (const route of routing.routes) {
    if (route.severities.length > 0 && !route.severities.includes(alert.severity)) continue
    if (!matchesAll(route.matchers, labels)) continue
    for (const receiver of route.receivers) receivers.add(receiver)
    if (!route.goOn) return [...receivers]
  }
  // The last route takes everything; a policy without one tells everybody rather than nobody.
  return receivers.size > 0 ? [...receivers] : routing.receivers
}

/** Matchers that are all readable; undefined where one is not. */
export function readAll(texts: readonly string[]): readonly Matcher[] | undefined {
  const read = texts.map(parseMatcher)
  return read.every((parsed) => parsed.ok) ? read.map(({ matcher }) => matcher) : undefined
}

function inhibitionOf({ source, target, equal }: InhibitionPolicy): Inhibition[] {
  const sources = readAll(source)
  const targets = readAll(target)
  if (sources === undefined || targets === undefined) return []
  const pairs = equal.map((pair) => {
    const [first = '', second = first] = pair.split('=').map((name) => name.trim())
    return { source: first, target: second }
  })
  return [{ source: sources, target: targets, equal: pairs }]
}
