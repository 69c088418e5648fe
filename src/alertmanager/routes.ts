import { parseDuration } from './duration.ts'
import type { Entry } from './entry.ts'
import { type Finding, finding } from './finding.ts'
import { allMatch, type Labels, type Matcher } from './matcher.ts'
import { matchersOf, pairs } from './read-matchers.ts'

export type Route = {
  readonly entry: Entry
  /** What is in force, be it its own or inherited. Empty where there is none at all. */
  readonly receiver: string
  readonly matchers: readonly Matcher[]
  readonly goOn: boolean
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  /** Names of time intervals; these alone are not inherited. */
  readonly mutedIn: readonly string[]
  readonly activeIn: readonly string[]
  readonly routes: readonly Route[]
}

type Inherited = Pick<Route, 'receiver' | 'groupIntervalMs' | 'repeatIntervalMs'>

/** `dispatch.DefaultRouteOpts` of Alertmanager. */
const DEFAULTS: Inherited = { receiver: '', groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 }

/** The tree of routes as `dispatch.NewRoute` builds it. What cannot be read is told and left out. */
export function routesOf(entry: Entry, told: Finding[], above: Inherited = DEFAULTS): Route {
  const groupIntervalMs = interval(entry.get('group_interval'), above.groupIntervalMs, told)
  const repeatIntervalMs = interval(entry.get('repeat_interval'), above.repeatIntervalMs, told)
  const inherited = { receiver: entry.get('receiver').text() ?? above.receiver, groupIntervalMs, repeatIntervalMs }
  return {
    entry,
    ...inherited,
    matchers: [
      ...pairs(entry.get('match'), '=', told),
      ...pairs(entry.get('match_re'), '=~', told),
      ...matchersOf(entry.get('matchers'), told),
    ],
    goOn: entry.get('continue').flag() === true,
    mutedIn: entry.get('mute_time_intervals').texts(),
    activeIn: entry.get('active_time_intervals').texts(),
    routes: entry
      .get('routes')
      .items()
      .map((child) => routesOf(child, told, inherited)),
  }
}

/** The routes that get an alert, as `dispatch.Route.Match` finds them. None only where the root has matchers. */
export function resolve(route: Route, labels: Labels): readonly Route[] {
  if (!allMatch(route.matchers, labels)) return []
  const found: Route[] = []
  for (const child of route.routes) {
    const below = resolve(child, labels)
    found.push(...below)
    if (below.length > 0 && !child.goOn) break
  }
  return found.length > 0 ? found : [route]
}

export function everyRoute(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(everyRoute)]
}

/**
 * How often what goes on firing is told again: notifications leave only when a group is looked at, every `group_interval`,
 * and then only if the last one is longer ago than `repeat_interval`, which that exactly one interval ago never is.
 */
export function periodMs({ groupIntervalMs, repeatIntervalMs }: Route): number {
  return (Math.floor(repeatIntervalMs / groupIntervalMs) + 1) * groupIntervalMs
}

function interval(entry: Entry, inheritedMs: number, told: Finding[]): number {
  if (!entry.given || entry.value === null) return inheritedMs
  const ms = parseDuration(entry.text() ?? '')
  if (ms !== undefined && ms > 0) return ms
  told.push(
    finding('error', 'duration-invalid', entry, {
      sentence: `\`${entry.path.at(-1)}\` is no duration above 0.`,
      why: 'Alertmanager refuses the whole file.',
      remedy: 'Write it as 30s, 5m, 4h or 1d12h.',
    }),
  )
  return inheritedMs
}
