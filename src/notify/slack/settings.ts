import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

const MENTION_EXPECTED = 'channel, here, user:ID or group:ID is expected, with the id of a member or a user group'

/** The keys of a `slack` channel. */
export const schema = z.strictObject({
  webhook: secret().describe(
    'URL of the incoming webhook, such as Slack shows it for an app. A secret as a whole: who has it can post.',
  ),
  mention: z
    .array(
      z.string({ error: MENTION_EXPECTED }).regex(/^(?:channel|here|(?:user|group):[A-Z0-9]{5,20})$/, MENTION_EXPECTED),
    )
    .max(10)
    .default([])
    .describe(
      'Who is notified when something fires: `user:ID`, `group:ID`, `channel`, `here`. Nobody by default, whatever an alert holds.',
    ),
  timeout: duration(100).default(10_000).describe('How long one call may take.'),
})

export type SlackSettings = {
  readonly webhook: Revealable
  readonly mention: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}
