import { z } from 'zod'
import type { ChannelDeclaration } from '../registry.ts'
import { duration, entryName, secret } from '../values.ts'

/** The channel that is written as one URL; which integration that is, its scheme says. */
export const URL_CHANNEL = 'url'

const HOUR_MS = 3_600_000

/** What every channel has, whatever its type. */
const ownKeys = () => ({
  name: entryName().describe('Name of the channel, by which receivers refer to it.'),
  local: z
    .boolean()
    .optional()
    .describe(
      'It works without our uplink to the Internet. When that is what failed, this is said by local channels. Default: false, but for `command`.',
    ),
  rate: z
    .strictObject({
      burst: z.int().min(1).max(1000).describe('So many messages may leave at once.'),
      every: duration(0, HOUR_MS).describe('Then one each.'),
    })
    .optional()
    .describe('How many messages the service lets through. Default: what it documents.'),
})

/** A way to tell a person: the keys of every channel and those of its type. */
export function channel(channels: Readonly<Record<string, ChannelDeclaration>>) {
  const variants = Object.values(channels).map((declaration) => {
    for (const key of ['name', 'type', 'local', 'rate']) {
      if (key in declaration.schema.shape) throw new TypeError(`channel ${declaration.type} declares the key ${key}`)
    }
    const type = z.literal(declaration.type).describe('Which integration speaks to the service.')
    return declaration.schema.safeExtend({ ...ownKeys(), type })
  })
  const byUrl = z.strictObject({
    ...ownKeys(),
    type: z.literal(URL_CHANNEL).describe('Which integration it is, the scheme of the URL says.'),
    url: secret().describe(
      'The whole channel as one URL, such as `discord://TOKEN@ID`, `ntfy://HOST/TOPIC`, `telegram://TOKEN@telegram?chats=ID`, `gotify://HOST/TOKEN`, `pushover://shoutrrr:TOKEN@USER`, `slack://hook:A-B-C@webhook`, `smtp://USER:PASSWORD@HOST/?from=A&to=B`. A secret as a whole, since it holds one.',
    ),
  })
  return z.discriminatedUnion('type', [byUrl, ...variants] as never)
}
