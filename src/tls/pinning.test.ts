import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadPin, pinning } from './pinning.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pinning-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('settings', () => {
  const good = { fingerprint: Array.from({ length: 32 }, () => 'aB').join(':') }

  test('one of three forms', () => {
    for (const settings of [{ verify: false }, { ca: '/etc/pve/pve-root-ca.pem' }, good]) {
      expect(pinning().safeParse(settings).success).toBe(true)
    }
  })

  test('nothing in between', () => {
    for (const settings of [{}, { verify: true }, { fingerprint: 'ab:cd' }, { ...good, verify: false }, { ca: '' }]) {
      expect(pinning().safeParse(settings).success).toBe(false)
    }
  })
})

describe('a CA file that is of no use is a sentence', () => {
  test('missing', () => {
    expect(loadPin({ ca: join(dir, 'none.pem') })).toEqual({
      ok: false,
      sentence: `the CA file ${dir}/none.pem cannot be read (ENOENT)`,
    })
  })

  test('without a certificate', () => {
    writeFileSync(join(dir, 'ca.pem'), 'hello\n')
    expect(loadPin({ ca: join(dir, 'ca.pem') })).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/does not begin with a certificate/),
    })
  })

  test('with a broken certificate', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    writeFileSync(join(dir, 'ca.pem'), pem)
    expect(loadPin({ ca: join(dir, 'ca.pem') })).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/does not begin with a certificate/),
    })
  })
})
