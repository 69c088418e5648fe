import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'

const CHAT_EXPECTED =
  'the id of a chat such as -1001234567890 or the name of a channel such as @my_alerts is expected, with :THREAD where it is a topic'
const CHAT = /^(?:-?\d{1,16}|@[A-Za-z]\w{3,31})(?::\d{1,10})?$/

const chat = () => z.union([z.int().transform(String), z.string().regex(CHAT, CHAT_EXPECTED)], { error: CHAT_EXPECTED })

/** The keys of a `telegram` channel. */
export const schema = z.strictObject({
  token: secret().describe('Token of the bot, as BotFather gave it.'),
  chats: z
    .union([chat().transform((one) => [one]), z.array(chat()).min(1).max(20)], { error: CHAT_EXPECTED })
    .describe(
      'The chat to send to, or a list of them: the id of a person, group or channel, or `@name` of a public channel. `ID:THREAD` is a topic of a group.',
    ),
  threadId: z.int().min(1).optional().describe('The topic to send to in every chat that names none of its own.'),
  silent: z.boolean().default(false).describe('Messages make no sound.'),
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'an address of http or https is expected' })
    .refine((address) => !/[?#]|^\w+:\/\/[^/]*@/.test(address), 'an address without user, ? and # is expected')
    .default('https://api.telegram.org')
    .describe('Address of the Bot API, for a server of your own.'),
  timeout: duration(100).default(10_000).describe('How long one call may take.'),
})

export type TelegramSettings = {
  readonly token: Revealable
  /** `ID` or `@name`, with `:THREAD` where it is a topic. */
  readonly chats: readonly string[]
  readonly threadId?: number | undefined
  readonly silent: boolean
  readonly apiUrl: string
  /** Milliseconds. */
  readonly timeout: number
}
