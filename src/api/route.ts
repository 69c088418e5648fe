import type { z } from 'zod'

export type Route = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** `socket`: only on the Unix socket, whose file mode says who may call. */
  readonly on: 'both' | 'socket'
  readonly says: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** An endless answer of server-sent events, each of which carries one `answer`. */
  readonly stream?: true
  /** Answers in the same form with this status where the answer is no. */
  readonly noWith?: number
}
