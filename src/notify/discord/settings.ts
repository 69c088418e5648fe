import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

/** YAML reads long numbers as floating point, which would name another thread. */
const ID_EXPECTED = 'an id of Discord is expected, digits in quotes such as "1234567890123456789"'
const MENTION_EXPECTED = 'everyone, here, role:ID or user:ID is expected'

/** The keys of a `discord` channel. Limits of the service: https://docs.discord.com/developers/resources/webhook */
export const schema = z.strictObject({
  webhook: secret().describe(
    'URL of the webhook, as Discord shows it under Integrations, Webhooks. A secret as a whole: who has it can post.',
  ),
  thread: z
    .string({ error: ID_EXPECTED })
    .regex(/^\d{15,20}$/, ID_EXPECTED)
    .optional()
    .describe("Id of the thread of the webhook's channel to post in; required where that channel is a forum."),
  mention: z
    .array(z.string({ error: MENTION_EXPECTED }).regex(/^(?:everyone|here|(?:role|user):\d{15,20})$/, MENTION_EXPECTED))
    .max(10)
    .default([])
    .describe(
      'Who is pinged when something fires: `role:ID`, `user:ID`, `everyone`, `here`. Nobody by default, whatever an alert holds.',
    ),
  username: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .refine((name) => !/clyde|discord/i.test(name), 'Discord takes no name with clyde or discord in it')
    .optional()
    .describe("Name to post under instead of the webhook's own."),
  avatar: z
    .url({ protocol: /^https?$/, error: 'the address of a picture is expected' })
    .optional()
    .describe("Address of a picture to show instead of the webhook's own."),
  timeout: duration(100).default(10_000).describe('How long one call may take.'),
})

export type DiscordSettings = {
  readonly webhook: Revealable
  readonly thread?: string | undefined
  readonly mention: readonly string[]
  readonly username?: string | undefined
  readonly avatar?: string | undefined
  /** Milliseconds. */
  readonly timeout: number
}
