import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { AlertingConfiguration } from '../../config/alerting.ts'
import { Secret } from '../../config/secret.ts'
import { hookGate } from './hook-gate.ts'

const folder = mkdtempSync(join(tmpdir(), 'hook-gate-'))
afterAll(() => rmSync(folder, { recursive: true }))

function secret(name: string, value: string): Secret {
  const file = join(folder, name)
  writeFileSync(file, `${value}\n`)
  return new Secret({ file })
}

function gate(part: Partial<AlertingConfiguration>) {
  return hookGate({ channels: [], heartbeats: [], expectations: [], alerts: {} as never, ...part })
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('the gate of the hooks', () => {
  it('is closed where nothing is configured', () => {
    expect(gate({})).toEqual({ maxBodyBytes: 4 * 1024 * 1024 })
  })

  it('lets in whoever shows the token', () => {
    const { check } = gate({ hooks: { token: secret('token', 'open sesame!'.replace(' ', '-')), maxBodyBytes: 1 } })
    expect(check?.('Bearer open-sesame!', undefined)).toBe(true)
    expect(check?.('bearer  open-sesame!', undefined)).toBe(true)
    expect(check?.(undefined, 'open-sesame!')).toBe(true)
    for (const header of [undefined, '', 'Bearer', 'Bearer open', 'open-sesame!', basic('x:open-sesame!')]) {
      expect(check?.(header, undefined), header).toBe(false)
    }
  })

  it('lets in whoever knows name and password', () => {
    const { check } = gate({ hooks: { username: 'am', password: secret('password', 'a:b'), maxBodyBytes: 1 } })
    expect(check?.(basic('am:a:b'), undefined)).toBe(true)
    for (const text of ['am:a', 'pm:a:b', 'am', ':a:b', '']) expect(check?.(basic(text), undefined), text).toBe(false)
    expect(check?.('Bearer a:b', 'a:b')).toBe(false)
  })

  it('lets nobody in where the secret is gone or empty', () => {
    const gone = gate({ hooks: { token: new Secret({ file: join(folder, 'gone') }), maxBodyBytes: 1 } })
    expect(gone.check?.('Bearer x', undefined)).toBe(false)
    expect(gate({ hooks: { token: secret('empty', ''), maxBodyBytes: 1 } }).check?.('Bearer ', '')).toBe(false)
  })

  it('asks a sender with a token of its own for that', () => {
    const { checkHeartbeat } = gate({
      hooks: { token: secret('general', 'general'), maxBodyBytes: 1 },
      expectations: [{ name: 'home', token: secret('home', 'own') }, { name: 'other' }],
    })
    expect(checkHeartbeat?.('home', 'Bearer own', undefined)).toBe(true)
    expect(checkHeartbeat?.('home', 'Bearer general', undefined)).toBe(false)
    expect(checkHeartbeat?.('other', 'Bearer general', undefined)).toBe(true)
  })

  it('tells the other relay by the secret that they share', () => {
    const { relayCheck } = gate({ relay: { token: secret('relay', 'both'), peer: 'http://b', waitMs: 0 } })
    expect(relayCheck?.('Bearer both')).toBe(true)
    expect(relayCheck?.(undefined)).toBe(false)
  })
})
