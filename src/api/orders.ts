import { z } from 'zod'
import { by, forMs, line } from './lines.ts'

const name = line(255)
const reason = line(500)

const switchOrder = z
  .strictObject({
    by,
    order: z.literal('switch'),
    target: name.describe('a host, or outlet:DEVICE/OUTLET'),
    goal: z.enum(['on', 'off', 'cycle']),
    reason,
    protected: z.boolean().default(false).describe('switch it even though the outlet is protected'),
    verify: z.boolean().optional().describe('a supervised cycle that proves the mapping'),
    holdMs: z.int().min(0).max(86_400_000).optional().describe('between OFF and ON, instead of the configured time'),
    untilMs: z
      .union([forMs, z.literal('release')])
      .optional()
      .describe('for `off`, and needed there: how long it stays off, or `release`'),
  })
  .refine((order) => order.goal !== 'off' || order.untilMs !== undefined, {
    path: ['untilMs'],
    message: 'an OFF needs to know how long: milliseconds, or "release"',
  })
  .refine((order) => order.verify !== true || order.goal === 'cycle', {
    path: ['verify'],
    message: 'only a cycle can verify a mapping',
  })

export const order = z.discriminatedUnion('order', [
  switchOrder,
  z.strictObject({ by, order: z.literal('pause'), target: name, forMs: forMs.optional(), reason }),
  z.strictObject({ by, order: z.literal('resume'), target: name }),
  z.strictObject({ by, order: z.literal('maintenance'), host: name, forMs, reason }),
  z.strictObject({ by, order: z.literal('maintenance-end'), host: name }),
  z.strictObject({ by, order: z.literal('clear-lockout'), host: name }),
  z.strictObject({ by, order: z.literal('accept-device'), device: name }),
])
export type OrderRequest = z.input<typeof order>

export const orderAnswer = z.object({
  ok: z.boolean(),
  code: z.string(),
  sentence: z.string(),
  intent: z.string().optional().describe('the plan that carries it out, where it is already made'),
})
export type OrderReply = z.infer<typeof orderAnswer>
