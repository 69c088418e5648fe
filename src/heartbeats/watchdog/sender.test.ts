import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { Disclosed } from '../../config/secret.ts'
import type { HeartbeatReport } from '../../ports/heartbeat.ts'
import { watchdogDriver } from './driver.ts'
import { schema } from './settings.ts'

const never = new AbortController().signal
const WELL: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: 'unused' }
const { cert, key } = selfSigned('other')
const { fingerprint256 } = new X509Certificate(cert)

let server: Server
let got: { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }[]
let status: number
beforeAll(async () => {
  server = createServer({ cert, key }, (incoming, outgoing) => {
    let text = ''
    incoming.on('data', (chunk) => {
      text += chunk
    })
    incoming.on('end', () => {
      const { method, url, headers } = incoming
      got.push({ line: `${method} ${url}`, headers, body: JSON.parse(text) })
      outgoing.writeHead(status).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())
beforeEach(() => {
  got = []
  status = 200
})

function other(tls: Record<string, unknown>, path = '') {
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  return watchdogDriver.create('other', {
    ...schema.parse({ url, expectedAs: 'site.a', token: { env: 'UNUSED' }, tls, timeout: '5s' }),
    token: new Disclosed('hunter2'),
  })
}

test('is told how we are, who we are and by what right', async () => {
  const pinned = other({ fingerprint: fingerprint256 })
  expect(await pinned.beat(WELL, never)).toEqual({ ok: true })
  const reasons = Array.from({ length: 30 }, (_, index) => `${index} ${'ü'.repeat(1_000)}`)
  expect(await pinned.beat({ ...WELL, well: false, reasons }, never)).toEqual({ ok: true })
  expect(got[0]).toMatchObject({
    line: 'POST /heartbeats/site.a',
    headers: { authorization: 'Bearer hunter2', 'content-type': 'application/json' },
    body: { status: 'well', reasons: [], sender: 'pve-watch' },
  })
  const body = got[1]?.body as { readonly status: string; readonly reasons: readonly string[] }
  expect(body.status).toBe('ill')
  expect(body.reasons).toHaveLength(20)
  expect(Math.max(...body.reasons.map((reason) => Buffer.byteLength(reason)))).toBeLessThanOrEqual(500)
})

test('stands behind a proxy, too', async () => {
  await other({ verify: false }, '/watch/').beat(WELL, never)
  expect(got.map(({ line }) => line)).toEqual(['POST /watch/heartbeats/site.a'])
})

test('gets nothing, and no token, where its certificate is not the pinned one', async () => {
  const fingerprint = fingerprint256.replace(/^../, fingerprint256.startsWith('00') ? '11' : '00')
  expect(await other({ fingerprint }).beat(WELL, never)).toMatchObject({ code: 'tls' })
  expect(got).toEqual([])
})

test.each([
  [404, 'not-found', /expects nobody named site\.a \(404\)/],
  [401, 'credentials-refused', /401/],
  [503, 'server-error', /503/],
])('its %i is a sentence', async (answered, code, sentence) => {
  status = answered
  expect(await other({ verify: false }).beat(WELL, never)).toMatchObject({
    ok: false,
    code,
    sentence: expect.stringMatching(sentence),
  })
})

describe('the configuration', () => {
  const good = { url: 'https://watch:8000', expectedAs: 'a', token: { env: 'T' } }

  test.each([
    [{ ...good, url: 'watch:8000' }, 'url'],
    [{ ...good, url: 'https://user:pass@watch' }, 'url'],
    [{ ...good, url: 'https://watch/?token=x' }, 'url'],
    [{ ...good, expectedAs: 'a/b' }, 'expectedAs'],
    [{ ...good, token: 'x' }, 'token'],
  ])('%j is refused', (settings, path) => {
    expect(schema.safeParse(good).success).toBe(true)
    expect(schema.safeParse(settings).error?.issues[0]?.path.join('.')).toBe(path)
  })
})
