import { z } from 'zod'
import type { Secret } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

const ONE_LINE = /^[^\r\n\0]*$/
const OPTION_NAME = /^[a-z][a-z0-9_-]*$/i

/** The `fence` part of a power device in the configuration. Labels and limits of outlets are not the driver's. */
export const schema = z.strictObject({
  agent: z
    .string()
    .regex(
      /^(?:fence_[a-z0-9_]+|\/[^\r\n\0]+)$/,
      'the name of an agent such as fence_ipmilan, or its full path, is expected',
    )
    .describe(
      'The ClusterLabs fence agent to run: a name such as fence_ipmilan (looked up in PATH, /usr/sbin and /sbin), or a full path.',
    ),
  options: z
    .record(
      z
        .string()
        .regex(OPTION_NAME, 'a name such as ip, username or lanplus is expected')
        .refine((name) => !['action', 'option'].includes(name), 'the action is ours to give'),
      z.union([z.string().regex(ONE_LINE, 'one line of text is expected'), z.number(), z.boolean(), secret()]),
    )
    .default({})
    .describe(
      'Options of the agent, by the names that `man AGENT` gives under "stdin parameters", such as ip, username, password, lanplus. ' +
        'A password is given as a secret; it reaches the agent by its standard input only.',
    ),
  plugOption: z
    .string()
    .regex(OPTION_NAME)
    .default('plug')
    .describe('The option that tells the agent which outlet. Left out of the call where the outlet is empty (a BMC).'),
  timeout: duration(1000)
    .default(60_000)
    .describe(
      'How long one run of the agent may take; OFF and ON are two runs each, the order and the verification. ' +
        "Longer than the agent's own power_timeout, or it is ended before it can give up by itself.",
    ),
})

export type FenceSettings = {
  readonly agent: string
  readonly options: Readonly<Record<string, string | number | boolean | Secret>>
  readonly plugOption: string
  /** Milliseconds, for each run. */
  readonly timeout: number
}
