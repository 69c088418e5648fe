import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { TelegramManners, type TelegramOptions } from '../../lab/servers/channels/telegram.ts'
import type { SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never } from '../testing/faults.ts'
import { numberedMessage, tokenOf, tokensIn } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { TelegramNotifier } from './notifier.ts'
import { schema } from './settings.ts'

const open: ChannelServer[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.stop())))

const A = '-1001234567890'
const B = '-200'
const C = '@my_alerts'

async function bench(options: TelegramOptions = {}, settings: Record<string, unknown> = {}) {
  let now = 1000
  const clock = () => now
  const manners = new TelegramManners({
    token: '123456:hunter2-bot',
    chats: { [A]: { topics: [7] }, [B]: {}, [C]: {} },
    bucket: { calls: 1000, windowMs: 1000, now: clock },
    ...options,
  })
  const server = await ChannelServer.open(manners)
  open.push(server)
  const parsed = schema.omit({ token: true }).parse({ chats: A, apiUrl: server.url, ...settings })
  const token = new Disclosed('123456:hunter2-bot')
  const make = () => new TelegramNotifier('ops', { ...parsed, token }, clock)
  const notifier = make()
  const send = (request: Partial<SendRequest> = {}, by = notifier) =>
    by.send({ message: sampleMessage(), plain: false, ...request }, never)
  const pass = (ms: number) => {
    now += ms
  }
  return { manners, server, notifier, make, send, pass }
}

function refusalIn(outcome: SendOutcome) {
  if (outcome.ok) throw new Error('a refusal was expected')
  expect(JSON.stringify(outcome)).not.toContain('hunter2')
  return outcome
}

function refIn(outcome: SendOutcome): string {
  if (!outcome.ok || outcome.ref === undefined) throw new Error(JSON.stringify(outcome))
  return outcome.ref
}

function longMessage(count: number) {
  const alerts = Array.from({ length: count }, (_, nth) =>
    sampleAlert({ incident: nth, summary: `${tokenOf(nth)} is down`, description: 'long '.repeat(2000) }),
  )
  return sampleMessage({ title: 'much is down', alerts })
}

const resolved = sampleMessage({
  status: 'resolved',
  alerts: [sampleAlert({ status: 'resolved', event: 'resolved', endsMs: Date.UTC(2026, 2, 1, 2, 25) })],
})

describe('a message', () => {
  it('has a bold title, its words and its links', async () => {
    const { manners, send } = await bench({}, { silent: true, threadId: 7 })
    const outcome = await send({ message: sampleMessage({ late: 'delivered 3 h late' }) })
    expect(outcome).toEqual({ ok: true, ref: JSON.stringify({ [A]: { alerts: 1, ids: ['101'] } }) })
    expect(manners.messages).toEqual([
      {
        id: 101,
        chat: A,
        thread: 7,
        text: [
          '🔥 CRITICAL pve3 is down',
          'delivered 3 h late',
          '',
          'fired 2026-03-01 03:10',
          'No probe of pve3 has answered for 90 s.',
          '2026-03-01 03:10 A power cycle has begun.',
          'Runbook',
        ].join('\n'),
        bold: ['🔥 CRITICAL pve3 is down'],
        links: ['https://example.org/runbook#host-down'],
        called: [],
        silent: true,
        edits: 0,
      },
    ])
  })

  it('goes to the topic of each chat; the general topic is none', async () => {
    const { manners, send } = await bench({}, { chats: [`${A}:7`, `${B}:1`, C] })
    expect(await send()).toMatchObject({ ok: true })
    expect(manners.messages.map(({ chat, thread, silent }) => [chat, thread, silent])).toEqual([
      [A, 7, false],
      [B, undefined, false],
      [C, undefined, false],
    ])
  })

  it('calls nobody whose name stands in an address', async () => {
    const { manners, send } = await bench()
    const alerts = [sampleAlert({ link: 'https://example.org/@someone?by=@another' })]
    for (const plain of [true, false]) await send({ message: sampleMessage({ alerts }), plain })
    expect(manners.messages.map(({ called }) => called)).toEqual([[], []])
    expect(manners.messages[0]?.text).toContain('https://example.org/%40someone?by=%40another')
  })

  it('is taken whatever is in it, with every alert once and in order, and calls nobody', async () => {
    const { manners, send } = await bench()
    let seen = 0
    await fc.assert(
      fc.asyncProperty(numberedMessage, fc.boolean(), async (message, plain) => {
        expect(await send({ message, plain })).toMatchObject({ ok: true })
        const sent = manners.messages.slice(seen)
        seen = manners.messages.length
        expect(tokensIn(sent.map(({ text }) => text))).toEqual(message.alerts.map((_, nth) => tokenOf(nth)))
        expect(sent.flatMap(({ called }) => called)).toEqual([])
        for (const { links } of sent) for (const link of links) expect(link).toMatch(/^https?:/)
      }),
      { numRuns: 30, endOnFailure: true },
    )
  })
})

