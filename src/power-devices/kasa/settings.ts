import { isIP } from 'node:net'
import { z } from 'zod'
import type { Secret } from '../../config/secret.ts'
import { duration, port, secret } from '../../config/values.ts'

const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/

/** The `kasa` part of a power device in the configuration. Labels and limits of outlets are not the driver's. */
export const schema = z
  .strictObject({
    address: z
      .string()
      .refine(
        (text) => isIP(text) !== 0 || HOST_NAME.test(text),
        'a host name or an IP address is expected, without port',
      )
      .describe('Host name or IP address of the strip or plug. A fixed address (a DHCP reservation) is advisable.'),
    port: port().default(80).describe('TCP port of the encrypted KLAP protocol over HTTP.'),
    legacyPort: port()
      .default(9999)
      .describe('TCP port of the legacy XOR protocol, open with old firmware or with "Third-Party Compatibility" on.'),
    username: z
      .union([z.string().min(1), secret()])
      .optional()
      .describe(
        'E-mail address of the TP-Link account that the device is bound to, exactly as typed there: capitals count. May be a secret.',
      ),
    password: secret()
      .optional()
      .describe('Password of that account. Leave both out for a device that was never bound to an account.'),
    timeout: duration(100)
      .default(5000)
      .describe('How long to wait for each answer of the device before the try counts as lost.'),
    transport: z
      .enum(['auto', 'klap', 'legacy'])
      .default('auto')
      .describe(
        'The protocol to speak. auto tries KLAP first, then legacy, and looks again when the device has changed its mind.',
      ),
  })
  .refine((settings) => (settings.username === undefined) === (settings.password === undefined), {
    error: 'username and password belong together: give both, or neither',
    path: ['password'],
  })

export type KasaSettings = {
  readonly address: string
  readonly port: number
  readonly legacyPort: number
  readonly username?: string | Secret | undefined
  readonly password?: Secret | undefined
  /** Milliseconds, for each answer. */
  readonly timeout: number
  readonly transport: 'auto' | 'klap' | 'legacy'
}
