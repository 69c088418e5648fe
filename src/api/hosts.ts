import { z } from 'zod'
import { future, past } from './moments.ts'
import { outlet } from './outlets.ts'
import { claim, plan } from './plans.ts'

export const channel = z.object({
  name: z.string(),
  proves: z.enum(['kernel', 'userland', 'none']).describe('what its life proves'),
  says: z.enum(['life', 'silence', 'probe-broken']).optional(),
  detail: z.string().optional(),
  asked: past.optional(),
  durationMs: z.number().optional(),
})

export const refusal = z.object({ code: z.string(), sentence: z.string() })

export const next = z.object({ sentence: z.string(), due: future.optional() })

export const host = z.object({
  name: z.string(),
  address: z.string(),
  cluster: z.string(),
  verdict: z.enum(['up', 'wedged', 'down', 'unknown']),
  since: past.optional(),
  failures: z.int().describe('rounds in a row without life'),
  failureThreshold: z.int(),
  lastLife: past.optional(),
  channels: z.array(channel),
  outage: z
    .object({
      id: z.string(),
      started: past,
      cycles: z.int(),
      wouldCycles: z.int().describe('cycles that dry-run only told'),
      recovered: past.optional(),
    })
    .optional(),
  maxCycles: z.int().describe('the limit of power cycles in one outage'),
  cyclesInDay: z.int().describe('power cycles in the last 24 hours'),
  lockout: z.object({ since: past, sentence: z.string() }).optional(),
  bootGraceUntil: future.optional(),
  mapping: z.object({
    verified: past.optional(),
    verifying: future.optional().describe('a supervised cycle waits until then for the host to answer'),
    suspect: z.object({ since: past, sentence: z.string() }).optional(),
  }),
  runsHere: z.boolean(),
  watchedOnly: z.boolean().describe('it has no power device'),
  outlets: z.array(outlet),
  holds: z.array(refusal).describe('the guards that hold now'),
  heldSince: past.optional(),
  next: next.optional().describe('missing for a host that is well and has nothing ahead'),
})
export type Host = z.infer<typeof host>

export const hostReport = z.object({
  host,
  sentence: z.string().optional().describe('where it stands'),
  guards: z.array(refusal.extend({ holds: z.boolean() })).describe('every guard that applies, holding or not'),
  plans: z.array(plan),
  claims: z.array(claim),
})
export type HostReport = z.infer<typeof hostReport>
export type Channel = z.infer<typeof channel>
