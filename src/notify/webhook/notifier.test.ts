import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Disclosed, Secret } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { WebhookManners, type WebhookOptions } from '../../lab/servers/channels/webhook.ts'
import type { Message, SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never, refusalOf } from '../testing/faults.ts'
import { hostileMessage } from '../testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { webhookDriver } from './driver.ts'
import type { WebhookSettings } from './settings.ts'

const open: ChannelServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function lab(options: WebhookOptions = {}, own: (url: string) => Partial<WebhookSettings> = () => ({})) {
  const manners = new WebhookManners(options)
  const server = await ChannelServer.open(manners)
  open.push(server)
  const settings: WebhookSettings = { url: `${server.url}/hook`, headers: {}, timeout: 5_000, ...own(server.url) }
  const notifier = webhookDriver.create('hook', settings)
  return { manners, server, notifier, send: (request: SendRequest) => notifier.send(request, never) }
}

const rich = (message: Message = sampleMessage()): SendRequest => ({ message, plain: false })

describe('a message', () => {
  it('arrives in the form of version 1', async () => {
    const { manners, server, send } = await lab()
    const message = sampleMessage({
      late: 'delivered 3 h late: the channel did not answer',
      status: 'resolved',
      alerts: [
        sampleAlert({
          event: 'resolved',
          status: 'resolved',
          endsMs: Date.UTC(2026, 2, 1, 2, 25),
          link: 'https://pve3.example.org:8006/',
          acknowledgedBy: 'ada',
          folded: 4,
        }),
      ],
    })
    expect(await send(rich(message))).toEqual({ ok: true })
    const golden = readFileSync(new URL('payload.golden.json', import.meta.url), 'utf8')
    // The order too: what people read should not move about.
    expect(JSON.stringify(JSON.parse(server.requests[0]?.text ?? ''), null, 2)).toBe(
      JSON.stringify(JSON.parse(golden), null, 2),
    )
    expect(manners.deliveries.get('n42-mail')?.times).toBe(1)
  })

  it('has a delivery key that a receiver can know again', async () => {
    const { manners, server, send } = await lab()
    server.mode = 'lost'
    server.modeCalls = 1
    expect(await send(rich())).toMatchObject({ ok: false, mayHaveArrived: true })
    expect(await send(rich())).toEqual({ ok: true })
    expect([...manners.deliveries.values()]).toMatchObject([{ key: 'n42-mail', times: 2 }])
  })

  it('is shortened where the receiver wants less', async () => {
    const { send, manners } = await lab({ mostBodyBytes: 2000 })
    const message = sampleMessage({ alerts: [sampleAlert({ description: 'x'.repeat(5000) })] })
    expect(await send(rich(message))).toMatchObject({ code: 'too-large', advice: 'plain' })
    const short = await lab({ mostBodyBytes: 3500 })
    expect(await short.send({ message, plain: true })).toEqual({ ok: true })
    expect(short.manners.deliveries.get('n42-mail')?.payload).toMatchObject({
      alerts: [{ timeline: [], annotations: {} }],
    })
    expect(manners.deliveries.size).toBe(0)
    expect(await send({ message: sampleMessage({ title: 'x'.repeat(5000) }), plain: true })).toEqual({ ok: true })
  })

  it('arrives whatever is in it, as it was', async () => {
    const { manners, server, send } = await lab({ mostBodyBytes: 4_000_000, signingSecret: 'k' }, () => ({
      signingSecret: new Disclosed('k'),
    }))
    await fc.assert(
      fc.asyncProperty(hostileMessage, fc.boolean(), async (message, plain) => {
        manners.deliveries.clear()
        expect(await send({ message, plain })).toEqual({ ok: true })
        const alerts = manners.deliveries.get(message.key)?.payload.alerts as { summary: string }[]
        const begins = (summary: string) => summary.toWellFormed().slice(0, 200)
        expect(alerts.map(({ summary }) => begins(summary))).toEqual(
          message.alerts.map(({ summary }) => begins(summary)),
        )
        expect(server.requests.at(-1)?.text).not.toMatch(/\\ud[89a-f]/i)
      }),
      { numRuns: 60 },
    )
  })
})

