import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { gotifyDriver } from './driver.ts'
import type { GotifySettings } from './settings.ts'

const { schema } = gotifyDriver

describe('settings', () => {
  it('are a server and a token', () => {
    const settings: GotifySettings = schema.parse({ server: 'https://h/gotify//', token: { env: 'T' } })
    expect(settings).toMatchObject({ server: 'https://h/gotify', timeout: 10_000 })
  })

  it.each([
    [{ token: { env: 'T' } }, 'server'],
    [{ server: 'https://h', token: 'inline' }, 'token'],
    [{ server: 'https://h?token=x', token: { env: 'T' } }, 'server'],
    [{ server: 'https://h', token: { env: 'T' }, timeout: '1ms' }, 'timeout'],
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
    ['gotify://h.example.org/AzyoeNS.D4iJLVa', 'https://h.example.org'],
    ['gotify://h.example.org:443/AzyoeNS.D4iJLVa/', 'https://h.example.org:443'],
    ['gotify://h:81/path/to/gotify/AzyoeNS.D4iJLVa?disabletls=yes', 'http://h:81/path/to/gotify'],
    ['gotify://h/AzyoeNS.D4iJLVa?DisableTLS=No', 'https://h'],
  ])('%s', (text, server) => {
    const found = gotifyDriver.fromUrl(new URL(text))
    if (!found.ok) throw new Error(found.sentence)
    expect(found.settings).toMatchObject({ server, timeout: 10_000 })
    expect(found.settings.token.reveal()).toBe('AzyoeNS.D4iJLVa')
    expect(JSON.stringify(found)).not.toContain('Azyoe')
  })

  it.each([
    'gotify://host',
    'gotify:///s3cret',
    'gotify://s3cret@host/token',
    'gotify://host/s3cret%0a',
    'gotify://host/s3cret%zz',
    'gotify://host/s3cret?disabletls=perhaps',
    'gotify://host/token?s3cret=1',
  ])('%s is refused without repeating it', (text) => {
    const found = gotifyDriver.fromUrl(new URL(text))
    expect(found.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('s3cret')
  })
})
