import { z } from 'zod'
import { ALERT_SEVERITIES, ALERT_SOURCES, type TimelineKind } from '../core/alerts/types.ts'
import { delivery } from './deliveries.ts'
import { by, comment } from './lines.ts'
import { future, instant, past } from './moments.ts'

const texts = z.record(z.string(), z.string())
const TIMELINE_KINDS = [
  'fired',
  'changed',
  'escalated',
  'note',
  'muted',
  'unmuted',
  'acknowledged',
  'sent',
  'failed',
  'resolved',
] as const satisfies readonly TimelineKind[]

export const alertStatus = z.enum(['firing', 'resolved', 'notice'])

export const alert = z.object({
  id: z.int().describe('its number, which `alerts show` and `alerts ack` take'),
  status: alertStatus.describe('`notice`: it happened and is over'),
  severity: z.enum(ALERT_SEVERITIES),
  name: z.string().describe('its label `alertname`'),
  summary: z.string().describe('one line for people'),
  source: z.enum(ALERT_SOURCES).describe('who decided it: `own` is the watchdog itself'),
  fingerprint: z.string().describe('over its labels, as Prometheus computes it'),
  labels: texts,
  annotations: texts,
  link: z.string().optional().describe('a page about it'),
  started: past,
  ended: past.optional(),
  updated: past.describe('when it was last heard of'),
  told: z.boolean().describe('whether a message about it was ever put on its way'),
  acknowledged: z.object({ by: z.string(), since: past, comment: z.string() }).optional(),
  muted: z
    .object({ by: z.enum(['silence', 'inhibition']), id: z.int(), since: past })
    .optional()
    .describe('told to nobody now, because of the silence or the other alert with this number'),
  reminder: future.optional().describe('when it is told again if it still fires then'),
})
export type Alert = z.infer<typeof alert>

export const alerts = z.object({ alerts: z.array(alert).describe('newest first') })

export const MOST_ALERTS = 1000

export const alertsQuery = z.strictObject({
  status: alertStatus.optional().describe('only these'),
  before: z.coerce.number().int().min(1).optional().describe('only with a smaller number: the next page'),
  limit: z.coerce.number().int().min(1).max(MOST_ALERTS).default(100).describe('at most so many'),
})

export const timelineEntry = z.object({ at: instant, kind: z.enum(TIMELINE_KINDS), sentence: z.string() })

export const alertReport = z.object({
  alert,
  timeline: z.array(timelineEntry).describe('its story, oldest first'),
  deliveries: z.array(delivery).describe('the messages about it'),
  folded: z.int().describe('alerts that are folded into it'),
  extra: z.record(z.string(), z.unknown()).optional().describe('what else its source sent, as it was'),
})
export type AlertReport = z.infer<typeof alertReport>

export const acknowledgement = z.strictObject({ by, comment })

/** What a call that changes something of the alert path answers. */
export const alertAnswer = z.object({ ok: z.boolean(), code: z.string(), sentence: z.string() })
