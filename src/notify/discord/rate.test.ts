import { afterEach, describe, expect, it } from 'vitest'
import { openWebhook, refusalIn, type WebhookBench } from '../../../test/sockets/discord-webhook.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'

let bench: WebhookBench
afterEach(() => bench.server.stop())

const message = sampleMessage({
  title: 'much is down',
  alerts: Array.from({ length: 5 }, (_, nth) =>
    sampleAlert({ incident: nth, summary: `alert ${nth}`, description: 'long '.repeat(2000) }),
  ),
})

describe('the rate that the service tells', () => {
  it('is respected between the posts, and no post is sent twice', async () => {
    let now = 0
    bench = await openWebhook({ bucket: { calls: 2, windowMs: 30_000, now: () => now } })
    const { make, manners, send, server } = bench
    let progress: string | undefined
    const waits: number[] = []
    for (let tries = 0; tries < 10; tries++) {
      // As after a restart: what is known of the rate is lost, the progress is not.
      const outcome = await send({ message, ...(progress === undefined ? {} : { progress }) }, make())
      if (outcome.ok) break
      const refusal = refusalIn(outcome)
      expect(refusal).toMatchObject({ code: 'rate-limited', advice: 'later', mayHaveArrived: false })
      progress = refusal.progress
      waits.push(refusal.retryAfterMs ?? 0)
      now += refusal.retryAfterMs ?? 0
    }
    expect(waits).toEqual([30_000, 30_000])
    expect(manners.messages.map(({ embeds }) => embeds[0]?.title)).toEqual(
      [0, 1, 2, 3, 4].map((nth) => `🔥 CRITICAL alert ${nth}`),
    )
    // Nothing was refused: it stopped by itself before.
    expect(server.requests).toHaveLength(5)
  })

  it('is respected between messages', async () => {
    bench = await openWebhook({ bucket: { calls: 1, windowMs: 30_000, now: () => bench.clock() } })
    const { pass, send, server } = bench
    expect(await send()).toMatchObject({ ok: true })
    expect(refusalIn(await send())).toMatchObject({ code: 'rate-limited', retryAfterMs: 30_000 })
    expect(server.requests).toHaveLength(1)
    pass(29_500)
    // Half a second is waited for, which moves no clock of this test: the service counts by it and says so.
    expect(refusalIn(await send())).toMatchObject({ code: 'rate-limited', retryAfterMs: 500 })
    pass(500)
    expect(await send()).toMatchObject({ ok: true })
  })

  it('is taken from the body of a refusal, else from its header', async () => {
    bench = await openWebhook()
    const { manners, make, send } = bench
    const answers: { body: string; headers: Record<string, string> }[] = [
      { body: '{"message":"slow down","retry_after":64.57,"global":true}', headers: { 'retry-after': '65' } },
      { body: '<html>error code: 1015</html>', headers: { 'retry-after': '7' } },
      { body: '{"retry_after":"soon"}', headers: { 'x-ratelimit-reset-after': '2.5' } },
      { body: '{"retry_after":-5}', headers: {} },
      { body: '{"retry_after":1e99}', headers: { 'x-ratelimit-reset-after': 'x' } },
    ]
    const waits: unknown[] = []
    for (const answer of answers) {
      manners.reply = () => ({ status: 429, ...answer })
      waits.push(refusalIn(await send({}, make())).retryAfterMs)
    }
    expect(waits).toEqual([64_570, 7_000, 2_500, 1_000, 1_000])
  })

  it('keeps what was got through of a message that has to wait', async () => {
    bench = await openWebhook({ retryAfter: 20 })
    const { make, manners, send, server } = bench
    const notifier = make()
    server.mode = 'ratelimit'
    expect(refusalIn(await send({ message }, notifier)).progress).toBeUndefined()
    server.mode = 'up'
    const progress = JSON.stringify({ alerts: 3, ids: ['1', '2', '3'] })
    expect(refusalIn(await send({ message, progress }, notifier)).progress).toBe(progress)
    expect(manners.messages).toEqual([])
    bench.pass(20_000)
    expect(await send({ message, progress }, notifier)).toMatchObject({ ok: true })
    expect(manners.messages.map(({ embeds }) => embeds[0]?.title)).toEqual([
      '🔥 CRITICAL alert 3',
      '🔥 CRITICAL alert 4',
    ])
  })

  it.each(['reset', 'error', 'hang', 'garbage'] as const)(
    '%s in between: the rest goes on from there',
    async (mode) => {
      bench = await openWebhook({}, { timeout: '300ms' })
      const { manners, send, server } = bench
      const stop = server.watch(() => {
        if (server.requests.length === 2) server.mode = mode
      })
      const refusal = refusalIn(await send({ message }))
      expect(JSON.parse(refusal.progress ?? '').alerts).toBe(2)
      stop()
      server.mode = 'up'
      expect(await send({ message, progress: refusal.progress ?? '' })).toMatchObject({ ok: true })
      expect(manners.messages.map(({ embeds }) => embeds[0]?.title)).toEqual(
        [0, 1, 2, 3, 4].map((nth) => `🔥 CRITICAL alert ${nth}`),
      )
    },
  )
})
