import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { never, openWebhook, refusalIn, type WebhookBench } from '../../../test/sockets/discord-webhook.ts'
import { Secret } from '../../config/secret.ts'
import type { DiscordOptions } from '../../lab/servers/channels/discord.ts'
import { numberedMessage, tokenOf, tokensIn } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { DiscordNotifier } from './notifier.ts'
import { schema } from './settings.ts'

const open: WebhookBench[] = []
afterEach(() => Promise.all(open.splice(0).map(({ server }) => server.stop())))

async function bench(options: DiscordOptions = {}, settings: Record<string, unknown> = {}): Promise<WebhookBench> {
  const opened = await openWebhook(options, settings)
  open.push(opened)
  return opened
}

/** Alerts so long that each needs a post of its own. */
function longMessage(count: number) {
  const alerts = Array.from({ length: count }, (_, nth) =>
    sampleAlert({ incident: nth, summary: `alert ${nth}`, description: 'long '.repeat(2000) }),
  )
  return sampleMessage({ alerts })
}

const THREAD = '1100000000000000001'

describe('a message', () => {
  it('is an embed with its colour, words, labels and time, and pings nobody', async () => {
    const { manners, send, server } = await bench()
    const outcome = await send()
    const [message] = manners.messages
    expect(message).toEqual({
      id: message?.id,
      content: '',
      embeds: [
        {
          title: '🔥 CRITICAL pve3 is down',
          description: [
            'fired 2026-03-01 03:10',
            'No probe of pve3 has answered for 90 s.',
            '2026-03-01 03:10 A power cycle has begun.',
            '[Runbook](https://example.org/runbook#host-down)',
          ].join('\n'),
          color: 0xdc_26_26,
          fields: [{ name: 'host', value: 'pve3', inline: true }],
          footer: { text: 'watchdog · incident 7' },
          timestamp: '2026-03-01T02:10:00.000Z',
        },
      ],
      pinged: [],
      edits: 0,
    })
    expect(outcome).toEqual({ ok: true, ref: JSON.stringify({ alerts: 1, ids: [message?.id] }) })
    const [request] = server.requests
    expect(JSON.parse(request?.text ?? '').allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
    expect(request).toMatchObject({ path: expect.stringContaining('/api/v10/webhooks/'), method: 'POST' })
  })

  it('that comes late, or of several, has a head', async () => {
    const { manners, send } = await bench()
    await send({ message: sampleMessage({ late: 'delivered 3 h late: the channel did not answer' }) })
    await send({ message: sampleMessage({ title: '2 alerts', alerts: [sampleAlert(), sampleAlert()] }) })
    await send({ message: sampleMessage({ kind: 'drill' }) })
    await send({ message: sampleMessage({ kind: 'test', alerts: [] }) })
    expect(manners.messages.map(({ content }) => content)).toEqual([
      'delivered 3 h late: the channel did not answer',
      '**🔥 CRITICAL 2 alerts**',
      '**🧪 DRILL pve3 is down**',
      '**🧪 TEST pve3 is down**',
    ])
  })

  it('goes into the thread, under the name and the picture that are configured', async () => {
    const settings = { thread: THREAD, username: 'Watch', avatar: 'https://example.org/dog.png' }
    const { manners, send } = await bench({ forum: true, threads: [THREAD] }, settings)
    expect(await send()).toMatchObject({ ok: true })
    expect(manners.messages).toMatchObject([{ thread: THREAD, username: 'Watch' }])
  })

  it('pings only who is configured, and only when something fires', async () => {
    const mention = ['everyone', 'role:123456789012345678', 'user:223456789012345678', 'everyone']
    const { manners, send } = await bench({}, { mention })
    const evil = sampleMessage({ title: '@here <@323456789012345678> <@&423456789012345678>', alerts: [] })
    await send({ message: evil })
    await send({ message: { ...evil, status: 'resolved' } })
    await send({ message: { ...evil, kind: 'digest' } })
    await send({ message: { ...evil, kind: 'drill' } })
    await send({ message: { ...evil, kind: 'test', status: 'notice' }, plain: true })
    const all = ['everyone', 'role:123456789012345678', 'user:223456789012345678']
    expect(manners.messages.map(({ pinged }) => pinged)).toEqual([all, [], [], [], all])
  })

  it('in several posts pings once', async () => {
    const { manners, send } = await bench({}, { mention: ['here'] })
    await send({ message: longMessage(3) })
    expect(manners.messages.map(({ pinged }) => pinged)).toEqual([['everyone'], [], []])
    expect(manners.messages[2]?.content).toBe('**🔥 CRITICAL pve3 is down** (continued)')
  })
})

describe('messages of every kind', () => {
  it('are taken, with every alert once and in order', async () => {
    const { manners, send } = await bench()
    let seen = 0
    await fc.assert(
      fc.asyncProperty(numberedMessage, fc.boolean(), async (message, plain) => {
        expect(await send({ message, plain })).toMatchObject({ ok: true })
        expect(tokensIn(manners.messages.slice(seen))).toEqual(message.alerts.map((_, nth) => tokenOf(nth)))
        seen = manners.messages.length
      }),
      { numRuns: 30, endOnFailure: true },
    )
  })
})

describe('a service in trouble', () => {
  it.each([
    ['error', { code: 'server-error', advice: 'later', mayHaveArrived: false }],
    ['not-found', { code: 'not-found', advice: 'never', mayHaveArrived: false }],
    ['ratelimit', { code: 'rate-limited', advice: 'later', mayHaveArrived: false, retryAfterMs: 750 }],
    ['reset', { code: 'unreachable', advice: 'later', mayHaveArrived: true }],
    ['lost', { code: 'unreachable', advice: 'later', mayHaveArrived: true }],
    ['hang', { code: 'timeout', advice: 'later', mayHaveArrived: true }],
    ['garbage', { code: 'malformed-answer', advice: 'later', mayHaveArrived: true }],
  ] as const)('%s', async (mode, refusal) => {
    const { server, send, manners } = await bench({}, { timeout: '500ms' })
    server.mode = mode
    expect(refusalIn(await send())).toMatchObject(refusal)
    expect(manners.messages.length).toBe(mode === 'lost' ? 1 : 0)
  })

  it('that is slow is waited for', async () => {
    const { server, send } = await bench()
    server.mode = 'slow'
    server.slowMs = 50
    expect(await send()).toMatchObject({ ok: true })
  })

  it('ends with the call when it is given up', async () => {
    const { server, notifier } = await bench()
    server.mode = 'hang'
    const abort = new AbortController()
    server.watch(() => abort.abort())
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, abort.signal)
    expect(refusalIn(outcome)).toMatchObject({ code: 'aborted', advice: 'later', mayHaveArrived: true })
  })

  it.each([
    ['an unknown webhook', { webhookId: '1' }, 'not-found', 'never'],
    ['a wrong token', { token: 'another' }, 'credentials-refused', 'never'],
    ['a forum without a thread', { forum: true }, 'rejected', 'never'],
  ])('%s', async (_, options, code, advice) => {
    const { server, manners } = await bench(options)
    const webhook = { reveal: () => `${server.url}/api/webhooks/223704706495545344/hunter2-token` }
    if ('forum' in options) webhook.reveal = () => `${server.url}${manners.path}`
    const notifier = new DiscordNotifier('ops', { webhook, mention: [], timeout: 5000 })
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code, advice, mayHaveArrived: false })
  })

  it('an unknown thread', async () => {
    const { send } = await bench({}, { thread: THREAD })
    const refusal = refusalIn(await send())
    expect(refusal).toMatchObject({ code: 'not-found', advice: 'never' })
    expect(refusal.sentence).toBe('it answered 400: Unknown Channel (10003): its channel has no such thread')
  })
})

