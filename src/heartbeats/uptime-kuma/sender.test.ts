import { afterEach, beforeEach, expect, test } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { type LabPush, UptimeKumaManners } from '../../lab/servers/heartbeats/uptime-kuma.ts'
import type { HeartbeatReport } from '../../ports/heartbeat.ts'
import { uptimeKumaDriver } from './driver.ts'
import { schema } from './settings.ts'

const never = new AbortController().signal
const WELL: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: 'unused' }

let server: ChannelServer
let manners: UptimeKumaManners
let pushes: LabPush[]
beforeEach(async () => {
  pushes = []
  manners = new UptimeKumaManners()
  manners.monitors.set('tOkEn', { active: true, pushes })
  server = await ChannelServer.open(manners)
})
afterEach(() => server.stop())

const kuma = (path = '/api/push/tOkEn?status=up&msg=OK&ping=') =>
  uptimeKumaDriver.create('kuma', {
    ...schema.parse({ url: { env: 'UNUSED' }, timeout: '5s' }),
    url: new Disclosed(`${server.url}${path}`),
  })

test('is told up or down, with what people read and how long the last call took', async () => {
  const outside = kuma()
  expect(await outside.beat(WELL, never)).toEqual({ ok: true })
  const report = { ...WELL, well: false, reasons: ['The outbox is stuck & more.', 'No\ndrill.'] }
  expect(await outside.beat(report, never)).toEqual({ ok: true })
  expect(pushes).toEqual([
    { up: true, msg: 'pve-watch: all is well', ping: undefined },
    { up: false, msg: 'pve-watch: The outbox is stuck & more. No drill.', ping: expect.any(Number) },
  ])
})

test('is not told more than fits into an address', async () => {
  const reasons = Array.from({ length: 5_000 }, () => 'ünï 💥')
  expect(await kuma().beat({ ...WELL, well: false, reasons }, never)).toEqual({ ok: true })
  expect(Buffer.byteLength(pushes[0]?.msg ?? '')).toBeLessThanOrEqual(1_000)
  expect(pushes[0]?.msg.endsWith('…')).toBe(true)
})

test.each([404, 500, 200])('a monitor that is paused or unknown is nobody (%i)', async (status) => {
  manners.unknownStatus = status
  const sentence = `Uptime Kuma has no active Push monitor with this URL (${status}): is it paused, or deleted?`
  expect(await kuma('/api/push/other').beat(WELL, never)).toEqual({ ok: false, code: 'not-found', sentence })
  manners.monitors.set('tOkEn', { active: false, pushes })
  expect(await kuma().beat(WELL, never)).toEqual({ ok: false, code: 'not-found', sentence })
})

test('an answer that is not its own is no success', async () => {
  server.mode = 'garbage'
  expect(await kuma().beat(WELL, never)).toMatchObject({ code: 'malformed-answer' })
  server.mode = 'error'
  expect(await kuma().beat(WELL, never)).toMatchObject({ code: 'server-error' })
  server.mode = 'ratelimit'
  expect(await kuma().beat(WELL, never)).toMatchObject({ code: 'rate-limited' })
})

test('what it says it did not do is no success', async () => {
  const refusing = { status: 200, body: '{"ok":false,"msg":"database is locked"}' }
  await server.stop()
  server = await ChannelServer.open({ name: 'kuma', reply: () => refusing, rateLimited: () => refusing })
  expect(await kuma().beat(WELL, never)).toEqual({
    ok: false,
    code: 'rejected',
    sentence: 'Uptime Kuma did not take it (ok: false)',
  })
})

test('the URL is a secret', () => {
  expect(schema.safeParse({ url: 'https://kuma/api/push/x' }).success).toBe(false)
  expect(schema.safeParse({}).success).toBe(false)
})
