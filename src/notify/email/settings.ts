import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, networkAddress, port, secret } from '../../config/values.ts'
import { type Pinning, pinning } from '../../tls/pinning.ts'

export const SECURITIES = ['starttls', 'tls', 'none'] as const
export type Security = (typeof SECURITIES)[number]

/** RFC 6409 (submission), RFC 8314 (TLS from the first byte), RFC 5321. */
export const USUAL_PORTS: Readonly<Record<Security, number>> = { starttls: 587, tls: 465, none: 25 }

/** An address without a name: what may stand within `<...>` of an envelope, in plain ASCII, without quoting. */
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/
const ADDRESS_EXPECTED = 'an e-mail address is expected, such as admin@example.org'
const MOST_RECIPIENTS = 50

const address = () => z.string({ error: ADDRESS_EXPECTED }).regex(ADDRESS, ADDRESS_EXPECTED)

/** What a short URL gives, too. */
const inTheOpen = {
  host: networkAddress().describe('The mail server that takes our messages, by name or address.'),
  port: port().optional().describe('Its TCP port. By default 587 with `starttls`, 465 with `tls` and 25 with `none`.'),
  security: z
    .enum(SECURITIES)
    .default('starttls')
    .describe(
      'How the connection is kept private: `starttls` (the server must offer it), `tls` from the first byte, or `none`. ' +
        'A password is never sent over `none`.',
    ),
  user: z
    .string()
    .min(1)
    .max(320)
    .optional()
    .describe('The user to log in as. Leave out where the server asks for none.'),
  from: address().describe('The address that messages come from. Its domain also names them, so that they thread.'),
  to: z
    .array(address())
    .min(1, 'at least one address is expected')
    .max(MOST_RECIPIENTS)
    .refine((all) => new Set(all).size === all.length, 'each address once is expected')
    .describe(
      'Who gets them. A message counts as delivered once the server took it for one of them; the others that it refused ' +
        'are told in the log of the delivery. Give whoever must be reached for sure a channel of their own.',
    ),
  helo: networkAddress()
    .optional()
    .describe('The name by which the watchdog greets the server. By default the name of this machine.'),
  tls: pinning().optional(),
  timeout: duration(1_000, 600_000)
    .default(60_000)
    .describe('How long the whole conversation with the server may take for one message.'),
}

export const openSchema = z.strictObject(inTheOpen)

/** A password goes with a user, and only where nobody on the way can read it. */
export function passwordProblem(
  { user, security }: Pick<EmailSettings, 'user' | 'security'>,
  password: boolean,
): string | undefined {
  if (password !== (user !== undefined)) return 'user and password are given together, or neither'
  if (password && security === 'none') return 'a password is only sent over TLS: security is starttls or tls'
  return undefined
}

/** The `email` part of a channel in the configuration. */
export const schema = z
  .strictObject({
    ...inTheOpen,
    password: secret().optional().describe('The password of `user`, as a secret.'),
  })
  .superRefine((settings, context) => {
    const message = passwordProblem(settings, settings.password !== undefined)
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['password'], message })
  })

export type EmailSettings = {
  readonly host: string
  readonly port?: number | undefined
  readonly security: Security
  readonly user?: string | undefined
  readonly password?: Revealable | undefined
  readonly from: string
  readonly to: readonly string[]
  readonly helo?: string | undefined
  readonly tls?: Pinning | undefined
  /** Milliseconds, for one message. */
  readonly timeout: number
}
