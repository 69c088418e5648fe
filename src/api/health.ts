import { z } from 'zod'
import { alertingBrief, proved } from './alerting.ts'
import { past } from './moments.ts'

export const health = z.object({
  live: z.boolean().describe('the loop turns and the state can be written'),
  ready: z.boolean().describe('a first round is done besides'),
  reasons: z.array(z.string()).describe('a sentence for each thing that is wrong'),
  loopLagMs: z.number().describe('how late the last round started'),
  lastRound: past.optional(),
  rounds: z.int().describe('rounds since the process started'),
  lateRounds: z.int().describe('rounds that started late or were lost'),
  storeWritable: z.boolean(),
  proved: proved.optional().describe('whether all is well by what was seen to work, as heartbeats tell it'),
  alerting: alertingBrief.optional().describe('how the alert path is'),
})
export type Health = z.infer<typeof health>
