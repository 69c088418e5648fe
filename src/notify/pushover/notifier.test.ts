import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Disclosed, Secret } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { PushoverManners, type PushoverOptions } from '../../lab/servers/channels/pushover.ts'
import type { Message, SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never, refusalOf } from '../testing/faults.ts'
import { hostileMessage, missingIn } from '../testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { pushoverDriver } from './driver.ts'
import type { PushoverSettings } from './settings.ts'

const TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
const USER = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'
const open: ChannelServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function lab(options: PushoverOptions = {}, own: Partial<PushoverSettings> = {}) {
  const manners = new PushoverManners({ token: TOKEN, user: USER, ...options })
  const server = await ChannelServer.open(manners)
  open.push(server)
  const settings: PushoverSettings = {
    token: new Disclosed(TOKEN),
    user: new Disclosed(USER),
    untilAcknowledged: 'emergency',
    repeatEvery: 60_000,
    repeatFor: 3_600_000,
    apiUrl: server.url,
    timeout: 5_000,
    ...own,
  }
  const notifier = pushoverDriver.create('pager', settings)
  return { manners, server, notifier, send: (request: SendRequest) => notifier.send(request, never) }
}

const rich = (message: Message = sampleMessage()): SendRequest => ({ message, plain: false })
const many = sampleMessage({
  severity: 'emergency',
  alerts: Array.from({ length: 50 }, (_, index) =>
    sampleAlert({ summary: `alert ${index}.`, description: 'x'.repeat(4000) }),
  ),
})

