import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { webhookDriver } from './driver.ts'
import type { WebhookSettings } from './settings.ts'

const { schema } = webhookDriver

describe('settings', () => {
  it('are an address', () => {
    const settings: WebhookSettings = schema.parse({ url: 'https://h/hook?a=b' })
    expect(settings).toEqual({ url: 'https://h/hook?a=b', headers: {}, timeout: 10_000 })
    expect(schema.parse({ url: { file: '/run/hook' } }).url).toMatchObject({ source: { file: '/run/hook' } })
  })

  it.each([
    [{}, 'url'],
    [{ url: 'h/hook' }, 'url'],
    [{ url: 'ftp://h/hook' }, 'url'],
    [{ url: 'https://h', headers: { 'X-Y': 'a\r\nb' } }, 'headers.X-Y'],
    [{ url: 'https://h', headers: { 'X Y': 'a' } }, 'headers.X Y'],
    [{ url: 'https://h', headers: { 'Content-Length': '1' } }, 'headers.Content-Length'],
    [{ url: 'https://h', headers: { 'x-watchdog-signature': 't=1' } }, 'headers.x-watchdog-signature'],
    [{ url: 'https://h', headers: { Authorization: 'x' }, token: { env: 'T' } }, 'token'],
    [{ url: 'https://h', signingSecret: 'inline' }, 'signingSecret'],
  ])('%j are refused', (settings, path) => {
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })

  it('are all described', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
    expect(Object.entries(properties).filter(([, value]) => !Object.hasOwn(Object(value), 'description'))).toEqual([])
  })
})

describe('a short URL', () => {
  it.each([
    ['generic://h.example.org/hook', 'https://h.example.org/hook'],
    ['generic://h:8443/a/b?token=T%20k&x=1', 'https://h:8443/a/b?token=T%20k&x=1'],
    ['generic://h/hook?disabletls=yes', 'http://h/hook'],
    ['generic://h/hook?disabletls=yes&a=b', 'http://h/hook?a=b'],
    ['generic://h/hook?a=b&disabletls=no&c=d', 'https://h/hook?a=b&c=d'],
    ['generic+http://h/hook', 'http://h/hook'],
    ['generic+https://ada:l0ve@h/hook', 'https://ada:l0ve@h/hook'],
    ['generic://h', 'https://h'],
  ])('%s', (text, address) => {
    const found = webhookDriver.fromUrl(new URL(text))
    if (!found.ok) throw new Error(found.sentence)
    const { url } = found.settings
    expect(typeof url === 'string' ? '' : url.reveal()).toBe(address)
    expect(JSON.stringify(found)).not.toMatch(/hook|l0ve|token/)
  })

  it('without a host is refused', () => {
    expect(webhookDriver.fromUrl(new URL('generic:///s3cret'))).toEqual({
      ok: false,
      sentence: 'the host is missing; expected is generic://HOST/PATH',
    })
  })
})
