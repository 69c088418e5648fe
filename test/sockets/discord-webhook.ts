import { Disclosed } from '../../src/config/secret.ts'
import { ChannelServer } from '../../src/lab/servers/channels/channel-server.ts'
import { DiscordManners, type DiscordOptions } from '../../src/lab/servers/channels/discord.ts'
import { DiscordNotifier } from '../../src/notify/discord/notifier.ts'
import { schema } from '../../src/notify/discord/settings.ts'
import { sampleMessage } from '../../src/notify/testing/sample-message.ts'
import type { SendOutcome, SendRequest } from '../../src/ports/notifier.ts'

export const never = new AbortController().signal

/** A webhook on a real socket, and a channel that posts to it. `now` is the clock of both ends. */
export async function openWebhook(options: DiscordOptions = {}, settings: Record<string, unknown> = {}) {
  let now = 1000
  const clock = () => now
  const manners = new DiscordManners({
    token: 'hunter2-token',
    bucket: { calls: 1000, windowMs: 1000, now: clock },
    ...options,
  })
  const server = await ChannelServer.open(manners)
  const webhook = new Disclosed(`${server.url}${manners.path}`)
  const parsed = schema.omit({ webhook: true }).parse(settings)
  const make = () => new DiscordNotifier('ops', { ...parsed, webhook }, clock)
  const notifier = make()
  const send = (request: Partial<SendRequest> = {}, by = notifier) =>
    by.send({ message: sampleMessage(), plain: false, ...request }, never)
  const pass = (ms: number) => {
    now += ms
  }
  return { server, manners, notifier, make, send, pass, clock }
}

export type WebhookBench = Awaited<ReturnType<typeof openWebhook>>

/** The refusal that an outcome is, which never holds the token. */
export function refusalIn(outcome: SendOutcome) {
  if (outcome.ok) throw new Error('a refusal was expected')
  if (JSON.stringify(outcome).includes('hunter2')) throw new Error('the outcome holds the token')
  return outcome
}
