import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { secret } from '../../config/values.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { callKeys } from '../settings.ts'

/** The `dead-mans-snitch` part of a heartbeat in the configuration. */
export const schema = z.strictObject({
  token: secret().describe(
    'The token of the snitch: what stands behind the last slash of its check-in URL. Who has it can say that all is well.',
  ),
  base: z
    .url({ protocol: /^https?$/, error: 'the address of a server is expected, such as https://nosnch.in' })
    .prefault('https://nosnch.in')
    .describe('Where snitches check in.'),
  ...callKeys(),
})

export type DeadMansSnitchSettings = {
  readonly token: Revealable
  readonly base: string
  /** Milliseconds, for each call. */
  readonly timeout: number
  readonly tls?: Pinning | undefined
}
