import { afterEach, describe, expect, it } from 'vitest'
import { closedPort } from '../../../test/sockets/listeners.ts'
import { Disclosed, Secret } from '../../config/secret.ts'
import { AlertmanagerManners } from '../../lab/servers/channels/alertmanager.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import type { Message, SendOutcome } from '../../ports/notifier.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { alertmanagerDriver } from './driver.ts'
import type { AlertmanagerSettings } from './settings.ts'

const never = new AbortController().signal
const open: ChannelServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function alertmanager() {
  const manners = new AlertmanagerManners()
  const server = await ChannelServer.open(manners)
  open.push(server)
  return { manners, server }
}

function channel(servers: readonly string[], own: Partial<AlertmanagerSettings> = {}) {
  return alertmanagerDriver.create('am', { servers, timeout: 20_000, firingFor: 21_600_000, ...own })
}

function send(
  servers: readonly string[],
  own: Partial<AlertmanagerSettings> = {},
  message: Message = sampleMessage(),
): Promise<SendOutcome> {
  return channel(servers, own).send({ message, plain: false }, never)
}

describe('pushing', () => {
  it('hands over all alerts of a message in one call, with the labels as they are', async () => {
    const { manners, server } = await alertmanager()
    const other = sampleAlert({
      fingerprint: '0',
      labels: { alertname: 'Storm', severity: 'critical', cluster: 'ä "b"\n' },
    })
    const message = sampleMessage({ alerts: [sampleAlert(), other] })
    expect(await send([server.url], {}, message)).toMatchObject({ ok: true })
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/v2/alerts'])
    expect([...manners.alerts.values()].map(({ labels }) => labels)).toEqual([sampleAlert().labels, other.labels])
  })

  it('tells the end of an alert, and again that it fires', async () => {
    const { manners, server } = await alertmanager()
    const ends = () => [...manners.alerts.values()].map(({ endsMs, startsMs }) => endsMs - startsMs)
    await send(
      [server.url],
      { firingFor: 3_600_000 },
      sampleMessage({ alerts: [sampleAlert({ startsMs: Date.now() })] }),
    )
    await send([server.url], {}, sampleMessage({ alerts: [sampleAlert({ startsMs: Date.now() })] }))
    expect(ends()[0]).toBeGreaterThanOrEqual(21_600_000)
    const over = sampleAlert({ status: 'resolved', endsMs: sampleAlert().startsMs + 900_000 })
    await send([server.url], {}, sampleMessage({ alerts: [over] }))
    expect(ends()).toEqual([900_000])
  })

  it('asks nobody where there is nothing to tell', async () => {
    const { server } = await alertmanager()
    expect(await send([server.url], {}, sampleMessage({ alerts: [] }))).toEqual({ ok: true })
    expect(server.requests).toEqual([])
  })

  it('shows its credentials to the server, and in no outcome', async () => {
    const { manners, server } = await alertmanager()
    const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`
    manners.authorization = basic
    expect(await send([server.url], { user: 'me', password: new Disclosed('hunter2') })).toMatchObject({ ok: true })
    manners.authorization = 'Bearer hunter2'
    expect(await send([server.url], { token: new Disclosed('hunter2') })).toMatchObject({ ok: true })
    const wrong = await send([server.url], { token: new Disclosed('hunter3') })
    expect(wrong).toMatchObject({ ok: false, code: 'credentials-refused' })
    expect(JSON.stringify(wrong)).not.toContain('hunter3')
    const token = new Secret({ env: 'NO_SUCH_TOKEN_OF_ALERTMANAGER' })
    expect(await send([server.url], { token })).toMatchObject({ code: 'secret-missing', advice: 'later' })
  })
})

describe('a cluster', () => {
  it('gets every alert on every server', async () => {
    const [a, b] = [await alertmanager(), await alertmanager()]
    expect(await send([a.server.url, b.server.url])).not.toHaveProperty('note')
    expect([a.manners.alerts.size, b.manners.alerts.size]).toEqual([1, 1])
  })

  it('took it where one did, and it is said that the other did not', async () => {
    const [a, b] = [await alertmanager(), await alertmanager()]
    a.server.mode = 'error'
    const host = new URL(a.server.url).host
    expect(await send([a.server.url, b.server.url])).toMatchObject({
      ok: true,
      note: `1 of 2 Alertmanagers did not take it: ${host}: it answered 500: Internal Server Error`,
    })
    expect(b.manners.alerts.size).toBe(1)
  })

  it('did not where none did: the refusal that may end counts', async () => {
    const [a, b] = [await alertmanager(), await alertmanager()]
    a.server.mode = 'not-found'
    b.server.mode = 'lost'
    expect(await send([a.server.url, b.server.url])).toMatchObject({
      ok: false,
      code: 'unreachable',
      advice: 'later',
      mayHaveArrived: true,
      sentence: expect.stringContaining('it answered 404'),
    })
  })
})

describe('a server that does not take it', () => {
  it.each([
    ['ratelimit', { code: 'rate-limited', advice: 'later', retryAfterMs: 1_000, mayHaveArrived: false }],
    ['error', { code: 'server-error', advice: 'later' }],
    ['not-found', { code: 'not-found', advice: 'never' }],
    ['reset', { code: 'unreachable', advice: 'later', mayHaveArrived: true }],
    ['hang', { code: 'timeout', advice: 'later', mayHaveArrived: true }],
    ['lost', { code: 'unreachable', advice: 'later', mayHaveArrived: true }],
  ] as const)('%s', async (mode, expected) => {
    const { server } = await alertmanager()
    server.mode = mode
    expect(await send([server.url], { timeout: mode === 'hang' ? 300 : 20_000 })).toMatchObject({
      ok: false,
      ...expected,
    })
  })

  it('is slow, and that is all', async () => {
    const { server } = await alertmanager()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send([server.url])).toMatchObject({ ok: true })
  })

  it('nobody is there', async () => {
    expect(await send([`http://127.0.0.1:${await closedPort()}`])).toMatchObject({
      code: 'unreachable',
      advice: 'later',
      mayHaveArrived: false,
    })
  })

  it('redirects: that is a wrong address, and nothing is followed', async () => {
    const elsewhere = await alertmanager()
    const server = await ChannelServer.open({
      name: 'redirect',
      reply: () => ({ status: 301, headers: { location: `${elsewhere.server.url}/api/v2/alerts` }, body: '' }),
      rateLimited: () => ({ status: 429, body: '' }),
    })
    open.push(server)
    expect(await send([server.url])).toMatchObject({ code: 'rejected', advice: 'never' })
    expect(elsewhere.server.requests).toEqual([])
  })

  it('finds one alert wrong: the others are taken, and the plain form is tried', async () => {
    const server = await ChannelServer.open({
      name: 'picky',
      reply: () => ({ status: 400, body: '"invalid label set"' }),
      rateLimited: () => ({ status: 429, body: '' }),
    })
    open.push(server)
    const message = sampleMessage()
    const am = channel([server.url])
    expect(await am.send({ message, plain: false }, never)).toMatchObject({ code: 'rejected', advice: 'plain' })
    expect(await am.send({ message, plain: true }, never)).toMatchObject({ code: 'rejected', advice: 'never' })
  })

  it('is given up', async () => {
    const { server } = await alertmanager()
    server.mode = 'hang'
    const abort = new AbortController()
    server.watch(() => abort.abort())
    const sending = channel([server.url]).send({ message: sampleMessage(), plain: false }, abort.signal)
    expect(await sending).toMatchObject({ code: 'aborted', mayHaveArrived: true })
  })
})

describe('reading back', () => {
  it('finds the alert that was pushed, on whichever server', async () => {
    const [a, b] = [await alertmanager(), await alertmanager()]
    const am = channel([a.server.url, b.server.url])
    a.server.mode = 'error'
    const message = sampleMessage({ kind: 'drill', key: 'd"7\\\n' })
    const sent = await am.send({ message, plain: false }, never)
    const ref = sent.ok ? (sent.ref ?? '') : ''
    expect(await am.readBack(ref, never)).toEqual({ ok: true, found: true })
    b.manners.alerts.clear()
    expect(await am.readBack(ref, never)).toEqual({ ok: true, found: false })
    b.server.mode = 'garbage'
    expect(await am.readBack(ref, never)).toMatchObject({ ok: false })
    expect(await am.readBack('from another channel', never)).toMatchObject({ ok: false })
  })
})
