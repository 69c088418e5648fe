import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { Disclosed, Secret } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { NtfyManners, type NtfyOptions } from '../../lab/servers/channels/ntfy.ts'
import type { SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never, refusalOf } from '../testing/faults.ts'
import { hostileMessage, missingIn } from '../testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { ntfyDriver } from './driver.ts'
import type { NtfySettings } from './settings.ts'

const TOPIC = 'watchdog-s3cretT0pic'
const open: ChannelServer[] = []
const secure: Server[] = []
afterEach(async () => {
  for (const server of secure.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  for (const server of open.splice(0)) await server.stop()
})

async function lab(options: NtfyOptions = {}, own: Partial<NtfySettings> = {}) {
  const manners = new NtfyManners({ burst: Number.POSITIVE_INFINITY, ...options })
  const server = await ChannelServer.open(manners)
  open.push(server)
  const settings = { server: server.url, topic: new Disclosed(TOPIC), timeout: 5_000, ...own }
  const notifier = ntfyDriver.create('phone', settings)
  return { manners, server, notifier, send: (request: SendRequest) => notifier.send(request, never) }
}

async function listening(server: Server): Promise<string> {
  secure.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const plainOrNot = (message = sampleMessage(), plain = false): SendRequest => ({ message, plain })
const many = sampleMessage({
  alerts: Array.from({ length: 60 }, (_, index) =>
    sampleAlert({ summary: `alert ${index}.`, description: 'x'.repeat(4000) }),
  ),
})

describe('a message', () => {
  it('arrives with priority, tags, and links that can be tapped', async () => {
    const { manners, send } = await lab()
    const alerts = [sampleAlert({ link: 'https://pve3.example.org:8006/' })]
    expect(await send(plainOrNot(sampleMessage({ alerts })))).toMatchObject({ ok: true })
    expect(manners.messages).toMatchObject([
      {
        topic: TOPIC,
        title: '🔥 CRITICAL pve3 is down',
        priority: 4,
        tags: ['firing', 'severity-critical'],
        click: 'https://pve3.example.org:8006/',
        actions: [{ action: 'view', label: 'Runbook', url: 'https://example.org/runbook#host-down' }],
        sequence_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
    expect(manners.messages[0]?.message).toContain('fired 2026-03-01 03:10')
  })

  it.each([
    ['emergency', 'firing', 'alerts', 5],
    ['critical', 'firing', 'alerts', 4],
    ['warning', 'firing', 'alerts', 3],
    ['info', 'notice', 'alerts', 2],
    ['emergency', 'resolved', 'alerts', 3],
    ['info', 'resolved', 'alerts', 2],
    ['critical', 'firing', 'drill', 2],
  ] as const)('%s, %s, %s has priority %i', async (severity, status, kind, priority) => {
    const { manners, send } = await lab()
    await send(plainOrNot(sampleMessage({ severity, status, kind })))
    expect(manners.messages[0]?.priority).toBe(priority)
  })

  it('has at most three actions, one for each runbook', async () => {
    const { manners, send } = await lab()
    const alerts = [1, 2, 2, 3, 4].map((n) =>
      sampleAlert({ runbookUrl: `https://example.org/${n}`, labels: { alertname: `Alert${n}` } }),
    )
    await send(plainOrNot(sampleMessage({ alerts })))
    expect(manners.messages[0]?.actions?.map(({ label }) => label)).toEqual([
      'Runbook Alert1',
      'Runbook Alert2',
      'Runbook Alert3',
    ])
  })

  it('opens nothing but web pages', async () => {
    const { manners, send } = await lab()
    const alerts = [sampleAlert({ link: 'intent://evil', runbookUrl: 'javascript:alert(1)' })]
    await send(plainOrNot(sampleMessage({ alerts })))
    expect(manners.messages[0]).not.toHaveProperty('click')
    expect(manners.messages[0]).not.toHaveProperty('actions')
    expect(manners.messages[0]?.message).toContain('Runbook: javascript:alert(1)')
  })

  it('shows what labels hold as text, also what ntfy would decode', async () => {
    const { manners, send } = await lab()
    const evil = '=?UTF-8?B?aGlkZGVu?= **x**\r\nX-Priority: 5'
    await send(plainOrNot(sampleMessage({ title: evil, alerts: [sampleAlert({ description: evil })] })))
    const [{ title, message, priority } = { title: '', message: '', priority: 0 }] = manners.messages
    expect(`${title} ${message}`).not.toContain('hidden')
    expect(title).toBe('🔥 CRITICAL = ?UTF-8?B?aGlkZGVu?= **x** X-Priority: 5')
    expect(message).toContain('=?UTF-8?B?aGlkZGVu?= **x** X-Priority: 5\n')
    expect(priority).toBe(4)
  })

  it('in its plain form has nothing but text', async () => {
    const { manners, send } = await lab()
    await send(plainOrNot(sampleMessage(), true))
    expect(Object.keys(manners.messages[0] ?? {}).sort()).toEqual(
      ['event', 'id', 'message', 'priority', 'time', 'title', 'topic'].sort(),
    )
  })

  it('never breaks a limit of the server, and loses no alert, in both forms', async () => {
    const { manners, send } = await lab({ titleLimit: 250 })
    await fc.assert(
      fc.asyncProperty(hostileMessage, fc.boolean(), async (message, plain) => {
        manners.messages.length = 0
        expect(await send({ message, plain })).toMatchObject({ ok: true })
        const told = manners.messages.map(({ message }) => message)
        expect(missingIn(told, message)).toEqual([])
        expect(new Set(manners.messages.map(({ sequence_id, id }) => sequence_id ?? id)).size).toBe(told.length)
      }),
      { numRuns: 60 },
    )
  })

  it('full of quotes leaves room in the JSON for the rest', async () => {
    const { manners, send } = await lab({ titleLimit: 250 })
    const quoting = (times: number) => (n: number) =>
      sampleAlert({ description: '"\\'.repeat(times), runbookUrl: `https://example.org/${n}${'?'.repeat(370)}` })
    for (const alerts of [[1].map(quoting(9000)), [1, 2, 3].map(quoting(150))]) {
      expect(await send(plainOrNot(sampleMessage({ title: '"'.repeat(500), alerts })))).toMatchObject({ ok: true })
    }
    expect(manners.messages.map(({ actions }) => actions?.length)).toEqual([1, 3])
  })

  it('of a server with a smaller limit passes in its plain form', async () => {
    const { manners, send } = await lab({ messageLimit: 1024 })
    const message = sampleMessage({ alerts: [sampleAlert({ description: 'x'.repeat(9000) })] })
    expect(await send({ message, plain: false })).toMatchObject({ ok: false, advice: 'plain' })
    expect(await send({ message, plain: true })).toMatchObject({ ok: true })
    expect(manners.messages).toHaveLength(1)
  })
})

describe('several messages', () => {
  it('make a noise once', async () => {
    const { manners, send } = await lab()
    await send(plainOrNot(many))
    expect(manners.messages.length).toBeGreaterThan(2)
    expect(manners.messages.map(({ priority }) => priority)).toEqual([4, ...manners.messages.slice(1).map(() => 2)])
  })

  it('go on after a rate limit, each alert once', async () => {
    let nowMs = 0
    const { manners, send } = await lab({ burst: 2, refillMs: 5000, now: () => nowMs })
    let outcome = await send(plainOrNot(many))
    const waits: (number | undefined)[] = []
    while (!outcome.ok) {
      expect(outcome).toMatchObject({ code: 'rate-limited', advice: 'later', mayHaveArrived: false })
      waits.push(outcome.retryAfterMs)
      nowMs += outcome.retryAfterMs ?? 0
      outcome = await send({ ...plainOrNot(many), progress: outcome.progress ?? '' })
    }
    expect(waits.length).toBeGreaterThan(0)
    expect(new Set(waits)).toEqual(new Set([5000]))
    const told = manners.messages.flatMap(({ message }) => message.match(/alert \d+\./g) ?? [])
    expect(told).toEqual(many.alerts.map(({ summary }) => summary))
  })

  it('are shown once where an answer was lost on the way', async () => {
    const { manners, server, send } = await lab()
    server.mode = 'lost'
    server.modeCalls = 1
    const outcome = refusalOf(await send(plainOrNot()))
    expect(outcome).toMatchObject({ mayHaveArrived: true })
    expect(await send(plainOrNot())).toMatchObject({ ok: true })
    expect(manners.shown).toHaveLength(1)
  })
})

describe('a server that does not', () => {
  it.each(FAULTS)('$mode', async ({ mode, code, advice, mayHaveArrived }) => {
    const { server, manners, send } = await lab({}, { timeout: mode === 'hang' ? 200 : 20_000 })
    server.mode = mode
    const outcome = refusalOf(await send(plainOrNot()))
    expect(outcome).toMatchObject({ code, advice, mayHaveArrived })
    expect(outcome.progress).toBeUndefined()
    expect(JSON.stringify(outcome)).not.toContain(TOPIC)
    expect(manners.messages).toHaveLength(mode === 'lost' ? 1 : 0)
  })

  it('is slow', async () => {
    const { server, send } = await lab()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send(plainOrNot())).toMatchObject({ ok: true })
  })

  it('is given up on', async () => {
    const { server, notifier } = await lab({}, { timeout: 60_000 })
    server.mode = 'hang'
    const abort = new AbortController()
    server.watch(() => abort.abort())
    expect(await notifier.send(plainOrNot(), abort.signal)).toMatchObject({ code: 'aborted', advice: 'later' })
  })

  it('has another certificate than the pinned one', async () => {
    const { cert, key } = selfSigned('ntfy')
    const reply = '{"id":"m00000000000","time":1}'
    const tls = await listening(createServer({ cert, key }, (_, outgoing) => outgoing.end(reply)))
    const fingerprint = new X509Certificate(cert).fingerprint256
    const pinned = (await lab({}, { server: tls, tls: { fingerprint } })).send
    expect(await pinned(plainOrNot())).toEqual({ ok: true, ref: 'm00000000000 1' })
    const unknown = (await lab({}, { server: tls })).send
    expect(await unknown(plainOrNot())).toMatchObject({ code: 'tls', advice: 'later', mayHaveArrived: false })
  })

  it('refuses the topic, and says no more of it than that', async () => {
    const { send } = await lab({}, { topic: 'no such topic!' })
    expect(await send(plainOrNot(sampleMessage(), true))).toMatchObject({ code: 'rejected', advice: 'never' })
  })
})

describe('credentials', () => {
  const token = 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2'
  const bearer = `Bearer ${token}`
  const basic = `Basic ${Buffer.from('phil:my:pass').toString('base64')}`

  it.each([
    ['a token', bearer, { token: new Disclosed(token) }],
    ['a password', basic, { username: 'phil', password: new Disclosed('my:pass') }],
  ])('open with %s', async (_, authorization, own) => {
    const { send } = await lab({ authorization }, own)
    expect(await send(plainOrNot())).toMatchObject({ ok: true })
  })

  it('are wrong, or missing, and nowhere in what is said', async () => {
    const wrong = await lab({ authorization: 'Bearer other' }, { token: new Disclosed(token) })
    const missing = await lab({ authorization: bearer })
    for (const { send } of [wrong, missing]) {
      const outcome = refusalOf(await send(plainOrNot()))
      expect(outcome).toMatchObject({ code: 'credentials-refused', advice: 'never' })
      expect(JSON.stringify(outcome)).not.toMatch(/tk_Ag|s3cret/)
    }
  })

  it('cannot be read now', async () => {
    const { send, notifier, server } = await lab({}, { token: new Secret({ env: 'NO_SUCH_NTFY_TOKEN' }) })
    expect(await send(plainOrNot())).toMatchObject({ code: 'secret-missing', advice: 'later', mayHaveArrived: false })
    expect(await notifier.readBack('m00000000000 1', never)).toMatchObject({ ok: false })
    expect(server.requests).toEqual([])
  })
})

describe('reading back', () => {
  it('finds what is there, and nothing else', async () => {
    const { manners, send, notifier } = await lab()
    const outcome = await send(plainOrNot())
    const ref = outcome.ok ? (outcome.ref ?? '') : ''
    await send(plainOrNot())
    expect(await notifier.readBack(ref, never)).toEqual({ ok: true, found: true })
    manners.messages.length = 0
    expect(await notifier.readBack(ref, never)).toEqual({ ok: true, found: false })
    expect(await notifier.readBack('what?', never)).toMatchObject({ ok: false })
  })

  it('says why it cannot', async () => {
    const { server, send, notifier } = await lab({ readable: false })
    const outcome = await send(plainOrNot())
    const ref = outcome.ok ? (outcome.ref ?? '') : ''
    expect(await notifier.readBack(ref, never)).toEqual({ ok: false, sentence: 'it answered 403: forbidden' })
    server.mode = 'garbage'
    expect(await notifier.readBack(ref, never)).toEqual({ ok: false, sentence: 'its answer lists no messages' })
    server.mode = 'reset'
    const answer = await notifier.readBack(ref, never)
    expect(answer).toMatchObject({ ok: false })
    expect(JSON.stringify(answer)).not.toContain(TOPIC)
  })
})
