import { describe, expect, test } from 'vitest'
import type { AlertPolicy, RoutePolicy } from '../policy.ts'
import { receiversFor, routingOf } from './routing.ts'

const receiver = (name: string) => ({
  name,
  chain: [['chat']],
  escalateAfterMs: 1,
  criticalAllAtOnce: false,
  until: 'delivered' as const,
})

const policy = (...routes: Partial<RoutePolicy>[]): AlertPolicy => ({
  channels: [],
  receivers: ['ops', 'night', 'boss'].map(receiver),
  routes: routes.map((route) => ({ matchers: [], severities: [], receivers: ['ops'], goOn: false, ...route })),
  inhibitions: [],
  groupWaitMs: 0,
  groupBy: [],
  remindEveryMs: 0,
  expireAfterMs: 1,
  disabled: [],
})

const host = { labels: { alertname: 'HostDown', host: 'pve1' }, severity: 'critical' as const }

describe('who is told', () => {
  test('the first route that matches', () => {
    const routing = routingOf(policy({ matchers: ['host=pve2'], receivers: ['boss'] }, { receivers: ['night'] }, {}))
    expect(receiversFor(routing, host)).toEqual(['night'])
  })

  test('with goOn the next that matches as well, each receiver once', () => {
    const routing = routingOf(
      policy(
        { receivers: ['boss', 'ops'], goOn: true },
        { matchers: ['host=pve2'], receivers: ['night'] },
        { receivers: ['ops', 'night'] },
      ),
    )
    expect(receiversFor(routing, host)).toEqual(['boss', 'ops', 'night'])
  })

  test('goOn at the last route ends there', () => {
    expect(receiversFor(routingOf(policy({ goOn: true })), host)).toEqual(['ops'])
  })

  test('only by the severities of a route; none named means all', () => {
    const routing = routingOf(policy({ severities: ['warning', 'info'], receivers: ['night'] }, {}))
    expect(receiversFor(routing, host)).toEqual(['ops'])
    expect(receiversFor(routing, { ...host, severity: 'info' })).toEqual(['night'])
  })

  test('everybody of an emergency, whatever the routes say', () => {
    const routing = routingOf(policy({ severities: ['warning'], receivers: ['night'] }, {}))
    expect(receiversFor(routing, { ...host, severity: 'emergency' })).toEqual(['ops', 'night', 'boss'])
  })

  test('everybody where no route takes it: rather too many than none', () => {
    const routing = routingOf(policy({ matchers: ['host=pve2'] }))
    expect(receiversFor(routing, host)).toEqual(['ops', 'night', 'boss'])
  })

  test('a route with a matcher that cannot be read takes everything', () => {
    const routing = routingOf(policy({ matchers: ['host=~('], receivers: ['boss'] }))
    expect(receiversFor(routing, host)).toEqual(['boss'])
  })
})
