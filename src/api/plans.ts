import { z } from 'zod'
import { future, past } from './moments.ts'
import { problem } from './outlets.ts'

export const leg = z.object({
  device: z.string(),
  outlet: z.string(),
  step: z.enum(['planned', 'arming', 'turning-off', 'off', 'turning-on', 'settling', 'on']),
  attempts: z.int().describe('tries of the present step'),
  state: z.enum(['on', 'off', 'unknown']).optional().describe('as last read'),
  watts: z.number().optional(),
  owesOn: z.boolean().describe('we turned it off, and it is not yet verified on'),
  deviceTimer: future.optional(),
  lastError: problem.optional(),
})

export const plan = z.object({
  id: z.string(),
  target: z.string().describe('a host, or outlet:DEVICE/OUTLET'),
  kind: z.enum(['cycle', 'off', 'on']),
  purpose: z.string(),
  reason: z.string(),
  barrier: z.enum(['checking', 'all-off', 'holding', 'all-on', 'stuck']),
  level: z.int().describe('0 is the first choice of power devices, 1 its fallback'),
  basis: z.array(z.string()).describe('the evidence that decided'),
  created: past,
  holdMs: z.number(),
  holdEnds: future.optional(),
  mustBeOnBy: future.optional(),
  aborted: problem.optional(),
  verifiesMapping: z.boolean(),
  legs: z.array(leg),
})
export type Plan = z.infer<typeof plan>

export const claim = z.object({
  id: z.string(),
  target: z.string().describe('a host, outlet:DEVICE/OUTLET, or * for every host'),
  purpose: z.string(),
  by: z.string(),
  reason: z.string(),
  goal: z.enum(['on', 'off', 'cycle', 'hands-off']),
  blocks: z.array(z.string()),
  made: past,
  ends: future.optional().describe('missing where only its owner ends it'),
  renewed: z.boolean().describe('it ends unless its owner renews it'),
})
export type Claim = z.infer<typeof claim>
