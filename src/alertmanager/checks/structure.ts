import type { Entry } from '../entry.ts'
import { type Finding, finding } from '../finding.ts'
import type { Check } from '../model.ts'
import { everyRoute, type Route } from '../routes.ts'

const REFUSED = 'Alertmanager refuses the whole file.'

/** What Alertmanager demands of the root of the tree. */
export const rootRoute: Check = ({ route }) => {
  if (!route.entry.isMap) return []
  const told: Finding[] = []
  const say = (entry: Entry, sentence: string, remedy: string) =>
    told.push(finding('error', 'root-invalid', entry, { sentence, why: REFUSED, remedy }))
  if (route.receiver === '') {
    say(route.entry, 'The root route has no receiver.', 'Name the receiver of everything that no other route takes.')
  }
  if (route.matchers.length > 0) {
    say(route.entry, 'The root route has matchers.', 'Move them to a route below it: the root takes everything.')
  }
  if (route.goOn) say(route.entry.get('continue'), 'The root route continues.', 'Take it away: nothing follows.')
  for (const key of ['mute_time_intervals', 'active_time_intervals']) {
    const entry = route.entry.get(key)
    if (entry.items().length > 0) say(entry, 'The root route has time intervals.', 'Move them to a route below it.')
  }
  return told
}

/** A sibling that takes everything and does not continue leaves nothing to those after it. */
export const unreachedRoutes: Check = ({ route }) =>
  everyRoute(route).flatMap(({ routes }) => {
    const catchAll = routes.findIndex((child) => child.matchers.length === 0 && !child.goOn)
    const unreached = catchAll < 0 ? [] : routes.slice(catchAll + 1)
    return unreached.map(({ entry }) =>
      finding('warning', 'route-unreached', entry, {
        sentence: 'No alert gets to this route.',
        why: 'The route before it without a matcher takes everything.',
        remedy: 'Move that one to the end, or give it a matcher or `continue: true`.',
      }),
    )
  })

/** `mute_time_intervals` and `active_time_intervals` name what `time_intervals` define. */
export const timeIntervals: Check = ({ root, route }) => {
  const known = new Set(
    ['time_intervals', 'mute_time_intervals'].flatMap((key) =>
      root
        .get(key)
        .items()
        .map((entry) => entry.get('name').text()),
    ),
  )
  return everyRoute(route)
    .flatMap(intervalNames)
    .filter((entry) => !known.has(entry.text()))
    .map((entry) =>
      finding('error', 'time-interval-undefined', entry, {
        sentence: `There is no time interval ${entry.text() ?? 'of this name'}.`,
        why: REFUSED,
        remedy: 'Define it in `time_intervals`.',
      }),
    )
}

function intervalNames({ entry }: Route): Entry[] {
  return ['mute_time_intervals', 'active_time_intervals'].flatMap((key) => entry.get(key).items())
}

/** A repetition that is as long as the interval at which groups are looked at takes two of them. */
export const repeatEqualsGroup: Check = ({ route }) =>
  everyRoute(route)
    .filter(({ entry }) => entry.get('repeat_interval').given || entry.get('group_interval').given)
    .filter(({ repeatIntervalMs, groupIntervalMs }) => repeatIntervalMs === groupIntervalMs)
    .map(({ entry }) => {
      const repeat = entry.get('repeat_interval')
      return finding(
        'warning',
        'repeat-equals-group',
        repeat.given ? repeat : entry.get('group_interval'),
        {
          sentence: '`repeat_interval` is the same as `group_interval`.',
          why: 'When the group is looked at again, the last notification is not yet longer ago than that: it repeats every two intervals.',
          remedy:
            'Make `repeat_interval` a little shorter than the period that you want, and `group_interval` a part of it.',
        },
        'key',
      )
    })
