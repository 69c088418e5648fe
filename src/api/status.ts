import { z } from 'zod'
import { event } from './events.ts'
import { health } from './health.ts'
import { channel, host } from './hosts.ts'
import { instant, past } from './moments.ts'
import { device, outlet } from './outlets.ts'
import { claim, plan } from './plans.ts'

export const reference = z.object({
  name: z.string(),
  address: z.string(),
  answers: z.boolean().nullable().describe('null until it was asked'),
  channels: z.array(channel),
})

export const status = z.object({
  version: z.string(),
  at: instant,
  started: past,
  configuration: z.string().describe('the file, or `environment`'),
  mode: z.enum(['dry-run', 'act']).describe('what is in force'),
  dryRunForced: z.string().optional().describe('why it does not act although it is configured to'),
  round: z.object({ number: z.int(), intervalMs: z.number(), started: past.optional() }),
  health,
  referencesAnswer: z.boolean().nullable(),
  selfIsolated: past.optional().describe('since when no reference answers'),
  storms: z.array(z.object({ cluster: z.string(), since: past })),
  brokenChannels: z.array(z.string()).describe('probes that cannot work'),
  hosts: z.array(host),
  references: z.array(reference),
  devices: z.array(device),
  otherOutlets: z.array(outlet).describe('outlets that feed no host'),
  plans: z.array(plan).describe('what is being switched now'),
  claims: z.array(claim).describe('wishes about power that stand now'),
  events: z.array(event).describe('the last few, oldest first'),
})
export type Status = z.infer<typeof status>
