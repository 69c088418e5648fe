import { z } from 'zod'
import type { Secret } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

const NO_NUL = /^[^\0]*$/
const PROGRAM = /^(?:\/[^\0]+|[^/\0\s][^/\0]*)$/

const argv = () =>
  z
    .array(z.string().regex(NO_NUL))
    .min(1, 'the program and its arguments are expected, such as [/usr/local/bin/outlet, --quiet]')
    .refine((words) => PROGRAM.test(words[0] ?? ''), 'the program is expected as a full path or as a name in the PATH')

const oneLine = () => z.string().regex(/^[^\r\n\0]+$/, 'one line of text is expected')

/** The `command` part of a power device in the configuration. Labels and limits of outlets are not the driver's. */
export const schema = z.strictObject({
  command: z
    .union([argv(), z.strictObject({ status: argv(), off: argv(), on: argv(), identify: argv().optional() })], {
      error: 'a program with its arguments is expected, or one for each of status, off and on',
    })
    .describe(
      'Your own program, as a list of program and arguments (no shell). One list: it is run with the action (status, off or on) and ' +
        'the outlet as its last two arguments. Or a list for each of status, off, on and, if you like, identify: these are ' +
        'run as they stand, with {outlet} in an argument replaced. Always in the environment: WATCHDOG_ACTION, WATCHDOG_OUTLET ' +
        'and WATCHDOG_DEVICE. Exit code 0 is success; 69 tells that the device does not answer, 77 that it refuses the ' +
        'credentials. status prints one line: on or off, with the watts behind it where there is a meter (on 61.5). It is ' +
        'required, because an order that was acknowledged is not one that was carried out. identify prints one line, the ' +
        'identity of the device.',
    ),
  outletNames: z
    .array(oneLine())
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'each outlet once is expected')
    .optional()
    .describe('The outlets that the program serves. Leave out where it switches one thing: its outlet is then empty.'),
  env: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable is expected')
        .refine((name) => !name.startsWith('WATCHDOG_'), 'variables named WATCHDOG_... are ours to give'),
      z.union([z.string().regex(NO_NUL), secret()]),
    )
    .default({})
    .describe(
      'Variables for the program, for instance its password as a secret. Of our own it sees PATH, HOME and TZ.',
    ),
  id: oneLine()
    .max(200)
    .optional()
    .describe('The identity to pin. Where identify is given too, its answer must be this one.'),
  timeout: duration(100).default(30_000).describe('How long one run of the program may take before it is ended.'),
  verifyWithin: duration()
    .default(10_000)
    .describe('How long after OFF or ON status is asked again until it tells the wanted state.'),
})

export type Argv = readonly string[]
export type CommandSettings = {
  readonly command:
    | Argv
    | { readonly status: Argv; readonly off: Argv; readonly on: Argv; readonly identify?: Argv | undefined }
  readonly outletNames?: readonly string[] | undefined
  readonly env: Readonly<Record<string, string | Secret>>
  readonly id?: string | undefined
  /** Milliseconds, for each run. */
  readonly timeout: number
  /** Milliseconds. */
  readonly verifyWithin: number
}
