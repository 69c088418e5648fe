import { auditAnswer } from './audit.ts'
import {
  armRequest,
  disarmRequest,
  nodeWatchdogAnswer,
  nodeWatchdogQuery,
  nodeWatchdogStatus,
  nodeWatchdogWork,
} from './node-watchdogs.ts'
import type { Route } from './route.ts'

/** What could go wrong is nobody's business but that of whoever may open the socket. */
export const AUDIT_ROUTES = {
  audit: {
    method: 'GET',
    path: '/api/v1/audit',
    on: 'socket',
    says: 'What would reset a node, what the next loss costs, and what our own alarm hangs on. Looks now: takes seconds.',
    answer: auditAnswer,
  },
  nodeWatchdog: {
    method: 'GET',
    path: '/api/v1/nodes/:node/watchdog',
    on: 'socket',
    says: 'The watchdog of one Proxmox node, looked at now: takes seconds.',
    query: nodeWatchdogQuery,
    answer: nodeWatchdogStatus,
  },
  nodeWatchdogWork: {
    method: 'GET',
    path: '/api/v1/nodes/:node/watchdog/work',
    on: 'socket',
    says: 'What is being done about the watchdog of one node, step by step. Nothing is looked at.',
    query: nodeWatchdogQuery,
    answer: nodeWatchdogWork,
  },
  disarmNodeWatchdog: {
    method: 'POST',
    path: '/api/v1/nodes/:node/watchdog/disarm',
    on: 'socket',
    says: 'Disarms HA of its cluster for a time, or the node for good. Answers once that is begun or refused.',
    body: disarmRequest,
    answer: nodeWatchdogAnswer,
    noWith: 409,
  },
  armNodeWatchdog: {
    method: 'POST',
    path: '/api/v1/nodes/:node/watchdog/arm',
    on: 'socket',
    says: 'Arms it again. Answers once that is begun.',
    body: armRequest,
    answer: nodeWatchdogAnswer,
    noWith: 409,
  },
} as const satisfies Record<string, Route>