describe('a message', () => {
  it('arrives with everything that Pushover shows', async () => {
    const { manners, send } = await lab({}, { device: 'phone,tablet', sound: 'siren' })
    expect(await send(rich())).toMatchObject({ ok: true })
    expect(manners.messages).toEqual([
      {
        token: TOKEN,
        user: USER,
        title: '🔥 CRITICAL pve3 is down',
        message: expect.stringContaining('fired 2026-03-01 03:10'),
        priority: '1',
        url: 'https://example.org/runbook#host-down',
        url_title: 'Runbook',
        device: 'phone,tablet',
        sound: 'siren',
      },
    ])
  })

  it.each([
    ['emergency', 'firing', 'alerts', '2'],
    ['critical', 'firing', 'alerts', '1'],
    ['warning', 'firing', 'alerts', '0'],
    ['info', 'firing', 'alerts', '-1'],
    ['emergency', 'notice', 'alerts', '1'],
    ['emergency', 'resolved', 'alerts', '0'],
    ['info', 'resolved', 'alerts', '-1'],
    ['emergency', 'firing', 'drill', '-1'],
    ['emergency', 'firing', 'test', '1'],
  ] as const)('%s, %s, %s has priority %s', async (severity, status, kind, priority) => {
    const { manners, send } = await lab()
    await send(rich(sampleMessage({ severity, status, kind })))
    expect(manners.messages[0]?.priority).toBe(priority)
  })

  it.each([
    ['never', 'emergency', '1'],
    ['emergency', 'critical', '1'],
    ['critical', 'critical', '2'],
    ['critical', 'emergency', '2'],
    ['critical', 'warning', '0'],
  ] as const)('until acknowledged %s: %s has priority %s', async (untilAcknowledged, severity, priority) => {
    const { manners, send } = await lab({}, { untilAcknowledged })
    await send(rich(sampleMessage({ severity })))
    expect(manners.messages[0]?.priority).toBe(priority)
  })

  it('that has to be acknowledged is repeated as configured', async () => {
    const { manners, send } = await lab({}, { repeatEvery: 30_000, repeatFor: 10_800_000 })
    await send(rich(sampleMessage({ severity: 'emergency' })))
    expect(manners.messages[0]).toMatchObject({ priority: '2', retry: '30', expire: '10800' })
  })

  it('shows markup as text and opens nothing but web pages', async () => {
    const { manners, send } = await lab()
    const evil = '<b>x</b> &amp; a=b&priority=2\r\n'
    const alerts = [sampleAlert({ description: evil, link: 'javascript:alert(1)', runbookUrl: 'tel:110' })]
    await send(rich(sampleMessage({ alerts })))
    expect(manners.messages[0]?.message).toContain('<b>x</b> &amp; a=b&priority=2\n')
    expect(Object.keys(manners.messages[0] ?? {})).toEqual(['token', 'user', 'title', 'message', 'priority'])
  })

  it('passes in its plain form where a setting is refused', async () => {
    const { manners, send } = await lab({}, { sound: 'trumpet' })
    expect(await send(rich())).toMatchObject({
      code: 'rejected',
      advice: 'plain',
      sentence: 'it answered 400: sound name is invalid',
    })
    expect(await send({ ...rich(), plain: true })).toMatchObject({ ok: true })
    expect(manners.messages[0]).not.toHaveProperty('sound')
  })

  it('never breaks a limit, and loses no alert, in both forms', async () => {
    const { manners, send } = await lab({ monthlyLimit: Number.MAX_SAFE_INTEGER })
    await fc.assert(
      fc.asyncProperty(hostileMessage, fc.boolean(), async (message, plain) => {
        manners.messages.length = 0
        expect(await send({ message, plain })).toMatchObject({ ok: true })
        expect(
          missingIn(
            manners.messages.map(({ message = '' }) => message),
            message,
          ),
        ).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

describe('several messages', () => {
  it('have to be acknowledged once, and go on where a fault ended them', async () => {
    const { manners, server, send } = await lab()
    const stop = server.watch(() => {
      server.mode = 'error'
      server.modeCalls = 1
      stop()
    })
    const outcome = refusalOf(await send(rich(many)))
    expect(outcome).toMatchObject({ code: 'server-error', advice: 'later', retryAfterMs: 5000 })
    expect(await send({ ...rich(many), progress: outcome.progress ?? '' })).toMatchObject({ ok: true })
    expect(manners.messages.map(({ priority }) => priority)).toEqual([
      '2',
      ...manners.messages.slice(1).map(() => '-1'),
    ])
    const told = manners.messages.flatMap(({ message = '' }) => message.match(/alert \d+\./g) ?? [])
    expect(told).toEqual(many.alerts.map(({ summary }) => summary))
  })
})

describe('a service that does not', () => {
  it.each(FAULTS)('$mode', async ({ mode, code, advice, mayHaveArrived }) => {
    const { server, manners, send } = await lab({}, { timeout: mode === 'hang' ? 200 : 20_000 })
    server.mode = mode
    const outcome = refusalOf(await send(rich()))
    expect(outcome).toMatchObject({ code, advice, mayHaveArrived })
    expect(JSON.stringify(outcome)).not.toMatch(/azGDORePK|uQiRzpo4/)
    expect(manners.messages).toHaveLength(mode === 'lost' ? 1 : 0)
  })

  it('is slow', async () => {
    const { server, send } = await lab()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send(rich())).toMatchObject({ ok: true })
  })

  it.each([
    ['far away', 4_000_000_000, 3_600_000],
    ['over', 1, 5000],
  ])('has no more messages this month, whose end is %s', async (_, resetSeconds, waitMs) => {
    const { send } = await lab({ monthlyLimit: 0, resetSeconds })
    expect(await send(rich())).toEqual({
      ok: false,
      code: 'rate-limited',
      advice: 'later',
      sentence: 'it answered 429: application has exceeded its limit of 0 messages',
      retryAfterMs: waitMs,
      mayHaveArrived: false,
    })
  })

  it.each([
    ['token', { token: new Disclosed('s3cretWrong') }],
    ['user', { user: new Disclosed('s3cretWrong') }],
  ])('does not know the %s', async (_, own) => {
    const { send } = await lab({}, own)
    const outcome = refusalOf(await send(rich()))
    expect(outcome).toMatchObject({ code: 'credentials-refused', advice: 'never', mayHaveArrived: false })
    expect(JSON.stringify(outcome)).not.toContain('s3cret')
  })

  it('cannot be asked while a key cannot be read', async () => {
    const { send, server } = await lab({}, { user: new Secret({ env: 'NO_SUCH_PUSHOVER_USER' }) })
    expect(await send(rich())).toMatchObject({ code: 'secret-missing', advice: 'later' })
    expect(server.requests).toEqual([])
  })
})
