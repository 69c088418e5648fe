import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'
import { type Pinning, pinning } from '../../tls/pinning.ts'
import { serverAddress } from '../addresses.ts'

const HOUR_MS = 3_600_000
const MOST_SERVERS = 8

/** What a short URL gives, too. */
const inTheOpen = {
  servers: z
    .array(serverAddress())
    .min(1, 'at least one address is expected')
    .max(MOST_SERVERS)
    .refine((all) => new Set(all).size === all.length, 'each address once is expected')
    .describe(
      'Each Alertmanager of a cluster by its own address, such as http://10.0.0.5:9093, with its path where it lives below ' +
        'one. All get every alert, since Alertmanagers do not pass alerts on; one that takes it is enough. No load balancer.',
    ),
  user: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^:]*$/, 'a user without a colon is expected')
    .optional()
    .describe('For basic authentication.'),
  tls: pinning().optional(),
  timeout: duration(100, 60_000).default(10_000).describe('Longest wait for the answer of each.'),
  firingFor: duration(HOUR_MS / 2, 168 * HOUR_MS)
    .default(6 * HOUR_MS)
    .describe(
      'How long Alertmanager takes an alert for firing that is not pushed again. Then it says that it is resolved. With ' +
        'every reminder (`alerts.remindEvery`) a firing alert is pushed again, so this is to be longer. One that somebody ' +
        'acknowledged is not: Alertmanager takes it for resolved after this.',
    ),
}

export const openSchema = z.strictObject(inTheOpen)

/** The `alertmanager` part of a channel in the configuration. */
export const schema = z
  .strictObject({
    ...inTheOpen,
    password: secret().optional().describe('The password of `user`, as a secret.'),
    token: secret().optional().describe('Sent as `Authorization: Bearer TOKEN`, instead of user and password.'),
  })
  .superRefine(({ user, password, token }, context) => {
    if ((user === undefined) !== (password === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['password'],
        message: 'user and password are given together, or neither',
      })
    }
    if (user !== undefined && token !== undefined) {
      context.addIssue({ code: 'custom', path: ['token'], message: 'either a token or user and password' })
    }
  })

export type AlertmanagerSettings = {
  readonly servers: readonly string[]
  readonly user?: string | undefined
  readonly password?: Revealable | undefined
  readonly token?: Revealable | undefined
  readonly tls?: Pinning | undefined
  /** Milliseconds, for each server. */
  readonly timeout: number
  /** Milliseconds. */
  readonly firingFor: number
}
