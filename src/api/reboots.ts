import { z } from 'zod'
import { REBOOT_CAUSES, type RebootCause } from '../core/reboots/types.ts'
import { past } from './moments.ts'

const causes = Object.keys(REBOOT_CAUSES) as [RebootCause, ...RebootCause[]]
const cause = z.enum(causes)

export const rebootVerdict = z.object({
  cause: cause.describe('stable; docs/reboots.md says what each means and what to do'),
  confidence: z
    .enum(['certain', 'probable', 'possible'])
    .describe('`certain`: the record itself says it. `possible`: a guess worth a look'),
  sentence: z.string(),
  lines: z
    .array(
      z.object({
        source: z
          .enum(['previous', 'current', 'copy', 'netconsole', 'peers', 'watchdog'])
          .describe('`previous` and `current`: the journals of the boot that ended and of the next. `copy`: ours'),
        text: z.string(),
      }),
    )
    .describe('what shows it'),
  missing: z.array(z.string()).describe('evidence that there is not, and that would have told more'),
  couldBe: z.array(cause).describe('causes that leave the same record'),
  before: cause.optional().describe('why it was dead or down before its power was cut'),
})
export type RebootVerdictReport = z.infer<typeof rebootVerdict>

export const reboot = rebootVerdict.extend({
  boot: z.int().describe('-1 is the newest, -2 the one before'),
  bootId: z.string().optional().describe('of the boot that began'),
  began: past.describe('when the new boot began'),
  lastLife: past.optional().describe('the last sign of life of the boot before'),
})
export type Reboot = z.infer<typeof reboot>

export const reboots = z.object({
  cluster: z.string(),
  node: z.string(),
  host: z.string().optional().describe('the host of the configuration that it is'),
  reboots: z.array(reboot).describe('newest first'),
})
export type Reboots = z.infer<typeof reboots>

export const rebootsQuery = z.strictObject({
  boot: z.coerce.number().int().min(-50).max(-1).optional().describe('only this one: -1 is the newest'),
})
