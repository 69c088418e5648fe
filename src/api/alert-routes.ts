import { alerting, drill, legsAnswer, legsRequest } from './alerting.ts'
import { acknowledgement, alertAnswer, alertReport, alerts, alertsQuery } from './alerts.ts'
import { deliveries, deliveriesQuery, replayRequest } from './deliveries.ts'
import type { Route } from './route.ts'
import { silenceAnswer, silenceEnd, silenceRequest, silences } from './silences.ts'

/** The part of the API that is about alerts and how they are told. */
export const ALERT_ROUTES = {
  alerts: {
    method: 'GET',
    path: '/api/v1/alerts',
    on: 'both',
    says: 'Alerts, those that fire and those that are over.',
    query: alertsQuery,
    answer: alerts,
  },
  alert: {
    method: 'GET',
    path: '/api/v1/alerts/:id',
    on: 'both',
    says: 'One alert: its story, and what became of the messages about it.',
    answer: alertReport,
  },
  alerting: {
    method: 'GET',
    path: '/api/v1/alerting',
    on: 'both',
    says: 'How the alert path itself is: channels, queues, the last drill, heartbeats, hooks.',
    answer: alerting,
  },
  silences: { method: 'GET', path: '/api/v1/silences', on: 'both', says: 'Silences that hold.', answer: silences },
  deliveries: {
    method: 'GET',
    path: '/api/v1/deliveries',
    on: 'both',
    says: 'Messages to channels, and what became of them.',
    query: deliveriesQuery,
    answer: deliveries,
  },
  acknowledge: {
    method: 'POST',
    path: '/api/v1/alerts/:id/ack',
    on: 'socket',
    says: 'Says that somebody takes care of an alert: it is not told again, and goes to nobody else.',
    body: acknowledgement,
    answer: alertAnswer,
    noWith: 409,
  },
  silence: {
    method: 'POST',
    path: '/api/v1/silences',
    on: 'socket',
    says: 'Silences what matches, for a while: it is recorded and told to nobody.',
    body: silenceRequest,
    answer: silenceAnswer,
    noWith: 409,
  },
  endSilence: {
    method: 'POST',
    path: '/api/v1/silences/:id/end',
    on: 'socket',
    says: 'Ends a silence now; what still fires is told.',
    body: silenceEnd,
    answer: alertAnswer,
    noWith: 409,
  },
  replay: {
    method: 'POST',
    path: '/api/v1/deliveries/replay',
    on: 'socket',
    says: 'Puts dead letters back into the queue.',
    body: replayRequest,
    answer: alertAnswer,
    noWith: 409,
  },
  testChannels: {
    method: 'POST',
    path: '/api/v1/alerting/test',
    on: 'socket',
    says: 'Sends a marked message through one channel or each, and answers when all have said what came of it.',
    body: legsRequest,
    answer: legsAnswer,
  },
  drill: {
    method: 'POST',
    path: '/api/v1/alerting/drill',
    on: 'socket',
    says: 'Sends a marked canary along every configured way to a person, or one, and looks whether it arrived.',
    body: legsRequest,
    answer: drill,
  },
} as const satisfies Record<string, Route>
