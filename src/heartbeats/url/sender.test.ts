import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import type { HeartbeatReport } from '../../ports/heartbeat.ts'
import { urlDriver } from './driver.ts'
import { schema } from './settings.ts'

const never = new AbortController().signal
const WELL: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: 'unused' }
const ILL: HeartbeatReport = { ...WELL, well: false, reasons: ['The outbox is stuck.'] }

let server: Server
let got: { readonly line: string; readonly body: string; readonly authorization: string | undefined }[]
let answer: { status: number; headers?: Record<string, string> }
beforeEach(async () => {
  got = []
  answer = { status: 204 }
  server = createServer((incoming, outgoing) => {
    void textOf(incoming).then((body) => {
      got.push({ line: `${incoming.method} ${incoming.url}`, body, authorization: incoming.headers.authorization })
      outgoing.writeHead(answer.status, answer.headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => server.close())

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming) text += chunk
  return text
}

const at = (path: string) => new Disclosed(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
function call(more: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
  return urlDriver.create('any', {
    ...schema.parse({ url: { env: 'UNUSED' }, ...settings }),
    url: at('/beat?key=1'),
    ...more,
  })
}

test('is called while all is well, and not at all when it is not', async () => {
  expect(await call().beat(WELL, never)).toEqual({ ok: true })
  expect(await call().beat(ILL, never)).toEqual({ ok: true, silent: true })
  expect(got).toEqual([{ line: 'GET /beat?key=1', body: '', authorization: undefined }])
})

test('has another address for when it is not', async () => {
  expect(await call({ failUrl: at('/fail') }).beat(ILL, never)).toEqual({ ok: true })
  expect(got.map(({ line }) => line)).toEqual(['GET /fail'])
})

test('takes a body and a token where the service wants them', async () => {
  const settings = { method: 'POST' }
  const more = { token: new Disclosed('hunter2'), failUrl: at('/fail') }
  await call(more, settings).beat(WELL, never)
  await call(more, settings).beat(ILL, never)
  await call({}, { method: 'HEAD' }).beat(WELL, never)
  expect(got).toEqual([
    { line: 'POST /beat?key=1', body: 'pve-watch: all is well', authorization: 'Bearer hunter2' },
    { line: 'POST /fail', body: 'pve-watch: not well\n- The outbox is stuck.', authorization: 'Bearer hunter2' },
    { line: 'HEAD /beat?key=1', body: '', authorization: undefined },
  ])
})

test.each([
  [301, 'rejected', 'it answered 301, a redirect, which is not followed: give the final address'],
  [401, 'credentials-refused', 'it answered 401: it does not let us in'],
  [404, 'not-found', 'it answered 404: it knows nothing of this address'],
  [418, 'rejected', 'it answered 418'],
  [429, 'rate-limited', 'it answered 429: it was called too often'],
  [503, 'server-error', 'it answered 503'],
])('%i is no success', async (status, code, sentence) => {
  answer = { status, headers: { location: '/elsewhere', 'retry-after': '7' } }
  const waits = status === 429 || status === 503 ? { retryAfterMs: 7_000 } : {}
  expect(await call().beat(WELL, never)).toEqual({ ok: false, code, sentence, ...waits })
  expect(got).toHaveLength(1)
})
