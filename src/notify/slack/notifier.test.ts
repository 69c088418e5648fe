import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { SlackManners, type SlackOptions } from '../../lab/servers/channels/slack.ts'
import type { SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { FAULTS, never } from '../testing/faults.ts'
import { numberedMessage, tokenOf, tokensIn } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { SlackNotifier } from './notifier.ts'
import { schema } from './settings.ts'

const open: ChannelServer[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.stop())))

async function bench(options: SlackOptions = {}, settings: Record<string, unknown> = {}) {
  const manners = new SlackManners({
    service: 'T12345678/B12345678/hunter2hunter2hunter2xx',
    bucket: { calls: 1000, windowMs: 1000, now: () => 0 },
    ...options,
  })
  const server = await ChannelServer.open(manners)
  open.push(server)
  const webhook = new Disclosed(`${server.url}${manners.path}`)
  const parsed = schema.omit({ webhook: true }).parse(settings)
  const notifier = new SlackNotifier('ops', { ...parsed, webhook })
  const send = (request: Partial<SendRequest> = {}) =>
    notifier.send({ message: sampleMessage(), plain: false, ...request }, never)
  return { manners, server, notifier, send }
}

function refusalIn(outcome: SendOutcome) {
  if (outcome.ok) throw new Error('a refusal was expected')
  expect(JSON.stringify(outcome)).not.toMatch(/hunter2|T12345678|B12345678/)
  return outcome
}

/** Alerts so long that three fill a post. */
const long = sampleMessage({
  title: 'much is down',
  alerts: Array.from({ length: 7 }, (_, nth) =>
    sampleAlert({ incident: nth, summary: `${tokenOf(nth)} is down`, description: 'long '.repeat(2000) }),
  ),
})

