import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Disclosed, Secret } from '../../config/secret.ts'
import { schema } from './settings.ts'
import { fromUrl } from './short-url.ts'

const LEAST = { host: 'mail.example.org', from: 'watchdog@example.org', to: ['anna@example.org'] }

describe('settings', () => {
  it('need a server and addresses', () => {
    expect(schema.parse(LEAST)).toEqual({ ...LEAST, security: 'starttls', timeout: 60_000 })
    const login = { user: 'watchdog', password: { env: 'MAIL_PASSWORD' } }
    expect(schema.parse({ ...LEAST, ...login }).password).toEqual(new Secret({ env: 'MAIL_PASSWORD' }))
  })

  it.each([
    [{ from: 'watchdog' }],
    [{ from: 'Watchdog <watchdog@example.org>' }],
    [{ from: 'a@b\r\nBcc: c@d' }],
    [{ from: 'a b@example.org' }],
    [{ to: [] }],
    [{ to: ['anna@example.org', 'anna@example.org'] }],
    [{ to: ['anna@example.org, ben@example.org'] }],
    [{ to: 'anna@example.org' }],
    [{ security: 'ssl' }],
    [{ host: 'smtp://mail' }],
    [{ user: 'watchdog' }],
    [{ password: { env: 'MAIL_PASSWORD' } }],
    [{ user: 'watchdog', password: 'hunter2' }],
    [{ user: 'watchdog', password: { env: 'MAIL_PASSWORD' }, security: 'none' }],
    [{ tls: { verify: true } }],
    [{ helo: 'a b' }],
    [{ timeout: '10ms' }],
    [{ attach: true }],
  ])('%j are none', (wrong) => {
    expect(schema.safeParse({ ...LEAST, ...wrong }).success).toBe(false)
  })

  it('describe every key, and can be extended by what belongs to every channel', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    expect(Object.keys(properties)).toContain('tls')
    for (const [key, value] of Object.entries(properties)) expect(value, key).toHaveProperty('description')
    expect(schema.safeExtend({ name: z.string() }).parse({ ...LEAST, name: 'mail' }).name).toBe('mail')
  })
})

describe('a short URL', () => {
  const read = (text: string) => fromUrl(new URL(text))

  it('gives the same settings', () => {
    const found = read(
      'smtp://user%40example.org:p%2Fss%3A@mail.example.org:2525/?from=me@example.org&to=anna@example.org,ben@example.org',
    )
    expect(found).toEqual({
      ok: true,
      settings: {
        host: 'mail.example.org',
        port: 2525,
        security: 'starttls',
        user: 'user@example.org',
        password: expect.any(Disclosed),
        from: 'me@example.org',
        to: ['anna@example.org', 'ben@example.org'],
        timeout: 60_000,
      },
    })
    expect(found.ok && found.settings.password?.reveal()).toBe('p/ss:')
    expect(JSON.stringify(found)).not.toContain('p/ss')
    expect(read('smtps://[::1]?from=me@example.org&to=a@b&to=c@d')).toMatchObject({
      settings: { host: '::1', security: 'tls', to: ['a@b', 'c@d'] },
    })
    expect(read('smtp://relay?security=none&helo=pve1.lan&from=me@example.org&to=a@b')).toMatchObject({
      settings: { security: 'none', helo: 'pve1.lan' },
    })
  })

  it.each([
    'smtp://me:hunter2@host/',
    'smtp://me:hunter2@host/inbox?from=a@b&to=c@d',
    'smtp://me:hunter2%zz@host?from=a@b&to=c@d',
    'smtp://me:hunter2@host?from=a@b&to=c@d&pass=hunter2',
    'smtp://me:hunter2@host?from=a@b&to=c@d&hunter2',
    'smtp://me:hunter2@host?from=a@b&to=c@d&security=none',
    'smtp://me:hunter2@host?from=a@b&to=c@d&security=hunter2',
    'smtps://me:hunter2@host?from=a@b&to=c@d&security=none',
    'smtp://:hunter2@host?from=a@b&to=c@d',
    'smtp://hunter2@host?from=a@b&to=c@d',
    'smtp://me:hunter2@host?from=hunter2&to=hunter2',
  ])('%s says what is wrong, and no secret', (text) => {
    const found = read(text)
    expect(found.ok).toBe(false)
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect(found.ok ? '' : found.sentence).toMatch(/\w/)
  })
})
