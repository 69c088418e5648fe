import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

const NO_NUL = /^[^\0]*$/
const PROGRAM = /^(?:\/[^\0]+|[^/\0\s][^/\0]*)$/

export const schema = z.strictObject({
  command: z
    .array(z.string().regex(NO_NUL))
    .min(1, 'the program and its arguments are expected, such as [/usr/local/bin/page, --loud]')
    .refine((words) => PROGRAM.test(words[0] ?? ''), 'the program is expected as a full path or as a name in the PATH')
    .describe(
      'Your own program, as a list of program and arguments (no shell), for instance one that speaks to a modem. It gets the ' +
        'message as JSON on its standard input, and in the environment WATCHDOG_ALERT_TITLE, WATCHDOG_ALERT_STATUS ' +
        '(firing, resolved or notice), WATCHDOG_ALERT_SEVERITY, WATCHDOG_ALERT_KIND (alerts, digest, drill or test), ' +
        'WATCHDOG_ALERT_KEY (the same for every try of a message) and WATCHDOG_ALERT_TEXT. Exit code 0 is delivered; 69 ' +
        'and 75 are worth another try; 64 and 65 tell that this message will never pass; any other is tried again.',
    ),
  env: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable is expected')
        .refine((name) => !name.startsWith('WATCHDOG_'), 'variables named WATCHDOG_... are ours to give'),
      z.union([z.string().regex(NO_NUL), secret()]),
    )
    .prefault({})
    .describe(
      'Variables for the program, for instance its password as a secret. Of our own it sees PATH, HOME and TZ.',
    ),
  timeout: duration(100, 600_000).prefault('30s').describe('How long the program may take before it is ended.'),
})

export type CommandSettings = {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | Revealable>>
  /** Milliseconds. */
  readonly timeout: number
}