describe('a message', () => {
  it('has a head, its words and its links', async () => {
    const { manners, send } = await bench()
    const outcome = await send({ message: sampleMessage({ late: 'delivered 3 h late' }) })
    expect(outcome).toEqual({ ok: true })
    expect(manners.messages).toEqual([
      {
        notification: '🔥 CRITICAL pve3 is down',
        shown: [
          '🔥 CRITICAL pve3 is down',
          'delivered 3 h late',
          [
            'fired 2026-03-01 03:10',
            'No probe of pve3 has answered for 90 s.',
            '2026-03-01 03:10 A power cycle has begun.',
          ].join('\n'),
          '',
        ],
        links: ['https://example.org/runbook#host-down|Runbook'],
        pinged: [],
      },
    ])
  })

  it('notifies only who is configured, and only when something fires', async () => {
    const { manners, send } = await bench({}, { mention: ['here', 'user:U12345678', 'group:S12345678', 'here'] })
    const evil = sampleMessage({ title: '<!channel> <@U99999999>', late: '<!everyone>' })
    await send({ message: evil })
    await send({ message: { ...evil, status: 'resolved' } })
    await send({ message: { ...evil, kind: 'drill' } })
    await send({ message: { ...evil, kind: 'test' }, plain: true })
    const all = ['here', '@U12345678', 'subteam^S12345678']
    expect(manners.messages.map(({ pinged }) => pinged)).toEqual([all, [], [], all])
  })

  it('is taken whatever is in it, with every alert once and in order', async () => {
    const { manners, send } = await bench()
    await fc.assert(
      fc.asyncProperty(numberedMessage, fc.boolean(), async (message, plain) => {
        manners.messages.length = 0
        expect(await send({ message, plain })).toEqual({ ok: true })
        expect(tokensIn(manners.messages.map(({ shown }) => shown))).toEqual(
          message.alerts.map((_, nth) => tokenOf(nth)),
        )
        expect(manners.messages.flatMap(({ pinged }) => pinged)).toEqual([])
        for (const link of manners.messages.flatMap(({ links }) => links)) expect(link).toMatch(/\|(?:Runbook|Source)$/)
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
    expect(await send()).toEqual({ ok: true })
  })

  it.each([
    ['channel_not_found', 'not-found'],
    ['channel_is_archived', 'not-found'],
    ['action_prohibited', 'credentials-refused'],
    ['no_team', 'not-found'],
  ] as const)('%s is for good', async (gone, code) => {
    const { send } = await bench({ gone })
    const refusal = refusalIn(await send())
    expect(refusal).toMatchObject({ code, advice: 'never' })
    expect(refusal.sentence).toContain(gone)
  })

  it('a webhook that was taken away is for good', async () => {
    const { server } = await bench()
    const webhook = new Disclosed(`${server.url}/services/T12345678/B12345678/hunter2hunter2old`)
    const outcome = await new SlackNotifier('ops', { webhook, mention: [], timeout: 5000 }).send(
      { message: sampleMessage(), plain: false },
      never,
    )
    expect(refusalIn(outcome)).toMatchObject({
      code: 'not-found',
      advice: 'never',
      sentence: 'it answered 404: no_service',
    })
  })

  it('whatever it repeats of the address is not told', async () => {
    const { manners, send } = await bench()
    manners.reply = ({ path }) => ({ status: 400, body: `bad request to ${path} with ${path.slice(-23)}` })
    expect(refusalIn(await send()).sentence).toBe('it answered 400: bad request to *** with ***')
  })

  it('refuses the form: plain, then never', async () => {
    const { manners, send } = await bench()
    manners.reply = () => ({ status: 400, body: 'invalid_blocks' })
    expect(refusalIn(await send())).toMatchObject({ code: 'rejected', advice: 'plain' })
    expect(refusalIn(await send({ plain: true }))).toMatchObject({ code: 'rejected', advice: 'never' })
  })

  it.each(['', 'not a url hunter2', 'ftp://hunter2/x'])('%j is no webhook', async (text) => {
    const notifier = new SlackNotifier('ops', { webhook: new Disclosed(text), mention: [], timeout: 5000 })
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code: 'rejected', advice: 'later' })
  })

  it('a secret that is not to be had can be had later', async () => {
    const notifier = new SlackNotifier('ops', schema.parse({ webhook: { env: 'NO_SUCH_WEBHOOK' } }))
    const outcome = await notifier.send({ message: sampleMessage(), plain: false }, never)
    expect(refusalIn(outcome)).toMatchObject({ code: 'secret-missing', advice: 'later' })
  })
})

describe('a message of several posts', () => {
  it('goes on where the rate limit stopped it, and posts nothing twice', async () => {
    let now = 0
    const { manners, send } = await bench({ bucket: { calls: 1, windowMs: 7000, now: () => now } })
    let progress: string | undefined
    const waits: unknown[] = []
    for (let tries = 0; tries < 10; tries++) {
      const outcome = await send({ message: long, ...(progress === undefined ? {} : { progress }) })
      if (outcome.ok) break
      const refusal = refusalIn(outcome)
      expect(refusal).toMatchObject({ code: 'rate-limited', advice: 'later' })
      progress = refusal.progress
      waits.push(refusal.retryAfterMs)
      now += refusal.retryAfterMs ?? 0
    }
    expect(waits).toEqual([7000, 7000])
    expect(manners.messages).toHaveLength(3)
    expect(tokensIn(manners.messages.map(({ shown }) => shown))).toEqual(long.alerts.map((_, nth) => tokenOf(nth)))
  })

  it('becomes plain in the middle', async () => {
    const { manners, send } = await bench()
    const reply = manners.reply.bind(manners)
    manners.reply = (request) =>
      manners.messages.length === 1 ? { status: 400, body: 'invalid_blocks' } : reply(request)
    const refusal = refusalIn(await send({ message: long }))
    manners.reply = reply
    expect(refusal.advice).toBe('plain')
    expect(await send({ message: long, plain: true, progress: refusal.progress ?? '' })).toEqual({ ok: true })
    expect(tokensIn(manners.messages.map(({ shown }) => shown))).toEqual(long.alerts.map((_, nth) => tokenOf(nth)))
  })

  it('that is all told is not told again', async () => {
    const { server, send } = await bench()
    const progress = JSON.stringify({ alerts: 7, ids: ['ok', 'ok', 'ok'] })
    expect(await send({ message: long, progress })).toEqual({ ok: true })
    expect(server.requests).toEqual([])
  })
})
