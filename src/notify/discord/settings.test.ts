import { describe, expect, it } from 'vitest'
import { discordDriver } from './driver.ts'
import { schema } from './settings.ts'
import { webhookAt } from './webhook-url.ts'

const webhook = { env: 'WEBHOOK' }

function fromUrl(text: string) {
  return discordDriver.fromUrl?.(new URL(text))
}

describe('the settings', () => {
  it('need nothing but the webhook', () => {
    expect(schema.parse({ webhook })).toMatchObject({ mention: [], timeout: 10_000 })
  })

  it.each([
    [{}, 'webhook'],
    [{ webhook: 'https://discord.com/api/webhooks/1/x' }, 'webhook'],
    [{ webhook, thread: 1234567890123456 }, 'thread'],
    [{ webhook, thread: 'general' }, 'thread'],
    [{ webhook, mention: ['@everyone'] }, 'mention.0'],
    [{ webhook, mention: ['123456789012345678'] }, 'mention.0'],
    [{ webhook, username: 'My Discord Bot' }, 'username'],
    [{ webhook, username: ' ' }, 'username'],
    [{ webhook, avatar: 'file:///etc/passwd' }, 'avatar'],
    [{ webhook, timeout: '1ms' }, 'timeout'],
    [{ webhook, colour: 'red' }, ''],
  ])('%j is refused', (settings, path) => {
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })

  it('describe every key', () => {
    for (const part of Object.values(schema.shape)) expect(part.description).toBeTruthy()
  })
})

describe('a short URL', () => {
  it('is a webhook', () => {
    const found = fromUrl(
      'discord://To-ken_1@223704706495545344?thread_id=1100000000000000001&username=Watch&avatarurl=https://e.org/a.png',
    )
    if (!found?.ok) throw new Error(found?.sentence)
    const { webhook: revealed, ...rest } = found.settings
    expect(revealed.reveal()).toBe('https://discord.com/api/webhooks/223704706495545344/To-ken_1')
    expect(rest).toEqual({
      thread: '1100000000000000001',
      username: 'Watch',
      avatar: 'https://e.org/a.png',
      mention: [],
      timeout: 10_000,
    })
    expect(JSON.stringify(found)).not.toContain('To-ken')
  })

  it.each([
    'discord://hunter2',
    'discord://hunter2@name',
    'discord://@223704706495545344',
    'discord://hunter2%40@223704706495545344',
    'discord://hunter2@223704706495545344?thread_id=hunter2',
    'discord://hunter2@223704706495545344?hunter2=1',
    'discord://hunter2@223704706495545344?username=hunter2discord',
  ])('%s is refused without being repeated', (text) => {
    const found = fromUrl(text)
    expect(found?.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})

describe('a webhook', () => {
  it.each([
    ['https://discord.com/api/webhooks/1/t', 'https://discord.com/api/v10/webhooks/1/t?wait=true'],
    ['https://ptb.discord.com/api/v9/webhooks/1/t/', 'https://ptb.discord.com/api/v10/webhooks/1/t?wait=true'],
    ['https://proxy.lan/discord/api/webhooks/1/t', 'https://proxy.lan/discord/api/v10/webhooks/1/t?wait=true'],
    [
      ' https://discord.com/api/webhooks/1/t?thread_id=2\n',
      'https://discord.com/api/v10/webhooks/1/t?wait=true&thread_id=2',
    ],
  ])('%s posts to %s', (text, address) => {
    expect(webhookAt(text, undefined)?.address('', { wait: 'true' })).toBe(address)
  })

  it('prefers the configured thread', () => {
    expect(webhookAt('https://d/api/webhooks/1/t?thread_id=2', '3')?.address('/messages/4')).toBe(
      'https://d/api/v10/webhooks/1/t/messages/4?thread_id=3',
    )
  })
})
