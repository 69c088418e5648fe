import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Secret } from '../../config/secret.ts'
import { kasaDriver } from './driver.ts'

const { schema } = kasaDriver

describe('settings', () => {
  test('an address is enough', () => {
    const settings = schema.parse({ address: '192.168.1.205' })
    expect(settings).toEqual({ address: '192.168.1.205', port: 80, legacyPort: 9999, timeout: 5000, transport: 'auto' })
    expect(kasaDriver.slowestCommandMs(settings)).toBe(52_000)
    expect(kasaDriver.create('strip', settings)).toMatchObject({ name: 'strip', driver: 'kasa' })
  })

  test('an account, its password always a secret', () => {
    const password = { env: 'KASA_PASSWORD' }
    const settings = schema.parse({ address: 'strip.lan', username: 'me@example.com', password })
    expect(settings.password).toBeInstanceOf(Secret)
    expect(schema.parse({ address: 'a', username: { env: 'U' }, password }).username).toBeInstanceOf(Secret)
  })

  test.each([
    ['the password itself', { address: 'a', username: 'u', password: 'hunter2' }],
    ['a username alone', { address: 'a', username: 'u' }],
    ['a password alone', { address: 'a', password: { env: 'P' } }],
    ['a URL', { address: 'http://192.168.1.205' }],
    ['an address with a port', { address: '192.168.1.205:80' }],
    ['no address', {}],
    ['a setting that there is not', { address: 'a', prot: 80 }],
    ['a timeout without unit', { address: 'a', timeout: 5 }],
    ['no timeout at all', { address: 'a', timeout: '0s' }],
    ['another transport', { address: 'a', transport: 'aes' }],
  ])('%s is refused', (_, settings) => {
    const parsed = schema.safeParse(settings)
    expect(parsed.success).toBe(false)
    expect(JSON.stringify(parsed.error)).not.toContain('hunter2')
  })

  test('each has its sentence for the reference', () => {
    const json = z.toJSONSchema(schema, { io: 'input' })
    for (const [key, property] of Object.entries(json.properties ?? {})) {
      expect(typeof property === 'object' && property.description, key).toMatch(/\.$/)
    }
  })
})
