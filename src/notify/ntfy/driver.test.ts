import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Disclosed } from '../../config/secret.ts'
import { ntfyDriver } from './driver.ts'
import type { NtfySettings } from './settings.ts'

const { schema } = ntfyDriver
const fromUrl = (text: string) => ntfyDriver.fromUrl(new URL(text))

describe('settings', () => {
  it('are few where ntfy.sh is used', () => {
    const settings: NtfySettings = schema.parse({ topic: 'mine' })
    expect(settings).toEqual({ server: 'https://ntfy.sh', topic: 'mine', timeout: 10_000 })
    expect(schema.parse({ topic: { env: 'TOPIC' }, server: 'https://push.example.org/' }).server).toBe(
      'https://push.example.org',
    )
  })

  it.each([
    [{}, 'topic'],
    [{ topic: 'a b' }, 'topic'],
    [{ topic: 'a', server: 'push.example.org' }, 'server'],
    [{ topic: 'a', server: 'https://user:pass@push.example.org' }, 'server'],
    [{ topic: 'a', username: 'phil' }, 'username'],
    [{ topic: 'a', token: 'tk_inline' }, 'token'],
    [{ topic: 'a', token: { env: 'T' }, username: 'phil', password: { env: 'P' } }, 'token'],
    [{ topic: 'a', colour: 'red' }, ''],
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
    ['ntfy://push.example.org/topic', { server: 'https://push.example.org', topic: 'topic' }],
    ['ntfy://push.example.org:8443/topic/', { server: 'https://push.example.org:8443', topic: 'topic' }],
    ['ntfy://[2001:db8::1]:81/topic?scheme=http', { server: 'http://[2001:db8::1]:81', topic: 'topic' }],
    ['ntfy://phil:p%40ss%3A@h/Topic_1', { server: 'https://h', topic: 'Topic_1', username: 'phil', password: 'p@ss:' }],
    ['ntfy://h/topic?token=tk_1', { server: 'https://h', topic: 'topic', token: 'tk_1' }],
    ['ntfy://:tk_1@h/topic', { server: 'https://h', topic: 'topic', token: 'tk_1' }],
  ])('%s', (text, expected) => {
    const found = fromUrl(text)
    if (!found.ok) throw new Error(found.sentence)
    const revealed = Object.entries(found.settings).map(([key, value]) => [
      key,
      value instanceof Disclosed ? value.reveal() : value,
    ])
    expect(Object.fromEntries(revealed)).toEqual({ timeout: 10_000, ...expected })
    expect(JSON.stringify(found)).not.toMatch(/tk_1|p@ss|Topic_1/)
  })

  it.each([
    'ntfy://host',
    'ntfy://host/s3cret/more',
    'ntfy://host/s3cret%20',
    'ntfy:///s3cret',
    'ntfy://host/s3cret?scheme=ftp',
    'ntfy://host/topic?s3cret=1',
    'ntfy://user@host/s3cret',
    'ntfy://user:%zz@host/s3cret',
    'ntfy://user:s3cret@host/topic?token=s3cret',
  ])('%s is refused without repeating it', (text) => {
    const found = fromUrl(text)
    expect(found.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('s3cret')
    expect(JSON.stringify(found)).toContain('ntfy://HOST/TOPIC')
  })
})
