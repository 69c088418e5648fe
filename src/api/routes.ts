import { backupAnswer, backupRequest, exported, reloadAnswer } from './actions.ts'
import { ALERT_ROUTES } from './alert-routes.ts'
import { AUDIT_ROUTES } from './audit-routes.ts'
import { CLUSTER_ROUTES } from './cluster-routes.ts'
import { event, events, eventsQuery, streamQuery } from './events.ts'
import { health } from './health.ts'
import { hostReport } from './hosts.ts'
import { order, orderAnswer } from './orders.ts'
import { outlets } from './outlets.ts'
import { REBOOT_ROUTES } from './reboot-routes.ts'
import type { Route } from './route.ts'
import { status } from './status.ts'
import { UPS_ROUTES } from './ups.ts'

/** The whole API. The server, the client of the command line and the reference in docs/ are made from it. */
export const ROUTES = {
  status: { method: 'GET', path: '/api/v1/status', on: 'both', says: 'Everything at a glance.', answer: status },
  host: {
    method: 'GET',
    path: '/api/v1/hosts/:host',
    on: 'both',
    says: 'One host: its evidence, every guard, and what happens next and when.',
    answer: hostReport,
  },
  events: {
    method: 'GET',
    path: '/api/v1/events',
    on: 'both',
    says: 'The history of what happened.',
    query: eventsQuery,
    answer: events,
  },
  outlets: { method: 'GET', path: '/api/v1/outlets', on: 'both', says: 'Power devices and outlets.', answer: outlets },
  health: {
    method: 'GET',
    path: '/api/v1/health',
    on: 'both',
    says: 'The health of the watchdog itself; always 200. See also /healthz and /readyz.',
    answer: health,
  },
  stream: {
    method: 'GET',
    path: '/api/v1/events/stream',
    on: 'socket',
    says:
      'Events as they happen, as server-sent events: `id` is the event’s id, `data` one event. ' +
      'With `after` those stored since come first, so that nothing is missed over a reconnect.',
    query: streamQuery,
    answer: event,
    stream: true,
  },
  orders: {
    method: 'POST',
    path: '/api/v1/orders',
    on: 'socket',
    says: 'Orders something: switch, pause, resume, maintenance, clear a lockout, accept a replaced device.',
    body: order,
    answer: orderAnswer,
    noWith: 409,
  },
  reload: {
    method: 'POST',
    path: '/api/v1/reload',
    on: 'socket',
    says: 'Reads the configuration again. A refused one leaves the old in force.',
    answer: reloadAnswer,
    noWith: 409,
  },
  backup: {
    method: 'POST',
    path: '/api/v1/backup',
    on: 'socket',
    says: 'Writes a consistent copy of the state to a new file, as the user of the watchdog.',
    body: backupRequest,
    answer: backupAnswer,
  },
  export: {
    method: 'GET',
    path: '/api/v1/export',
    on: 'socket',
    says: 'The situation as a file for `plan`.',
    answer: exported,
  },
  ...ALERT_ROUTES,
  ...CLUSTER_ROUTES,
  ...REBOOT_ROUTES,
  ...AUDIT_ROUTES,
  ...UPS_ROUTES,
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof ROUTES
