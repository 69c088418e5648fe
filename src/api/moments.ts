import { z } from 'zod'

export const instant = z.iso.datetime().describe('a point in time, UTC')

/** Both clocks: `at` is for people, `agoMs` was measured without the wall clock and is right even if that jumped. */
export const past = z.object({ at: instant, agoMs: z.number().describe('milliseconds since then') })
export type Past = z.infer<typeof past>

export const future = z.object({
  at: instant,
  inMs: z.number().describe('milliseconds until then; negative where it is overdue'),
})
export type Future = z.infer<typeof future>
