import { z } from 'zod'
import { alertAnswer } from './alerts.ts'
import { by, comment, forMs, line } from './lines.ts'
import { future, past } from './moments.ts'

export const silence = z.object({
  id: z.int(),
  matchers: z.array(z.string()).describe('all of them must match'),
  started: past,
  ends: future,
  by: z.string(),
  comment: z.string(),
})
export type Silence = z.infer<typeof silence>

export const silences = z.object({ silences: z.array(silence).describe('those that have not ended') })

export const silenceRequest = z.strictObject({
  by,
  matchers: z
    .array(line(1024))
    .min(1)
    .max(32)
    .describe('as in Alertmanager: `host=pve2`, `alertname!=X`, `host=~"pve.*"`, `!~`'),
  forMs: forMs.describe('how long, in milliseconds; it ends by itself'),
  comment,
})

export const silenceAnswer = alertAnswer.extend({ id: z.int().optional().describe('of the new silence') })

export const silenceEnd = z.strictObject({ by })
