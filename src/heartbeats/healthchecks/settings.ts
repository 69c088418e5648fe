import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { secret } from '../../config/values.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { callKeys } from '../settings.ts'

/** The `healthchecks` part of a heartbeat in the configuration. */
export const schema = z
  .strictObject({
    url: secret()
      .optional()
      .describe(
        'The ping URL of the check, as Healthchecks shows it: by uuid, or by ping key and slug. A secret: who has it can say that all is well.',
      ),
    pingKey: secret().optional().describe('In place of `url`: the ping key of the project.'),
    slug: z
      .string()
      .regex(/^[a-z0-9_-]{1,100}$/, 'a slug of a-z, 0-9, hyphens and underscores is expected')
      .optional()
      .describe('With `pingKey`: the slug of the check.'),
    base: z
      .url({ protocol: /^https?$/, error: 'the address of a server is expected, such as https://hc-ping.com' })
      .prefault('https://hc-ping.com')
      .describe('With `pingKey`: where pings go. Of a server of your own: `https://HOST/ping`.'),
    create: z
      .boolean()
      .default(false)
      .describe('With a slug: have the check made by its first ping (`?create=1`) where there is none.'),
    ...callKeys(),
  })
  .refine(({ url, pingKey, slug }) => (url === undefined) !== (pingKey === undefined && slug === undefined), {
    path: ['url'],
    error: 'a ping URL is expected, or a ping key with a slug, and not both',
  })
  .refine(({ pingKey, slug }) => (pingKey === undefined) === (slug === undefined), {
    path: ['slug'],
    error: 'a ping key and a slug belong together',
  })

export type HealthchecksSettings = {
  readonly url?: Revealable | undefined
  readonly pingKey?: Revealable | undefined
  readonly slug?: string | undefined
  readonly base: string
  readonly create: boolean
  /** Milliseconds, for each call. */
  readonly timeout: number
  readonly tls?: Pinning | undefined
}
