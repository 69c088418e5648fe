import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Disclosed } from '../../config/secret.ts'
import { schema } from './settings.ts'
import { fromUrl } from './short-url.ts'

const LEAST = { servers: ['http://10.0.0.5:9093/'] }

describe('settings', () => {
  it('need an address', () => {
    expect(schema.parse(LEAST)).toEqual({ servers: ['http://10.0.0.5:9093'], timeout: 10_000, firingFor: 21_600_000 })
    expect(schema.parse({ ...LEAST, token: { env: 'TOKEN' } }).token?.toString()).toBe('secret from environment TOKEN')
  })

  it.each([
    [{ servers: [] }],
    [{ servers: ['http://a', 'http://a/'] }],
    [{ servers: ['http://user:hunter2@a'] }],
    [{ servers: ['ftp://a'] }],
    [{ servers: 'http://a' }],
    [{ user: 'a' }],
    [{ user: 'a:b', password: { env: 'P' } }],
    [{ password: { env: 'P' } }],
    [{ user: 'a', password: { env: 'P' }, token: { env: 'T' } }],
    [{ token: 'hunter2' }],
    [{ firingFor: '5m' }],
    [{ firingFor: '30d' }],
    [{ receiver: 'x' }],
  ])('%j are none', (wrong) => {
    expect(schema.safeParse({ ...LEAST, ...wrong }).success).toBe(false)
  })

  it('describe every key, and can be extended by what belongs to every channel', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    expect(Object.keys(properties)).toContain('tls')
    for (const [key, value] of Object.entries(properties)) expect(value, key).toHaveProperty('description')
    expect(schema.safeExtend({ name: z.string() }).parse({ ...LEAST, name: 'am' }).name).toBe('am')
  })
})

describe('a short URL', () => {
  const read = (text: string) => fromUrl(new URL(text))

  it('gives the same settings', () => {
    expect(read('alertmanager://am.lan:9093')).toMatchObject({
      ok: true,
      settings: { servers: ['http://am.lan:9093'] },
    })
    const found = read('alertmanagers://me:p%2Fss@am.lan/alerts/')
    expect(found).toMatchObject({
      ok: true,
      settings: {
        servers: ['https://am.lan/alerts'],
        user: 'me',
        password: expect.any(Disclosed),
        firingFor: 21_600_000,
      },
    })
    expect(found.ok && found.settings.password?.reveal()).toBe('p/ss')
  })

  it.each([
    'alertmanager://me@am.lan',
    'alertmanager://:hunter2@am.lan',
    'alertmanager://me:hunter2%zz@am.lan',
    'alertmanager://me:hunter2@am.lan?x=hunter2',
    'alertmanager:///hunter2',
  ])('%s says what is wrong, and no secret', (text) => {
    const found = read(text)
    expect(found.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
