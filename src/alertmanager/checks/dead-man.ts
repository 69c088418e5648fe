import { formatDuration } from '../duration.ts'
import { type Finding, finding } from '../finding.ts'
import { allMatch } from '../matcher.ts'
import { type Check, deadManLabels, integrationsOf, type Model, receiverEntry, WARNING, waysOf } from '../model.ts'
import { periodMs, type Route, resolve } from '../routes.ts'

const SLOW_MS = 300_000
const HOPELESS_MS = 3_600_000

/** The alert that always fires gets to somebody who misses it: a dead man's switch. */
export const deadMansSwitch: Check = (model) => {
  const { options, route, root } = model
  const ways = waysOf(model, deadManLabels(options))
  const [first] = ways.all
  // Without a receiver at all the root is told to be wrong.
  if (first === undefined || first.receiver === '') return []
  if (ways.told.length === 0) {
    return [
      finding('error', 'watchdog-nowhere', receiverEntry(first, root), {
        sentence: `${options.deadMan} goes to ${first.receiver}, which tells nobody.`,
        why: 'It always fires, so that somebody misses it when this Alertmanager, its Prometheus or their network is dead. Like this nobody does.',
        remedy:
          "Give it a route of its own to the relay and to a dead man's switch outside, repeated about every minute.",
      }),
    ]
  }
  const others = resolve(route, WARNING)
  return ways.told.flatMap((way) => (others.includes(way) ? [shared(model, way)] : ownRoute(model, way)))
}

function shared({ options, root }: Model, way: Route): Finding {
  return finding('warning', 'watchdog-shared', receiverEntry(way, root), {
    sentence: `${options.deadMan} goes to ${way.receiver} with everything else, about every ${formatDuration(periodMs(way))}.`,
    why: 'People get a message that means nothing until they no longer look, and nobody notices when it does not come.',
    remedy: 'Give it a route of its own, before the others, to a receiver that expects it and pages when it stops.',
  })
}

function ownRoute(model: Model, way: Route): Finding[] {
  const { options, root } = model
  const told: Finding[] = []
  const everyMs = periodMs(way)
  if (everyMs > SLOW_MS) {
    const repeat = way.entry.get('repeat_interval')
    told.push(
      finding(everyMs > HOPELESS_MS ? 'error' : 'warning', 'watchdog-slow', repeat.given ? repeat : way.entry, {
        sentence: `${options.deadMan} is told to ${way.receiver} only about every ${formatDuration(everyMs)}.`,
        why: 'Its silence is noticed only after more than that.',
        remedy: 'Set group_interval: 30s and repeat_interval: 45s on its route: it is then told every minute.',
      }),
    )
  }
  if (!integrationsOf(model, way).some(({ kind }) => kind === 'webhook')) {
    told.push(
      finding('warning', 'watchdog-unexpected', receiverEntry(way, root), {
        sentence: `${options.deadMan} goes to ${way.receiver}, which has no webhook.`,
        why: 'A message to people is not missed when it does not come.',
        remedy:
          "Send it by `webhook_configs` to what expects it: the relay, another watchdog, Healthchecks, Dead Man's Snitch.",
      }),
    )
  }
  if (way.mutedIn.length + way.activeIn.length > 0) {
    told.push(
      finding(
        'error',
        'watchdog-muted',
        way.entry.get(way.mutedIn.length > 0 ? 'mute_time_intervals' : 'active_time_intervals'),
        {
          sentence: `${options.deadMan} is not told at all hours.`,
          why: 'Its silence pages somebody although all is well, or it is expected by nobody then.',
          remedy: 'Take the time intervals off its route.',
        },
        'key',
      ),
    )
  }
  return told
}

/** No other alert keeps it from being told. */
export const deadManInhibited: Check = ({ inhibitions, options }) =>
  inhibitions
    .filter(({ target, source }) => {
      const labels = deadManLabels(options)
      // What matches both sides inhibits nothing that does, too.
      return allMatch(target, labels) && !(source.length > 0 && allMatch(source, labels))
    })
    .map(({ entry, equal }) =>
      finding(equal.length === 0 ? 'error' : 'warning', 'watchdog-inhibited', entry, {
        sentence: `This rule may mute ${options.deadMan}.`,
        why:
          equal.length === 0
            ? 'Whenever its source fires anywhere, the sign of life stops, and somebody is paged for that.'
            : `It does where the labels ${equal.join(', ')} are the same on both, and they are when neither has them.`,
        remedy: `Add alertname!="${options.deadMan}" to the target matchers.`,
      }),
    )
