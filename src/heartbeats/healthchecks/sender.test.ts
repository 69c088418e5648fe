import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import {
  HealthchecksManners,
  type HealthchecksOptions,
  type LabCheck,
} from '../../lab/servers/heartbeats/healthchecks.ts'
import type { HeartbeatReport } from '../../ports/heartbeat.ts'
import { healthchecksDriver } from './driver.ts'
import { schema } from './settings.ts'

const UUID = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'
const RUN = '11111111-2222-4333-8444-555555555555'
const OTHER_RUN = '99999999-2222-4333-8444-555555555555'
const KEY = 'fqOOd6-F4MMNuCEnzTU01w'
const never = new AbortController().signal
const WELL: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: RUN }
const ill = (...reasons: string[]): HeartbeatReport => ({ ...WELL, well: false, reasons })

let server: ChannelServer
let manners: HealthchecksManners
let check: LabCheck
let nowMs: number

async function open(options: Partial<HealthchecksOptions> = {}): Promise<void> {
  nowMs = 1e12
  manners = new HealthchecksManners({
    pingKey: KEY,
    bodyLimit: 10_000,
    saysOkAnyway: false,
    nowMs: () => nowMs,
    ...options,
  })
  check = manners.add(UUID, 'watchdog')
  server = await ChannelServer.open(manners)
}
beforeEach(() => open())
afterEach(() => server.stop())

async function reopen(options: Partial<HealthchecksOptions>): Promise<void> {
  await server.stop()
  await open(options)
}

const byUuid = (uuid = UUID) =>
  healthchecksDriver.create('outside', {
    ...schema.parse({ url: { env: 'UNUSED' }, timeout: '5s' }),
    url: new Disclosed(`${server.url}/ping/${uuid}`),
  })
const bySlug = (slug: string, more: Record<string, unknown> = {}, key = KEY) =>
  healthchecksDriver.create('outside', {
    ...schema.parse({ pingKey: { env: 'UNUSED' }, slug, base: `${server.url}/ping/`, ...more }),
    pingKey: new Disclosed(key),
  })

describe('a check', () => {
  test('is told that all is well, and the reasons where it is not', async () => {
    const outside = byUuid()
    expect(await outside.beat(WELL, never)).toEqual({ ok: true })
    expect(check).toMatchObject({
      status: 'up',
      pings: [{ action: 'success', body: 'pve-watch: all is well', rid: RUN }],
    })
    expect(await outside.beat(ill('The outbox\nis stuck.', 'No drill arrived.'), never)).toEqual({ ok: true })
    expect(check).toMatchObject({ status: 'down' })
    expect(check.pings.at(-1)).toMatchObject({
      action: 'fail',
      body: 'pve-watch: not well\n- The outbox is stuck.\n- No drill arrived.',
    })
  })

  test('waits for the end of what was started until it comes with the same id', async () => {
    const outside = byUuid()
    expect(await outside.start?.(WELL, never)).toEqual({ ok: true })
    expect(check).toMatchObject({ status: 'new', startedRun: RUN })
    await outside.beat({ ...WELL, runId: OTHER_RUN }, never)
    expect(check.startedRun).toBe(RUN)
    await outside.beat(WELL, never)
    expect(check.startedRun).toBeUndefined()
  })

  test('is found by its slug, and made by its first ping where that is wanted', async () => {
    expect(await bySlug('watchdog').beat(WELL, never)).toEqual({ ok: true })
    expect(check.status).toBe('up')
    expect(await bySlug('new-one', { create: true }).beat(WELL, never)).toEqual({ ok: true })
    expect(await bySlug('new-one', { create: true }).beat(ill('x'), never)).toEqual({ ok: true })
    expect(manners.checks.map(({ slug, status }) => [slug, status])).toEqual([
      ['watchdog', 'up'],
      ['new-one', 'down'],
    ])
  })

  test('keeps what stands in its URL', async () => {
    const outside = healthchecksDriver.create('outside', {
      ...schema.parse({ url: { env: 'UNUSED' } }),
      url: new Disclosed(`${server.url}/${KEY}/made/?create=1\n`),
    })
    expect(await outside.beat(ill('x'), never)).toEqual({ ok: true })
    expect(server.requests.at(-1)?.path).toBe(`/${KEY}/made/fail`)
    expect(server.requests.at(-1)?.query.get('create')).toBe('1')
  })
})

