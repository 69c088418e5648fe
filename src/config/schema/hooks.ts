import { z } from 'zod'
import { pinning } from '../../tls/pinning.ts'
import { duration, secret } from '../values.ts'

const MEBIBYTE = 1024 * 1024

/** Alerts of others come in here. */
export const hooks = z
  .strictObject({
    token: secret().optional().describe('Bearer token that callers must show (`Authorization: Bearer ...`).'),
    username: z.string().min(1).optional().describe('For callers that know only basic authentication.'),
    password: secret().optional().describe('The password to it.'),
    maxBodyBytes: z
      .int()
      .min(1024)
      .max(64 * MEBIBYTE)
      .default(4 * MEBIBYTE)
      .describe('The largest body that is taken.'),
  })
  .refine((given) => given.token !== undefined || given.password !== undefined, {
    error: 'a token, or a username with a password, is expected: without one nobody could be let in',
  })
  .refine((given) => (given.username === undefined) === (given.password === undefined), {
    path: ['username'],
    error: 'a username and a password belong together',
  })
  .optional()
  .describe('Takes alerts in on the HTTP port: /hooks/alertmanager, /hooks/proxmox, /hooks/generic. See docs/hooks.md.')

export const relay = z
  .strictObject({
    token: secret().describe('The secret that both relays share.'),
    peer: z.url({ protocol: /^https?$/ }).describe('The other relay, such as `http://10.0.0.8:8000`.'),
    tls: pinning().optional(),
    wait: duration(0, 3_600_000)
      .prefault('0s')
      .describe(
        'How long this relay holds what came in by a hook, and then asks the other one whether it delivered it. `0s` for the first relay; such as `30s` for the second.',
      ),
  })
  .optional()
  .describe(
    'A second watchdog elsewhere that gets the same hooks: one of them delivers, and the other does when it cannot.',
  )