describe('a service in trouble', () => {
  it.each(FAULTS)('$mode', async ({ mode, ...refusal }) => {
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

  it.each([
    ['another token', { token: '123456:another' }, {}, 'credentials-refused', 'it answered 401: Unauthorized'],
    ['an unknown chat', { chats: {} }, {}, 'not-found', 'it answered 400: Bad Request: chat not found'],
    ['an unknown topic', {}, { threadId: 8 }, 'not-found', 'it answered 400: Bad Request: message thread not found'],
    [
      'a chat that it was taken out of',
      { chats: { [A]: { kicked: true } } },
      {},
      'rejected',
      'it answered 403: Forbidden: bot was kicked from the supergroup chat',
    ],
  ] as const)('%s is for good', async (_, options, settings, code, sentence) => {
    const { send } = await bench(options, settings)
    expect(refusalIn(await send())).toMatchObject({ code, sentence, advice: 'never', mayHaveArrived: false })
  })

  it('refuses the form: plain, then never', async () => {
    const { manners, send } = await bench()
    manners.reply = () => ({ status: 400, body: '{"ok":false,"description":"Bad Request: can\'t parse entities"}' })
    expect(refusalIn(await send())).toMatchObject({ code: 'rejected', advice: 'plain' })
    expect(refusalIn(await send({ plain: true }))).toMatchObject({ code: 'rejected', advice: 'never' })
  })

  it.each(['', 'hunter2', '123456:hunter2/../x', '123456 :hunter2'])('%j is no token', async (text) => {
    const { server } = await bench()
    const settings = schema.omit({ token: true }).parse({ chats: A, apiUrl: server.url })
    const notifier = new TelegramNotifier('ops', { ...settings, token: new Disclosed(text) })
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code: 'rejected', advice: 'later' })
    expect(server.requests).toEqual([])
  })

  it('a token that is not to be had can be had later', async () => {
    const notifier = new TelegramNotifier('ops', schema.parse({ token: { env: 'NO_SUCH_TOKEN' }, chats: 1 }))
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code: 'secret-missing', advice: 'later' })
  })

  it('what it repeats of the token is not told', async () => {
    const { manners, send } = await bench()
    manners.reply = ({ path }) => ({ status: 400, body: `no ${path} and no hunter2-bot` })
    expect(refusalIn(await send()).sentence).toBe('it answered 400: no /bot***/sendMessage and no ***')
  })
})

describe('a group that became a supergroup', () => {
  it('is followed, also by edits', async () => {
    const { manners, server, send } = await bench({ chats: { [B]: { movedTo: Number(A) }, [A]: {} } }, { chats: B })
    const ref = refIn(await send())
    expect(manners.messages).toMatchObject([{ chat: A }])
    expect(await send({ message: resolved, edit: ref })).toEqual({ ok: true, ref })
    expect(manners.messages).toMatchObject([{ chat: A, edits: 1 }])
    expect(server.requests).toHaveLength(3)
  })
})

