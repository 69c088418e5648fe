import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pushoverDriver } from './driver.ts'
import type { PushoverSettings } from './settings.ts'

const { schema } = pushoverDriver
const keys = { token: { env: 'T' }, user: { env: 'U' } }

describe('settings', () => {
  it('are two keys', () => {
    const settings: PushoverSettings = schema.parse(keys)
    expect(settings).toMatchObject({
      untilAcknowledged: 'emergency',
      repeatEvery: 60_000,
      repeatFor: 3_600_000,
      apiUrl: 'https://api.pushover.net',
      timeout: 10_000,
    })
  })

  it.each([
    [{ token: { env: 'T' } }, 'user'],
    [{ ...keys, token: 'inline' }, 'token'],
    [{ ...keys, repeatEvery: '29s' }, 'repeatEvery'],
    [{ ...keys, repeatFor: '3h1s' }, 'repeatFor'],
    [{ ...keys, device: 'my phone' }, 'device'],
    [{ ...keys, untilAcknowledged: 'warning' }, 'untilAcknowledged'],
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
    ['pushover://shoutrrr:azGDORePK8@uQiRzpo4DX', undefined],
    ['pushover://shoutrrr:azGDORePK8@uQiRzpo4DX/?devices=phone,tablet', 'phone,tablet'],
    ['pushover://:azGDORePK8@uQiRzpo4DX/', undefined],
  ])('%s', (text, device) => {
    const found = pushoverDriver.fromUrl(new URL(text))
    if (!found.ok) throw new Error(found.sentence)
    const { token, user, ...rest } = found.settings
    expect([token.reveal(), user.reveal()]).toEqual(['azGDORePK8', 'uQiRzpo4DX'])
    expect(JSON.stringify(found)).not.toMatch(/azGD|uQiR/)
    const { token: _token, user: _user, ...defaults } = schema.parse(keys)
    expect(rest).toEqual({ ...defaults, ...(device === undefined ? {} : { device }) })
  })

  it.each([
    'pushover://s3cret@user',
    'pushover://shoutrrr:s3cret@',
    'pushover://shoutrrr:s3cret@user:80/',
    'pushover://shoutrrr:s3cret@user/path',
    'pushover://shoutrrr:s3cret@user?priority=2',
    'pushover://shoutrrr:s3cret@user?devices=a%20b',
  ])('%s is refused without repeating it', (text) => {
    const found = URL.canParse(text) ? pushoverDriver.fromUrl(new URL(text)) : undefined
    expect(found?.ok ?? false).toBe(false)
    expect(JSON.stringify(found) ?? '').not.toContain('s3cret')
  })
})
