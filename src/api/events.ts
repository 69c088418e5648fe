import { z } from 'zod'
import { instant } from './moments.ts'

export const event = z.object({
  id: z.int().optional().describe('grows with each event; missing where the state could not be written'),
  at: instant,
  code: z.string().describe('stable; all of them are in docs/codes.md'),
  severity: z.enum(['debug', 'info', 'warning', 'critical']),
  sentence: z.string(),
  host: z.string().optional(),
  device: z.string().optional(),
  outlet: z.string().optional(),
  intent: z.string().optional().describe('the plan that it belongs to'),
  guards: z.array(z.string()).optional().describe('codes of the guards that refused'),
})
export type Event = z.infer<typeof event>

export const events = z.object({ events: z.array(event).describe('oldest first') })
export type Events = z.infer<typeof events>

export const MAX_EVENTS = 1000

export const eventsQuery = z.strictObject({
  host: z.string().max(255).optional().describe('only of this host'),
  code: z.string().max(64).optional().describe('only with this code'),
  intent: z.string().max(64).optional().describe('only of this plan'),
  since: instant.optional().describe('only from then on'),
  after: z.coerce.number().int().min(0).optional().describe('only with a greater id: the first after it'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_EVENTS)
    .default(100)
    .describe('at most so many: the newest, or with `after` the first'),
})
export type EventsQuery = z.input<typeof eventsQuery>

export const streamQuery = eventsQuery.pick({ host: true, code: true, intent: true, after: true })
