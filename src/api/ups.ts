import { z } from 'zod'
import { instant, past } from './moments.ts'
import type { Route } from './route.ts'

const unit = z.object({
  name: z.string(),
  supply: z.enum(['mains', 'battery', 'unknown']),
  since: past.optional().describe('since when it is that'),
  heard: z.boolean().describe('whether it was heard lately'),
  why: z.string().optional().describe('why it is not heard'),
  status: z.array(z.string()).describe('as NUT tells it: OL, OB, LB ...'),
  chargePercent: z.number().optional(),
  runtimeMs: z.number().optional(),
  loadPercent: z.number().optional(),
  watts: z.number().optional(),
  forcedShutdown: z.enum(['none', 'latched', 'ordered']),
})
export type UpsUnit = z.infer<typeof unit>

const stage = z.object({
  name: z.string(),
  begun: past.optional(),
  why: z.string().optional(),
  committed: z.boolean().describe('from here on it is finished whatever mains does'),
  finished: past.optional(),
  waits: z.string().optional().describe('why it waits for the last one'),
})

const outage = z.object({
  id: z.string(),
  started: instant,
  ended: instant.optional(),
  phase: z.enum(['on-battery', 'returning', 'over']),
  dryRun: z.boolean(),
  stages: z.array(stage),
  hosts: z.array(z.object({ host: z.string(), step: z.string(), since: past, error: z.string().optional() })),
  guests: z.array(z.object({ guest: z.string(), name: z.string(), node: z.string(), step: z.string() })),
  clusters: z.array(z.object({ cluster: z.string(), ha: z.string(), ceph: z.string() })),
  report: z.string().optional().describe('once it is over'),
  story: z.array(z.object({ at: instant, sentence: z.string() })),
})
export type UpsOutage = z.infer<typeof outage>

export const upsAnswer = z.object({
  configured: z.boolean(),
  units: z.array(unit),
  outage: outage.optional().describe('the power failure that is not over'),
  ended: z.array(outage).describe('those that are over, the newest first'),
})
export type UpsAnswer = z.infer<typeof upsAnswer>

const upsAnswerOf = z.object({ ok: z.boolean(), code: z.string(), sentence: z.string() })

export const upsCommandsQuery = z.strictObject({ ups: z.string().min(1) })
export const upsCommandRequest = z.strictObject({
  ups: z.string().min(1),
  command: z.string().regex(/^[\w.-]{1,128}$/, 'a command such as test.battery.start.quick is expected'),
})

export const upsSetRequest = z.strictObject({
  ups: z.string().min(1),
  variable: z.string().regex(/^[\w.-]{1,128}$/, 'a variable such as battery.charge.low is expected'),
  value: z.string().max(256),
})
export const upsForceRequest = z.strictObject({ ups: z.string().min(1) })

export const rehearsedPart = z.object({
  about: z.string().describe('the UPS, cluster or host'),
  result: z.enum(['ok', 'hint', 'failed']),
  sentence: z.string(),
})
export type RehearsedPart = z.infer<typeof rehearsedPart>

export const UPS_ROUTES = {
  ups: {
    method: 'GET',
    path: '/api/v1/ups',
    on: 'both',
    says: 'UPSes, the power failure that is not over with every step of its plan, and those that were.',
    answer: upsAnswer,
  },
  lookAtUps: {
    method: 'POST',
    path: '/api/v1/ups/look',
    on: 'socket',
    says: 'Somebody has heard that a UPS has changed: each is looked at now. What was heard is not believed by itself.',
    answer: z.object({ ok: z.boolean() }),
  },
  rehearseUps: {
    method: 'POST',
    path: '/api/v1/ups/rehearse',
    on: 'socket',
    says: 'Asks each UPS, API, shell and power device whether its part of the plan could be done, and does nothing.',
    answer: z.object({ parts: z.array(rehearsedPart) }),
  },
  upsCommands: {
    method: 'GET',
    path: '/api/v1/ups/commands',
    on: 'socket',
    says: 'Commands that a UPS takes at once.',
    query: upsCommandsQuery,
    answer: upsAnswerOf.extend({ commands: z.array(z.string()) }),
    noWith: 409,
  },
  upsCommand: {
    method: 'POST',
    path: '/api/v1/ups/command',
    on: 'socket',
    says: 'Lets a UPS carry out a command, such as a test of its battery, and follows it until its driver has taken it.',
    body: upsCommandRequest,
    answer: upsAnswerOf,
    noWith: 409,
  },
  upsSet: {
    method: 'POST',
    path: '/api/v1/ups/set',
    on: 'socket',
    says: 'Sets a variable of a UPS, and follows it until its driver has taken it.',
    body: upsSetRequest,
    answer: upsAnswerOf,
    noWith: 409,
  },
  upsForce: {
    method: 'POST',
    path: '/api/v1/ups/fsd',
    on: 'socket',
    says: 'Says FSD at upsd as the primary of a UPS: everybody who watches it shuts down now, mains or not.',
    body: upsForceRequest,
    answer: upsAnswerOf,
    noWith: 409,
  },
} as const satisfies Record<string, Route>
