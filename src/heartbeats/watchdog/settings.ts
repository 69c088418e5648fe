import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { entryName, secret } from '../../config/values.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { callKeys } from '../settings.ts'

const ADDRESS_EXPECTED =
  'the address of the other watchdog is expected, such as https://watch.example.org:8000, without credentials, query or fragment'

/** The `watchdog` part of a heartbeat in the configuration. */
export const schema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: ADDRESS_EXPECTED })
    .refine((text) => {
      const url = URL.parse(text)
      return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
    }, ADDRESS_EXPECTED)
    .describe('The HTTP address of the other watchdog. Behind a proxy with the path under which it stands there.'),
  expectedAs: entryName().describe('The name under which it expects us: that of its entry in `deadman.expect`.'),
  token: secret().describe('The token of that entry there, or of its `hooks`.'),
  ...callKeys(),
})

export type WatchdogSettings = {
  readonly url: string
  readonly expectedAs: string
  readonly token: Revealable
  /** Milliseconds, for each call. */
  readonly timeout: number
  readonly tls?: Pinning | undefined
}
