import { z } from 'zod'
import { line } from './lines.ts'
import { future, past } from './moments.ts'
import { problem } from './outlets.ts'

const counts = z.record(z.string(), z.int())

export const notificationChannel = z.object({
  name: z.string(),
  type: z.string(),
  local: z.boolean().describe('it works when our own uplink does not'),
  failing: z.object({ since: past, error: problem.optional() }).optional(),
  queued: z.int().describe('messages that wait for it'),
  oldestQueued: past.optional(),
  dead: z.int().describe('messages that were given up'),
  lastDelivered: past.optional(),
  delivered: z.int().describe('since the process started'),
  failures: counts.describe('tries that failed since the process started, by code'),
})
export type NotificationChannel = z.infer<typeof notificationChannel>

export const drillLeg = z.object({
  channel: z.string(),
  ok: z.boolean(),
  proof: z
    .enum(['accepted', 'read-back', 'returned'])
    .optional()
    .describe('`accepted`: the channel’s word. `read-back`: seen in it. `returned`: Alertmanager brought it back'),
  latencyMs: z.number().optional(),
  sentence: z.string(),
})
export type DrillLeg = z.infer<typeof drillLeg>

export const drill = z.object({ started: past, ok: z.boolean(), legs: z.array(drillLeg) })
export type Drill = z.infer<typeof drill>

export const heartbeatOut = z.object({
  name: z.string(),
  type: z.string(),
  last: past.optional().describe('when one was last sent'),
  ok: z.boolean().optional().describe('whether it was taken'),
  sentence: z.string().optional(),
})

export const heartbeatIn = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'well', 'ill', 'missing']).describe('`waiting`: none has come yet'),
  sentence: z.string(),
  last: past.optional(),
  periodMs: z.number().optional().describe('configured, or as it was learned'),
  due: future.optional().describe('when the next one is late'),
})

export const alerting = z.object({
  firing: counts.describe('alerts that fire, by severity'),
  inbox: z.int().describe('what came in and is not dispatched yet'),
  channels: z.array(notificationChannel),
  drill: drill.optional().describe('the last one'),
  drillWorked: past.optional().describe('the last one in which every leg worked'),
  drillDue: future.optional(),
  heartbeatsOut: z.array(heartbeatOut),
  heartbeatsIn: z.array(heartbeatIn),
  hooks: z.record(z.string(), counts).describe('calls of each hook since the process started, by result'),
})
export type AlertingReport = z.infer<typeof alerting>

/** What of it fits into a health check. */
export const alertingBrief = z.object({
  firing: counts.describe('alerts that fire, by severity'),
  inbox: z.int(),
  queued: z.int().describe('messages that wait for a channel'),
  dead: z.int().describe('messages that were given up'),
  channels: z.int(),
  failing: z.array(z.object({ channel: z.string(), since: past })).describe('channels that take nothing'),
  drill: z.object({ started: past, ok: z.boolean() }).optional().describe('the last one'),
})
export type AlertingBrief = z.infer<typeof alertingBrief>

export const proved = z.object({
  well: z.boolean(),
  reasons: z.array(z.string()).describe('why not'),
})

export const legsRequest = z.strictObject({ channel: line(255).optional().describe('without it: each of them') })

export const legsAnswer = z.object({ ok: z.boolean().describe('every one worked'), legs: z.array(drillLeg) })