describe('the body', () => {
  const long = ill(...Array.from({ length: 3_000 }, (_, index) => `Reason ${index} ünï 💥.`))
  const sentBytes = () => Buffer.byteLength(server.requests.at(-1)?.text ?? '')

  test('is at most 10 kB, and what the server says once it said so; never half a character', async () => {
    const outside = byUuid()
    await outside.beat(long, never)
    expect(sentBytes()).toBeLessThanOrEqual(10_000)
    expect(sentBytes()).toBeGreaterThan(9_900)
    expect(server.requests.at(-1)?.text.endsWith('…')).toBe(true)
    expect(server.requests.at(-1)?.text).not.toContain('\uFFFD')
    await reopen({ bodyLimit: 500 })
    const elsewhere = byUuid()
    await elsewhere.beat(WELL, never)
    await elsewhere.beat(long, never)
    expect(sentBytes()).toBeLessThanOrEqual(500)
    await reopen({ bodyLimit: 100_000 })
    const hosted = byUuid()
    await hosted.beat(WELL, never)
    await hosted.beat(long, never)
    expect(sentBytes()).toBeGreaterThan(50_000)
    expect(sentBytes()).toBeLessThanOrEqual(100_000)
  })

  test('has its usual limit where the server says none, or nonsense', async () => {
    await reopen({ bodyLimit: undefined })
    const outside = byUuid()
    await outside.beat(WELL, never)
    await outside.beat(long, never)
    expect(sentBytes()).toBeLessThanOrEqual(10_000)
    await reopen({ bodyLimit: 0 })
    const none = byUuid()
    await none.beat(WELL, never)
    await none.beat(long, never)
    expect(sentBytes()).toBe(0)
  })
})

describe('a refusal is a sentence with a way out', () => {
  const unknown = '00000000-d4c7-4bf5-bcc8-b8d8a82ea278'

  test.each([
    [false, '404'],
    [true, '200'],
  ])('where nobody is told (a server that says OK anyway: %s)', async (saysOkAnyway, status) => {
    await reopen({ saysOkAnyway })
    expect(await byUuid(unknown).beat(WELL, never)).toEqual({
      ok: false,
      code: 'not-found',
      sentence: `Healthchecks has no check with this address (${status}): copy its ping URL anew`,
    })
    expect(await bySlug('nobody').beat(WELL, never)).toEqual({
      ok: false,
      code: 'not-found',
      sentence: `Healthchecks has no check with this ping key and slug (${status}): make one, or set \`create: true\``,
    })
    const outside = byUuid()
    for (let ping = 0; ping < 5; ping += 1) expect(await outside.beat(WELL, never)).toEqual({ ok: true })
    expect(await outside.beat(WELL, never)).toMatchObject({
      code: 'rate-limited',
      sentence: expect.stringMatching(/at most 5 pings/),
    })
    nowMs += 60_000
    expect(await outside.beat(WELL, never)).toEqual({ ok: true })
  })

  test('where several have the slug', async () => {
    manners.add(unknown, 'watchdog')
    const outcome = await bySlug('watchdog').beat(WELL, never)
    expect(outcome).toMatchObject({
      code: 'ambiguous',
      sentence: expect.stringMatching(/several checks .* have this slug \(409\)/),
    })
    expect(manners.checks.flatMap(({ pings }) => pings)).toEqual([])
  })

  test('where the address is none, or leads elsewhere', async () => {
    expect(await byUuid('not-a-uuid').beat(WELL, never)).toMatchObject({
      code: 'rejected',
      sentence: expect.stringMatching(/\(400\)/),
    })
    server.mode = 'garbage'
    expect(await byUuid().beat(WELL, never)).toMatchObject({
      code: 'malformed-answer',
      sentence: expect.stringMatching(/^it answered 200, but not as Healthchecks does/),
    })
    server.mode = 'error'
    expect(await byUuid().beat(WELL, never)).toEqual({ ok: false, code: 'server-error', sentence: 'it answered 500' })
  })
})

describe('the configuration', () => {
  const url = { env: 'HC_URL' }
  const pingKey = { env: 'HC_KEY' }

  test.each([
    [{}, 'url'],
    [{ url, pingKey, slug: 'a' }, 'url'],
    [{ url, slug: 'a' }, 'url'],
    [{ pingKey }, 'slug'],
    [{ pingKey, slug: 'Not A Slug' }, 'slug'],
    [{ pingKey, slug: 'a', base: 'ftp://x' }, 'base'],
    [{ url: 'https://hc-ping.com/inline' }, 'url'],
    [{ url, timeout: '0s' }, 'timeout'],
  ])('%j is refused', (settings, path) => {
    const result = schema.safeParse(settings)
    expect(result.error?.issues[0]?.path.join('.')).toBe(path)
    expect(JSON.stringify(result.error)).not.toContain('inline')
  })

  test('has the hosted service for its default', () => {
    expect(schema.parse({ pingKey, slug: 'a' })).toMatchObject({ base: 'https://hc-ping.com', timeout: 10_000 })
  })
})
