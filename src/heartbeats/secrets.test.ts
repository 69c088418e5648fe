import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Disclosed, Secret } from '../config/secret.ts'
import { type ChannelMode, ChannelServer } from '../lab/servers/channels/channel-server.ts'
import type { HeartbeatReport } from '../ports/heartbeat.ts'
import { deadMansSnitchDriver } from './dead-mans-snitch/driver.ts'
import type { HeartbeatDriver } from './driver.ts'
import { healthchecksDriver } from './healthchecks/driver.ts'
import { HEARTBEAT_FAILURES } from './outcome.ts'
import { uptimeKumaDriver } from './uptime-kuma/driver.ts'
import { urlDriver } from './url/driver.ts'
import { watchdogDriver } from './watchdog/driver.ts'

const SECRET = 'hunter2-hunter2'
const REPORT: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: 'x' }

// A service that repeats all that it was told: it must not come back in a sentence.
let server: ChannelServer
let status = 200
beforeAll(async () => {
  const reply = ({ path, query, headers }: { path: string; query: URLSearchParams; headers: unknown }) => ({
    status,
    headers: { location: `/${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ok: false, msg: `${path} ${query} ${JSON.stringify(headers)}` }),
  })
  server = await ChannelServer.open({ name: 'echo', reply, rateLimited: reply })
})
afterAll(() => server.stop())

type Form = (server: string, secret: (text: string) => Disclosed | Secret) => Record<string, unknown>
const FORMS: readonly (readonly [HeartbeatDriver<never>, Form])[] = [
  [healthchecksDriver, (at, secret) => ({ url: secret(`${at}/${SECRET}`), create: false })],
  [healthchecksDriver, (at, secret) => ({ base: at, pingKey: secret(SECRET), slug: 'a', create: true })],
  [uptimeKumaDriver, (at, secret) => ({ url: secret(`${at}/api/push/${SECRET}`) })],
  [deadMansSnitchDriver, (at, secret) => ({ base: at, token: secret(SECRET) })],
  [urlDriver, (at, secret) => ({ url: secret(`${at}/${SECRET}`), token: secret(SECRET), method: 'POST' })],
  [watchdogDriver, (at, secret) => ({ url: at, expectedAs: 'a', token: secret(SECRET) })],
]

async function outcomeOf(driver: HeartbeatDriver<never>, settings: Record<string, unknown>): Promise<unknown> {
  const sender = driver.create('outside', { timeout: 300, ...settings } as never)
  return sender.beat(REPORT, new AbortController().signal)
}

function expectNoSecret(outcome: unknown): void {
  expect(outcome).toMatchObject({ ok: false, code: expect.any(String), sentence: expect.any(String) })
  expect(HEARTBEAT_FAILURES).toContain((outcome as { readonly code: string }).code)
  expect(JSON.stringify(outcome)).not.toContain('hunter2')
}

describe.each(FORMS)('%o', (driver, form) => {
  const disclosed = (text: string) => new Disclosed(text)

  test.each([300, 400, 401, 403, 404, 409, 410, 418, 429, 500, 503])(
    'says no secret when %i is answered',
    async (code) => {
      status = code
      expectNoSecret(await outcomeOf(driver, form(server.url, disclosed)))
    },
  )

  test.each<ChannelMode>(['reset', 'hang', 'error', 'not-found'])('says no secret when it meets %s', async (mode) => {
    server.mode = mode
    expectNoSecret(await outcomeOf(driver, form(server.url, disclosed)))
    server.mode = 'up'
  })

  test('says no secret when nobody listens', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expectNoSecret(await outcomeOf(driver, form(`http://127.0.0.1:${port}`, disclosed)))
  })

  test('says no secret when that is no address, or cannot be sent', async () => {
    for (const text of [
      `hunter2 is no address`,
      `file:///hunter2`,
      `http://[hunter2`,
      'http://127.0.0.1:1/hunter2\u0000\n',
    ]) {
      const outcome = await outcomeOf(
        driver,
        form(server.url, () => disclosed(text)),
      )
      expect(JSON.stringify(outcome)).not.toContain('hunter2')
      expect(outcome).toMatchObject({ ok: false })
    }
  })

  test('says which secret is missing', async () => {
    const missing = () => new Secret({ env: 'NO_SUCH_VARIABLE' })
    expect(await outcomeOf(driver, form(server.url, missing))).toEqual({
      ok: false,
      code: 'secret-missing',
      sentence: 'the environment variable NO_SUCH_VARIABLE is not set',
    })
  })

  test('ends when it is given up', async () => {
    server.mode = 'hang'
    const giveUp = new AbortController()
    const sender = driver.create('outside', { timeout: 60_000, ...form(server.url, disclosed) } as never)
    const beating = sender.beat(REPORT, giveUp.signal)
    giveUp.abort()
    expect(await beating).toMatchObject({ ok: false, code: 'aborted' })
    server.mode = 'up'
  })
})

test('every setting is described, and none belongs to every heartbeat', () => {
  for (const driver of new Set(FORMS.map(([each]) => each))) {
    const { properties } = z.toJSONSchema(driver.schema, { io: 'input', unrepresentable: 'any' })
    for (const [key, value] of Object.entries(properties ?? {})) {
      expect(['name', 'type', 'every']).not.toContain(key)
      expect((value as { readonly description?: string }).description, `${driver.type}.${key}`).toMatch(/\S/)
    }
  }
})
