import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { secret } from '../../config/values.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { callKeys } from '../settings.ts'

/** The `uptime-kuma` part of a heartbeat in the configuration. */
export const schema = z.strictObject({
  url: secret().describe(
    'The push URL of a monitor of type Push, as Uptime Kuma shows it (`https://HOST/api/push/TOKEN...`). A secret: who has it can say that all is well.',
  ),
  ...callKeys(),
})

export type UptimeKumaSettings = {
  readonly url: Revealable
  /** Milliseconds, for each call. */
  readonly timeout: number
  readonly tls?: Pinning | undefined
}
