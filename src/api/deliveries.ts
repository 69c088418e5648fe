import { z } from 'zod'
import { ALERT_SEVERITIES, DELIVERY_STATES } from '../core/alerts/types.ts'
import { by, line } from './lines.ts'
import { future, past } from './moments.ts'
import { problem } from './outlets.ts'

export const delivery = z.object({
  id: z.int(),
  channel: z.string(),
  receiver: z.string(),
  step: z.int().describe('of the receiver’s chain; 0 is the first'),
  severity: z.enum(ALERT_SEVERITIES),
  state: z
    .enum(DELIVERY_STATES)
    .describe(
      '`merged`: an earlier message of the channel said it, too. `dropped`: the other relay delivered it, or nobody ' +
        'needs it any more. `dead`: refused for good, or expired',
    ),
  created: past,
  due: future.optional().describe('the next try, while it is queued'),
  expires: future.optional().describe('when it is given up, while it is queued'),
  attempts: z.int(),
  plain: z.boolean().describe('the channel refused the rich form'),
  digest: z.boolean(),
  delivered: past.optional(),
  lastError: problem.optional(),
})
export type Delivery = z.infer<typeof delivery>

export const deliveries = z.object({ deliveries: z.array(delivery).describe('newest first') })

export const MOST_DELIVERIES = 1000

export const deliveriesQuery = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional().describe('only these: `dead` for the dead letters'),
  channel: z.string().max(255).optional().describe('only of this channel'),
  alert: z.coerce.number().int().min(1).optional().describe('only about this alert'),
  before: z.coerce.number().int().min(1).optional().describe('only with a smaller number: the next page'),
  limit: z.coerce.number().int().min(1).max(MOST_DELIVERIES).default(100).describe('at most so many'),
})

export const replayRequest = z
  .strictObject({
    by,
    ids: z.array(z.int().min(1)).min(1).max(MOST_DELIVERIES).optional().describe('these dead letters'),
    channel: line(255).optional().describe('all of this channel. Without either: all that there are'),
  })
  .refine(({ ids, channel }) => ids === undefined || channel === undefined, {
    path: ['channel'],
    message: 'numbers or a channel are expected, not both',
  })