describe('several chats', () => {
  it('each get a message once, whatever becomes of the others', async () => {
    const { manners, server, send } = await bench(
      { chats: { [A]: {}, [B]: { kicked: true }, [C]: {} } },
      { chats: [A, B, C] },
    )
    const refusal = refusalIn(await send())
    expect(refusal).toMatchObject({ code: 'rejected', advice: 'never' })
    expect(refusal.sentence).toBe(
      '2 of 3 chats have it; chat -200: it answered 403: Forbidden: bot was kicked from the supergroup chat',
    )
    await send({ progress: refusal.progress ?? '' })
    expect(manners.messages.map(({ chat }) => chat)).toEqual([A, C])
    expect(server.requests).toHaveLength(4)
  })

  it('are not asked one after the other while the service is down', async () => {
    const { server, send } = await bench({}, { chats: [A, B, C] })
    server.mode = 'error'
    expect(refusalIn(await send())).toMatchObject({ code: 'server-error', advice: 'later' })
    expect(server.requests).toHaveLength(1)
  })

  it('rest each for itself', async () => {
    let now = 0
    const { make, manners, pass, send, server } = await bench(
      { bucket: { calls: 1, windowMs: 20_000, now: () => now } },
      { chats: [A, B] },
    )
    const notifier = make()
    const message = longMessage(5)
    const first = refusalIn(await send({ message }, notifier))
    expect(first).toMatchObject({ code: 'rate-limited', advice: 'later', retryAfterMs: 20_000 })
    expect(manners.messages.map(({ chat }) => chat)).toEqual([A, B])
    // Too early: the service is not asked again.
    const asked = server.requests.length
    const again = refusalIn(await send({ message, progress: first.progress ?? '' }, notifier))
    expect(again).toMatchObject({ code: 'rate-limited', retryAfterMs: 20_000 })
    expect(server.requests).toHaveLength(asked)
    let progress = again.progress
    for (let tries = 0; tries < 10; tries++) {
      pass(20_000)
      now += 20_000
      const outcome = await send({ message, ...(progress === undefined ? {} : { progress }) }, notifier)
      if (outcome.ok) break
      progress = refusalIn(outcome).progress
    }
    for (const chat of [A, B]) {
      const texts = manners.messages.filter((sent) => sent.chat === chat).map(({ text }) => text)
      expect(tokensIn(texts)).toEqual(message.alerts.map((_, nth) => tokenOf(nth)))
    }
  })
})

describe('a message of several posts', () => {
  it.each(['reset', 'error', 'garbage'] as const)('%s in between: the rest goes on from there', async (mode) => {
    const { manners, send, server } = await bench()
    const message = longMessage(4)
    const stop = server.watch(() => {
      if (server.requests.length === 2) server.mode = mode
    })
    const refusal = refusalIn(await send({ message }))
    stop()
    server.mode = 'up'
    expect(await send({ message, progress: refusal.progress ?? '' })).toMatchObject({ ok: true })
    expect(tokensIn(manners.messages.map(({ text }) => text))).toEqual(message.alerts.map((_, nth) => tokenOf(nth)))
  })
})

describe('an edit', () => {
  it('changes the message in every chat, and that it says so already is a success', async () => {
    const { manners, send } = await bench({}, { chats: [A, C] })
    const ref = refIn(await send())
    expect(await send({ message: resolved, edit: ref })).toEqual({ ok: true, ref })
    expect(manners.messages.map(({ bold, edits }) => [bold[0], edits])).toEqual([
      ['✅ RESOLVED pve3 is down', 1],
      ['✅ RESOLVED pve3 is down', 1],
    ])
    expect(await send({ message: resolved, edit: ref })).toEqual({ ok: true, ref })
    expect(manners.messages.map(({ edits }) => edits)).toEqual([1, 1])
  })

  it('takes away the posts that it does not need any more, and adds those that it needs', async () => {
    const { manners, send } = await bench()
    const ref = refIn(await send({ message: longMessage(3) }))
    expect(manners.messages).toHaveLength(3)
    const smaller = refIn(await send({ message: longMessage(1), edit: ref }))
    expect(manners.messages).toHaveLength(1)
    await send({ message: longMessage(2), edit: smaller })
    // The first says the same all the time.
    expect(manners.messages.map(({ id, edits }) => [id, edits])).toEqual([
      [101, 0],
      [104, 0],
    ])
  })

  it('of a message that is gone is sent anew', async () => {
    const { manners, send } = await bench({}, { chats: [A, B] })
    const ref = refIn(await send())
    manners.takeAway(101)
    const refusal = refusalIn(await send({ message: resolved, edit: ref }))
    expect(refusal).toMatchObject({ code: 'not-found', advice: 'anew' })
    expect(refusal.progress).toBeUndefined()
  })

  it('of what is no reference sends a message', async () => {
    const { manners, send } = await bench()
    for (const edit of ['garbage', 'null', '[1]', `{"${A}":5}`])
      expect(await send({ edit })).toMatchObject({ ok: true })
    expect(manners.messages).toHaveLength(4)
  })
})