describe('who sends it', () => {
  it('is proved by a signature over what arrived', async () => {
    const { server, send } = await lab({}, () => ({ signingSecret: new Disclosed('s3cret') }))
    const before = Math.floor(Date.now() / 1000)
    await send(rich(sampleMessage({ title: 'über 🔥' })))
    const [request] = server.requests
    const [, seconds = '', hex] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(request?.headers['x-watchdog-signature'] ?? '') ?? []
    expect(hex).toBe(createHmac('sha256', 's3cret').update(`${seconds}.${request?.text}`).digest('hex'))
    expect(Number(seconds)).toBeGreaterThanOrEqual(before)
  })

  it.each([
    ['other', 0, false],
    ['s3cret', 301_000, false],
    ['s3cret', -301_000, false],
    ['s3cret', 100_000, true],
  ])('is believed with %s and a clock that is off by %i ms: %s', async (secret, offMs, ok) => {
    const { send } = await lab({ signingSecret: 's3cret', now: () => Date.now() + offMs }, () => ({
      signingSecret: new Disclosed(secret),
    }))
    const outcome = await send(rich())
    expect(outcome.ok).toBe(ok)
    if (!outcome.ok) expect(outcome).toMatchObject({ code: 'credentials-refused', advice: 'never' })
  })

  it('is told by a token and by headers', async () => {
    const { server, send } = await lab({ token: 't0ken-one' }, () => ({
      token: new Disclosed('t0ken-one'),
      headers: { 'X-Tenant': 'home', 'X-Key': new Disclosed('s3cret-key') },
    }))
    expect(await send(rich())).toEqual({ ok: true })
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ken-one',
      'x-tenant': 'home',
      'x-key': 's3cret-key',
      'content-type': 'application/json',
    })
  })

  it('may stand in the address', async () => {
    const { server, send } = await lab({}, (url) => ({
      url: new Disclosed(`${url.replace('//', '//ada:l0vel%40ce@')}/hook`),
    }))
    expect(await send(rich())).toEqual({ ok: true })
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:l0vel@ce').toString('base64')}`)
  })
})

describe('a receiver that does not', () => {
  // Any 2xx is success, whatever stands in it.
  it.each(FAULTS.filter(({ mode }) => mode !== 'garbage'))('$mode', async ({ mode, code, advice, mayHaveArrived }) => {
    const { server, send } = await lab({}, (url) => ({
      url: new Disclosed(`${url}/hook?key=s3cret-key`),
      timeout: mode === 'hang' ? 200 : 20_000,
    }))
    server.mode = mode
    const outcome = refusalOf(await send(rich()))
    expect(outcome).toMatchObject({ code, advice, mayHaveArrived })
    expect(outcome.retryAfterMs).toBe(mode === 'ratelimit' ? 3000 : undefined)
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|127\.0/)
  })

  it('is slow', async () => {
    const { server, send } = await lab()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send(rich())).toEqual({ ok: true })
  })

  it('repeats what it was sent, and none of it is told on', async () => {
    const wrongToken = await lab({ token: 'other' }, () => ({ token: new Disclosed('t0ken-one') }))
    expect(await wrongToken.send(rich())).toMatchObject({ sentence: 'it answered 401: wrong token: Bearer ***' })
    const wrongPath = await lab({}, (url) => ({ url: new Disclosed(`${url}/hooks/s3cret%20key?a=b`) }))
    expect(await wrongPath.send(rich())).toMatchObject({
      code: 'not-found',
      sentence: 'it answered 404: Cannot POST /hooks/***',
    })
  })

  it('redirects, which is not followed', async () => {
    const target = await lab()
    const reply = () => ({ status: 307, headers: { location: `${target.server.url}/hook` }, body: '' })
    const server = await ChannelServer.open({ name: 'redirect', reply, rateLimited: reply })
    open.push(server)
    const notifier = webhookDriver.create('hook', { url: server.url, headers: {}, timeout: 5_000 })
    expect(await notifier.send(rich(), never)).toMatchObject({ code: 'rejected', advice: 'never' })
    expect(target.server.requests).toEqual([])
  })

  it('cannot be asked while a secret cannot be read', async () => {
    const { send, server } = await lab({}, () => ({ headers: { 'x-key': new Secret({ env: 'NO_SUCH_HOOK_KEY' }) } }))
    expect(await send(rich())).toMatchObject({ code: 'secret-missing', advice: 'later' })
    expect(server.requests).toEqual([])
  })

  it('cannot be asked with a secret that is no header', async () => {
    const { send, server } = await lab({}, () => ({ token: new Disclosed('s3cret\r\nX-Evil: 1') }))
    const outcome = refusalOf(await send(rich()))
    expect(outcome).toMatchObject({ code: 'unreachable', mayHaveArrived: false })
    expect(JSON.stringify(outcome)).not.toContain('s3cret')
    expect(server.requests).toEqual([])
  })
})
