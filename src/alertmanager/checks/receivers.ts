import { type Finding, finding } from '../finding.ts'
import type { Check } from '../model.ts'
import type { Receiver } from '../receivers.ts'
import { everyRoute } from '../routes.ts'

const REFUSED = 'Alertmanager refuses the whole file.'

/** Routes name receivers that are there. */
export const receiversOfRoutes: Check = ({ route, receivers }) => {
  const names = new Set(receivers.map(({ name }) => name))
  return everyRoute(route).flatMap(({ entry }) => {
    const receiver = entry.get('receiver')
    const name = receiver.text()
    if (receiver.value === null) return [unquotedNull(receiver.path.length > 2 ? 'the route above' : 'nothing', entry)]
    if (name === undefined || names.has(name)) return []
    return [
      finding('error', 'receiver-undefined', receiver, {
        sentence: `There is no receiver ${name}.`,
        why: REFUSED,
        remedy: 'Define it in `receivers`, or name one of those.',
      }),
    ]
  })
}

function unquotedNull(inherited: string, entry: Parameters<typeof finding>[2]): Finding {
  return finding('warning', 'receiver-null', entry.get('receiver'), {
    sentence: 'The receiver null without quotes is no receiver.',
    why: `In YAML it is nothing, so the route has the receiver of ${inherited}.`,
    remedy: 'Write receiver: "null", and the same in `receivers`.',
  })
}

/** Each has a name of its own, some way to tell somebody, and a route that leads to it. */
export const receiversThemselves: Check = ({ route, receivers }) => {
  const used = everyRoute(route)
  return receivers.flatMap((receiver, index) => {
    if (receiver.name === '') return [unnamed(receiver)]
    if (receivers.findIndex(({ name }) => name === receiver.name) !== index) return [twice(receiver)]
    const routes = used.filter((one) => one.receiver === receiver.name)
    if (routes.length === 0) return route.entry.isMap ? [unused(receiver)] : []
    return receiver.integrations.length > 0 ? [] : [empty(receiver, routes.length)]
  })
}

function unnamed({ entry }: Receiver): Finding {
  return finding('error', 'receiver-unnamed', entry, {
    sentence: 'A receiver has no name.',
    why: REFUSED,
    remedy: 'Name it. The word null is a name only in quotes: name: "null".',
  })
}

function twice({ entry, name }: Receiver): Finding {
  return finding('error', 'receiver-twice', entry.get('name'), {
    sentence: `There are two receivers called ${name}.`,
    why: REFUSED,
    remedy: 'Put their integrations into one of them.',
  })
}

function unused({ entry, name }: Receiver): Finding {
  return finding('warning', 'receiver-unused', entry.get('name'), {
    sentence: `No route leads to the receiver ${name}.`,
    why: 'Whatever it is for does not happen.',
    remedy: 'Name it in a route, or take it away.',
  })
}

function empty({ entry, name }: Receiver, routes: number): Finding {
  return finding('note', 'receiver-empty', entry.get('name'), {
    sentence: `The receiver ${name} tells nobody, and ${routes === 1 ? 'one route leads' : `${routes} routes lead`} to it.`,
    why: 'What goes there is dropped without a word.',
    remedy: 'That may be meant. Look through the routes that name it.',
  })
}
