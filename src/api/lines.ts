import { z } from 'zod'

/** Who asks, for the history: `cli:root`. A claim of the caller; the right to order is the right to open the socket. */
export const by = z.string().regex(/^[\w.:@-]{1,64}$/, 'letters, digits and . : @ _ - are expected, at most 64')

const ONE_LINE = /^\P{Cc}*$/u
const ONE_LINE_EXPECTED = 'one line of text is expected'

/** Text without control characters, which would end up in tables and logs. */
export const line = (max: number) => z.string().min(1).max(max).regex(ONE_LINE, ONE_LINE_EXPECTED)

export const comment = z.string().max(500).regex(ONE_LINE, ONE_LINE_EXPECTED).default('')

export const forMs = z
  .int()
  .min(1000)
  .max(366 * 86_400_000)
