import { Entry, type Source } from './entry.ts'
import { type Finding, finding } from './finding.ts'
import { type Inhibition, inhibitionsOf } from './inhibitions.ts'
import type { Labels } from './matcher.ts'
import { type Receiver, receiversOf, type Webhook, webhooksOf } from './receivers.ts'
import { type Route, resolve, routesOf } from './routes.ts'

export type CheckOptions = {
  /** Name of the alert that always fires, so that its silence is noticed. */
  readonly deadMan: string
  /** Addresses of the relays, where they are known. */
  readonly relays: readonly string[]
}

/** An alertmanager.yml as the checks see it. */
export type Model = {
  readonly options: CheckOptions
  readonly root: Entry
  readonly route: Route
  readonly receivers: readonly Receiver[]
  readonly webhooks: readonly Webhook[]
  readonly inhibitions: readonly Inhibition[]
}

export type Check = (model: Model) => readonly Finding[]

/** What could not be read is told in `told`, and left out of the model. */
export function modelOf(source: Source, options: CheckOptions, told: Finding[]): Model {
  const root = new Entry(source.data)
  const receivers = receiversOf(root)
  told.push(...misshapen(root))
  return {
    options,
    root,
    route: routesOf(root.get('route'), told),
    receivers,
    webhooks: webhooksOf(receivers, root),
    inhibitions: inhibitionsOf(root, told),
  }
}

/** The alert that always fires, as the usual rule files make it. */
export function deadManLabels({ deadMan }: CheckOptions): Labels {
  return { alertname: deadMan, severity: 'none' }
}

/** Any critical alert: of no name that a route could know. */
export const CRITICAL: Labels = { alertname: 'AnyCriticalAlert', severity: 'critical' }
/** Any other one. */
export const WARNING: Labels = { alertname: 'AnyOtherAlert', severity: 'warning' }

export function integrationsOf({ receivers }: Model, { receiver }: Route): Receiver['integrations'] {
  return receivers.find(({ name }) => name === receiver)?.integrations ?? []
}

/** The routes of an alert, apart by whether anybody is told there. */
export function waysOf(
  model: Model,
  labels: Labels,
): { readonly all: readonly Route[]; readonly told: readonly Route[] } {
  const all = resolve(model.route, labels)
  return { all, told: all.filter((route) => integrationsOf(model, route).length > 0) }
}

/** Where the receiver of a route is written: with the route, or with the nearest one above it that names it. */
export function receiverEntry(route: Route, root: Entry): Entry {
  const keys = route.entry.path
  for (let length = keys.length; length >= 1; length -= 1) {
    const above = keys.slice(0, length).reduce<Entry>((entry, key) => step(entry, key), root)
    const receiver = above.get('receiver')
    if (receiver.text() !== undefined) return receiver
  }
  return route.entry
}

function step(entry: Entry, key: string | number): Entry {
  return typeof key === 'string' ? entry.get(key) : (entry.items()[key] ?? new Entry(undefined, [...entry.path, key]))
}

const REFUSED = { why: 'Alertmanager refuses the whole file.' }

function misshapen(root: Entry): readonly Finding[] {
  const lists = ['receivers', 'inhibit_rules', 'time_intervals', 'mute_time_intervals', 'templates']
  const wrong = lists
    .map((key) => root.get(key))
    .filter((entry) => entry.given && entry.value !== null && !Array.isArray(entry.value))
    .map((entry) =>
      finding('error', 'malformed', entry, {
        sentence: `\`${entry.path.at(-1)}\` is no list.`,
        ...REFUSED,
        remedy: 'Write each of its entries on a line that begins with a dash.',
      }),
    )
  if (root.get('route').isMap) return wrong
  return [
    ...wrong,
    finding('error', 'malformed', root.get('route'), {
      sentence: 'There is no `route`.',
      ...REFUSED,
      remedy: 'Begin with `route:` and, below it, the receiver of everything that no other route takes.',
    }),
  ]
}
