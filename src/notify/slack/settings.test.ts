import { describe, expect, it } from 'vitest'
import { slackDriver } from './driver.ts'
import { schema } from './settings.ts'

const webhook = { file: '/etc/slack' }
const EXPECTED = 'https://hooks.slack.com/services/T00000000/B00000000/hunter2'

describe('the settings', () => {
  it('need nothing but the webhook, and describe every key', () => {
    expect(schema.parse({ webhook })).toMatchObject({ mention: [], timeout: 10_000 })
    for (const part of Object.values(schema.shape)) expect(part.description).toBeTruthy()
  })

  it.each([
    [{}, 'webhook'],
    [{ webhook: EXPECTED }, 'webhook'],
    [{ webhook, mention: ['@channel'] }, 'mention.0'],
    [{ webhook, mention: ['user:<!channel>'] }, 'mention.0'],
    [{ webhook, channel: '#ops' }, ''],
  ])('%j is refused', (settings, path) => {
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })
})

describe('a short URL', () => {
  it.each(['slack://hook:T00000000-B00000000-hunter2@webhook', 'slack://T00000000/B00000000/hunter2'])(
    '%s is a webhook',
    (text) => {
      const found = slackDriver.fromUrl?.(new URL(text))
      if (!found?.ok) throw new Error(found?.sentence)
      expect(found.settings.webhook.reveal()).toBe(EXPECTED)
      expect(JSON.stringify(found)).not.toContain('hunter2')
    },
  )

  it.each([
    'slack://hook:T0-hunter2@webhook',
    'slack://hook:T0-B0-hunter2-x@webhook',
    'slack://hook:T0-B0-hunter2@elsewhere',
    'slack://xoxb:T0-B0-hunter2@C123',
    'slack://T0/B0',
    'slack://T0/B0/hunter2%2f..',
    'slack://T0/B0/hunter2?channel=hunter2',
  ])('%s is refused without being repeated', (text) => {
    const found = slackDriver.fromUrl?.(new URL(text))
    expect(found?.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
