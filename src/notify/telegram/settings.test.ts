import { describe, expect, it } from 'vitest'
import { telegramDriver } from './driver.ts'
import { schema } from './settings.ts'

const token = { env: 'TOKEN' }

describe('the settings', () => {
  it('need a token and a chat, and describe every key', () => {
    expect(schema.parse({ token, chats: -1001234567890 })).toMatchObject({
      chats: ['-1001234567890'],
      silent: false,
      apiUrl: 'https://api.telegram.org',
      timeout: 10_000,
    })
    expect(schema.parse({ token, chats: ['@my_alerts', '-100:7', 5] }).chats).toEqual(['@my_alerts', '-100:7', '5'])
    for (const part of Object.values(schema.shape)) expect(part.description).toBeTruthy()
  })

  it.each([
    [{ chats: 1 }, 'token'],
    [{ token: '123456:hunter2', chats: 1 }, 'token'],
    [{ token }, 'chats'],
    [{ token, chats: [] }, 'chats'],
    [{ token, chats: 'my alerts' }, 'chats'],
    [{ token, chats: '1:x' }, 'chats'],
    [{ token, chats: 1.5 }, 'chats'],
    [{ token, chats: 1, threadId: 0 }, 'threadId'],
    [{ token, chats: 1, apiUrl: 'ftp://x' }, 'apiUrl'],
    [{ token, chats: 1, apiUrl: 'https://user:pass@x' }, 'apiUrl'],
    [{ token, chats: 1, apiUrl: 'https://x/?a=1' }, 'apiUrl'],
    [{ token, chats: 1, parseMode: 'HTML' }, ''],
  ])('%j is refused', (settings, path) => {
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })
})

describe('a short URL', () => {
  it.each([
    ['telegram://123456:hunter2-X_y@telegram?chats=-100,@my_alerts,5:7', ['-100', '@my_alerts', '5:7'], false],
    ['telegram://123456:hunter2-X_y@telegram/?channels=-100&notification=No&preview=no&parseMode=HTML', ['-100'], true],
  ])('%s is a bot with chats', (text, chats, silent) => {
    const found = telegramDriver.fromUrl?.(new URL(text))
    if (!found?.ok) throw new Error(found?.sentence)
    expect(found.settings).toMatchObject({ chats, silent, apiUrl: 'https://api.telegram.org', timeout: 10_000 })
    expect(found.settings.token.reveal()).toBe('123456:hunter2-X_y')
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  it.each([
    'telegram://hunter2@telegram?chats=1',
    'telegram://123456:hunter2@elsewhere?chats=1',
    'telegram://123456:hunter2%2f@telegram?chats=1',
    'telegram://123456:hunter2@telegram',
    'telegram://123456:hunter2@telegram?chats=',
    'telegram://123456:hunter2@telegram?chats=hunter2',
    'telegram://123456:hunter2@telegram?chats=1&hunter2=1',
  ])('%s is refused without being repeated', (text) => {
    const found = telegramDriver.fromUrl?.(new URL(text))
    expect(found?.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