describe('a form that is refused', () => {
  it('is made plain, and given up where that is refused, too', async () => {
    const { manners, send } = await bench()
    manners.reply = () => ({ status: 400, body: '{"message":"Invalid Form Body","code":50035,"errors":{"embeds":1}}' })
    const refusal = refusalIn(await send())
    expect(refusal).toMatchObject({ code: 'rejected', advice: 'plain' })
    expect(refusal.sentence).toBe('it answered 400: Invalid Form Body (50035) {"embeds":1}')
    expect(refusalIn(await send({ plain: true }))).toMatchObject({ code: 'rejected', advice: 'never' })
  })

  it('is plain from the alert on that it was refused at', async () => {
    const { manners, server, send } = await bench()
    const message = longMessage(3)
    const reply = manners.reply.bind(manners)
    let calls = 0
    manners.reply = (request) => {
      calls += 1
      return calls === 2 ? { status: 400, body: '{"message":"no","code":50035}' } : reply(request)
    }
    const refusal = refusalIn(await send({ message }))
    expect(refusal.advice).toBe('plain')
    expect(await send({ message, plain: true, ...(refusal.progress && { progress: refusal.progress }) })).toMatchObject(
      {
        ok: true,
      },
    )
    const text = manners.messages.map(({ content, embeds }) => `${content} ${JSON.stringify(embeds)}`).join()
    for (const nth of [0, 1, 2]) expect(text.split(`alert ${nth}`).length).toBe(2)
    expect(server.requests.length).toBeLessThanOrEqual(4)
  })

  it('says as plain text what the rich form says', async () => {
    const { manners, send } = await bench()
    await send({ plain: true })
    expect(manners.messages).toMatchObject([{ embeds: [] }])
    expect(manners.messages[0]?.content.split('\n')).toEqual([
      '**🔥 CRITICAL pve3 is down**',
      '',
      'fired 2026-03-01 03:10',
      'No probe of pve3 has answered for 90 s.',
      '2026-03-01 03:10 A power cycle has begun.',
      'Runbook: https\\://example.org/runbook#host-down',
    ])
  })
})

describe('the webhook', () => {
  it.each([
    ['', 'hunter2'],
    ['https://discord.com/api/webhooks/1', 'hunter2'],
    ['ftp://discord.com/api/webhooks/1/hunter2', 'hunter2'],
    ['https://discord.com/channels/1/hunter2', 'hunter2'],
  ])('%j is none, which can be mended', async (text) => {
    const notifier = new DiscordNotifier('ops', { webhook: { reveal: () => text }, mention: [], timeout: 5000 })
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code: 'rejected', advice: 'later' })
    expect(JSON.stringify(await notifier.readBack('{"alerts":1,"ids":["1"]}', never))).not.toContain('hunter2')
  })

  it('that is not to be had can be had later', async () => {
    const settings = schema.parse({ webhook: { env: 'NO_SUCH_WEBHOOK' } })
    expect(settings.webhook).toBeInstanceOf(Secret)
    const outcome = await new DiscordNotifier('ops', settings).send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({
      code: 'secret-missing',
      advice: 'later',
      sentence: 'the environment variable NO_SUCH_WEBHOOK is not set',
    })
  })
})
