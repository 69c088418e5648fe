import { z } from 'zod'
import { future, past } from './moments.ts'

export const problem = z.object({ code: z.string(), sentence: z.string() })

export const outlet = z.object({
  device: z.string(),
  outlet: z.string().describe('as configured: a number from 0 for a strip, empty for a BMC'),
  label: z.string().optional().describe('from the configuration'),
  alias: z.string().optional().describe('what the device calls it'),
  host: z.string().optional().describe('the host that it feeds'),
  cluster: z.string().optional(),
  level: z.int().optional().describe('among the devices of its host: 0 is the first choice, 1 its fallback'),
  state: z.enum(['on', 'off', 'unknown']),
  watts: z.number().optional(),
  maxWatts: z.number().optional().describe('its configured limit'),
  overLimit: z.boolean(),
  protected: z.boolean().describe('never switched but by hand with --protected'),
  read: past.optional().describe('when it was last read'),
  offByUs: z.boolean().describe('we turned it off and owe it an ON'),
  deviceTimer: future.optional().describe('when a timer inside the device turns it on'),
  offByPersonSince: past.optional(),
  offOnPurpose: z.object({ by: z.string(), since: past }).optional(),
})
export type Outlet = z.infer<typeof outlet>

export const device = z.object({
  name: z.string(),
  driver: z.string(),
  reachable: z.boolean().nullable().describe('null until it was tried'),
  since: past.optional(),
  failures: z.int().describe('failed looks in a row'),
  identityOk: z.boolean().optional().describe('whether it is the device that was pinned'),
  pinned: z.object({ deviceId: z.string(), model: z.string(), since: past }).optional(),
  lastError: problem.optional(),
})
export type Device = z.infer<typeof device>

export const outlets = z.object({ outlets: z.array(outlet), devices: z.array(device) })
export type Outlets = z.infer<typeof outlets>
