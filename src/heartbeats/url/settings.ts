import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { secret } from '../../config/values.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { callKeys } from '../settings.ts'

/** The `url` part of a heartbeat in the configuration. */
export const schema = z.strictObject({
  url: secret().describe('Called while all is well, and only then. A secret: who has it can say that all is well.'),
  failUrl: secret()
    .optional()
    .describe('Called instead when something is wrong. Without it nothing is called then, and the silence tells it.'),
  method: z
    .enum(['GET', 'POST', 'PUT', 'HEAD'])
    .default('GET')
    .describe('How it is called. POST and PUT carry a few lines of text: that all is well, or what is wrong.'),
  token: secret().optional().describe('Sent as `Authorization: Bearer ...`, where the service wants that.'),
  ...callKeys(),
})

export type UrlSettings = {
  readonly url: Revealable
  readonly failUrl?: Revealable | undefined
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD'
  readonly token?: Revealable | undefined
  /** Milliseconds, for each call. */
  readonly timeout: number
  readonly tls?: Pinning | undefined
}
