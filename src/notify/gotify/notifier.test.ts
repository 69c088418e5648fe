import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Disclosed, Secret } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { GotifyManners, type GotifyOptions } from '../../lab/servers/channels/gotify.ts'
import type { SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never, refusalOf } from '../testing/faults.ts'
import { hostileMessage, missingIn } from '../testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { gotifyDriver } from './driver.ts'
import type { GotifySettings } from './settings.ts'

const TOKEN = 'AzyoeNS.D4iJLVa'
const open: ChannelServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function lab(options: GotifyOptions = {}, own: Partial<GotifySettings> = {}) {
  const manners = new GotifyManners({ appToken: TOKEN, ...options })
  const server = await ChannelServer.open(manners)
  open.push(server)
  const settings = { server: `${server.url}${options.path ?? ''}`, token: new Disclosed(TOKEN), timeout: 5_000, ...own }
  const notifier = gotifyDriver.create('gotify', settings)
  return { manners, server, notifier, send: (request: SendRequest) => notifier.send(request, never) }
}

const rich = (message = sampleMessage()): SendRequest => ({ message, plain: false })
const many = sampleMessage({
  alerts: Array.from({ length: 120 }, (_, index) =>
    sampleAlert({ summary: `alert ${index}.`, description: 'x'.repeat(4000) }),
  ),
})

describe('a message', () => {
  it('arrives as plain text with priority and a link', async () => {
    const { manners, send } = await lab()
    const alerts = [sampleAlert({ link: 'https://pve3.example.org:8006/' })]
    expect(await send(rich(sampleMessage({ alerts })))).toEqual({ ok: true, ref: '1' })
    expect(manners.messages).toMatchObject([
      {
        title: '🔥 CRITICAL pve3 is down',
        priority: 8,
        extras: {
          'client::display': { contentType: 'text/plain' },
          'client::notification': { click: { url: 'https://pve3.example.org:8006/' } },
        },
      },
    ])
  })

  it.each([
    ['emergency', 'firing', 'alerts', 10],
    ['critical', 'firing', 'alerts', 8],
    ['warning', 'firing', 'alerts', 5],
    ['info', 'notice', 'alerts', 2],
    ['emergency', 'resolved', 'alerts', 4],
    ['critical', 'firing', 'drill', 2],
  ] as const)('%s, %s, %s has priority %i', async (severity, status, kind, priority) => {
    const { manners, send } = await lab()
    await send(rich(sampleMessage({ severity, status, kind })))
    expect(manners.messages[0]?.priority).toBe(priority)
  })

  it('shows markup as text and opens nothing but web pages', async () => {
    const { manners, send } = await lab()
    const evil = '<img src=x> ![x](http://evil/) \r\nX-Gotify-Key: y'
    const alerts = [sampleAlert({ description: evil, link: 'javascript:alert(1)', runbookUrl: 'file:///etc/passwd' })]
    await send(rich(sampleMessage({ alerts })))
    expect(manners.messages[0]?.message).toContain('<img src=x> ![x](http://evil/)  X-Gotify-Key: y\n')
    expect(manners.messages[0]?.extras).toEqual({ 'client::display': { contentType: 'text/plain' } })
  })

  it('in its plain form has no extras', async () => {
    const { manners, send } = await lab()
    await send({ message: sampleMessage(), plain: true })
    expect(manners.messages[0]).not.toHaveProperty('extras')
  })

  it('reaches a server below a path', async () => {
    const { send } = await lab({ path: '/push/gotify' })
    expect(await send(rich())).toMatchObject({ ok: true })
  })

  it('never breaks a limit of the server, and loses no alert, in both forms', async () => {
    const { manners, send } = await lab()
    await fc.assert(
      fc.asyncProperty(hostileMessage, fc.boolean(), async (message, plain) => {
        manners.messages.length = 0
        expect(await send({ message, plain })).toMatchObject({ ok: true })
        expect(
          missingIn(
            manners.messages.map(({ message }) => message),
            message,
          ),
        ).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('several messages', () => {
  it('make a noise once, and go on where a fault ended them', async () => {
    const { manners, server, send } = await lab()
    const stop = server.watch(() => {
      server.mode = 'error'
      server.modeCalls = 1
      stop()
    })
    const outcome = refusalOf(await send(rich(many)))
    expect(outcome).toMatchObject({ code: 'server-error', advice: 'later' })
    expect(manners.messages).toHaveLength(1)
    expect(await send({ ...rich(many), progress: outcome.progress ?? '' })).toMatchObject({ ok: true })
    expect(manners.messages.map(({ priority }) => priority)).toEqual([8, ...manners.messages.slice(1).map(() => 2)])
    const told = manners.messages.flatMap(({ message }) => message.match(/alert \d+\./g) ?? [])
    expect(told).toEqual(many.alerts.map(({ summary }) => summary))
  })
})

describe('a server that does not', () => {
  it.each(FAULTS)('$mode', async ({ mode, code, advice, mayHaveArrived }) => {
    const { server, manners, send } = await lab({}, { timeout: mode === 'hang' ? 200 : 20_000 })
    server.mode = mode
    const outcome = refusalOf(await send(rich()))
    expect(outcome).toMatchObject({ code, advice, mayHaveArrived })
    expect(outcome.retryAfterMs).toBe(mode === 'ratelimit' ? 2000 : undefined)
    expect(JSON.stringify(outcome)).not.toContain(TOKEN)
    expect(manners.messages).toHaveLength(mode === 'lost' ? 1 : 0)
  })

  it('is slow', async () => {
    const { server, send } = await lab()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send(rich())).toMatchObject({ ok: true })
  })

  it('knows the token as one of a client, or not at all', async () => {
    for (const token of ['client', 'nobody']) {
      const { send } = await lab({ clientToken: 'client' }, { token: new Disclosed(token) })
      const outcome = refusalOf(await send(rich()))
      expect(outcome).toMatchObject({ code: 'credentials-refused', advice: 'never' })
      expect(outcome.sentence).toMatch(/to access this api$/)
    }
  })

  it('cannot be asked while the token cannot be read', async () => {
    const { send, server } = await lab({}, { token: new Secret({ file: '/nowhere/token' }) })
    expect(await send(rich())).toMatchObject({ code: 'secret-missing', advice: 'later' })
    expect(server.requests).toEqual([])
  })
})

describe('reading back', () => {
  it('needs the token of a client', async () => {
    const { notifier } = await lab()
    expect(notifier.readBack).toBeUndefined()
  })

  it('finds what is there, and nothing else', async () => {
    const { manners, send, notifier } = await lab({ clientToken: 'client' }, { clientToken: new Disclosed('client') })
    for (let count = 0; count < 3; count += 1) await send(rich())
    expect(await notifier.readBack?.('2', never)).toEqual({ ok: true, found: true })
    manners.messages.splice(1, 1)
    expect(await notifier.readBack?.('2', never)).toEqual({ ok: true, found: false })
    expect(await notifier.readBack?.('what?', never)).toMatchObject({ ok: false })
  })

  it('says why it cannot', async () => {
    const { server, notifier } = await lab({ clientToken: 'client' }, { clientToken: new Disclosed('s3cret') })
    const answer = await notifier.readBack?.('1', never)
    expect(answer).toMatchObject({ ok: false, sentence: expect.stringContaining('401') })
    server.mode = 'garbage'
    expect(await notifier.readBack?.('1', never)).toEqual({ ok: false, sentence: 'its answer lists no messages' })
    server.mode = 'reset'
    expect(JSON.stringify(await notifier.readBack?.('1', never))).not.toContain('s3cret')
  })
})
