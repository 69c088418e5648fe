import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { never, openWebhook, refusalIn, type WebhookBench } from '../../../test/sockets/discord-webhook.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'

const THREAD = '1100000000000000001'
let bench: WebhookBench
beforeEach(async () => {
  bench = await openWebhook({ threads: [THREAD] }, { thread: THREAD, mention: ['everyone'] })
})
afterEach(() => bench.server.stop())

const resolved = sampleMessage({
  status: 'resolved',
  alerts: [sampleAlert({ status: 'resolved', event: 'resolved', endsMs: Date.UTC(2026, 2, 1, 2, 25) })],
})

function messageOf(count: number) {
  const alerts = Array.from({ length: count }, (_, nth) =>
    sampleAlert({ incident: nth, summary: `alert ${nth}`, description: 'long '.repeat(2000) }),
  )
  return sampleMessage({ title: 'much is down', alerts })
}

async function sent(request: Parameters<WebhookBench['send']>[0] = {}): Promise<string> {
  const outcome = await bench.send(request)
  if (!outcome.ok || outcome.ref === undefined) throw new Error(JSON.stringify(outcome))
  return outcome.ref
}

describe('an edit', () => {
  it('changes the message and leaves it in its place', async () => {
    const ref = await sent()
    expect(await bench.send({ message: resolved, edit: ref })).toEqual({ ok: true, ref })
    expect(bench.manners.messages).toMatchObject([
      { edits: 1, content: '', thread: THREAD, embeds: [{ title: '✅ RESOLVED pve3 is down', color: 0x16_a3_4a }] },
    ])
  })

  it('may make a message plain', async () => {
    const ref = await sent()
    await bench.send({ message: resolved, edit: ref, plain: true })
    expect(bench.manners.messages).toMatchObject([
      { edits: 1, embeds: [], content: expect.stringContaining('RESOLVED') },
    ])
  })

  it('takes away the posts that it does not need any more, and adds those that it needs', async () => {
    const ref = await sent({ message: messageOf(3) })
    const smaller = await sent({ message: messageOf(1), edit: ref })
    expect(bench.manners.messages).toHaveLength(1)
    const larger = await sent({ message: messageOf(2), edit: smaller })
    expect(JSON.parse(larger).ids).toHaveLength(2)
    expect(bench.manners.messages).toMatchObject([{ edits: 2 }, { edits: 0 }])
  })

  it('does not mind that a post which it would take away is gone', async () => {
    const ref = await sent({ message: messageOf(2) })
    bench.manners.takeAway(JSON.parse(ref).ids[1])
    expect(await bench.send({ message: messageOf(1), edit: ref })).toMatchObject({ ok: true })
  })

  it('goes on where it was stopped', async () => {
    const ref = await sent({ message: messageOf(3) })
    const { server } = bench
    const before = server.requests.length
    server.watch(() => {
      server.mode = server.requests.length === before + 1 ? 'error' : 'up'
    })
    const refusal = refusalIn(await bench.send({ message: messageOf(2), edit: ref }))
    expect(refusal).toMatchObject({ code: 'server-error', progress: expect.any(String) })
    const end = await bench.send({ message: messageOf(2), edit: ref, progress: refusal.progress ?? '' })
    expect(end).toMatchObject({ ok: true })
    expect(bench.manners.messages).toMatchObject([{ edits: 1 }, { edits: 1 }])
  })

  it('of a message that is gone is sent anew', async () => {
    const ref = await sent({ message: messageOf(2) })
    bench.manners.takeAway(JSON.parse(ref).ids[1])
    const refusal = refusalIn(await bench.send({ message: messageOf(2), edit: ref }))
    expect(refusal).toMatchObject({ code: 'not-found', advice: 'anew' })
    expect(refusal.progress).toBeUndefined()
    bench.server.mode = 'not-found'
    expect(refusalIn(await bench.send({ edit: ref }))).toMatchObject({ advice: 'anew' })
  })

  it('that comes too often for an old message is sent anew', async () => {
    const ref = await sent()
    bench.manners.reply = () => ({ status: 429, body: '{"message":"Maximum number of edits","code":30046}' })
    expect(refusalIn(await bench.send({ edit: ref }))).toMatchObject({ code: 'rate-limited', advice: 'anew' })
  })

  it('of what is no reference sends a message', async () => {
    expect(await bench.send({ edit: 'garbage' })).toMatchObject({ ok: true })
    expect(bench.manners.messages).toHaveLength(1)
  })
})

describe('reading back', () => {
  it('finds a message with all its posts, or not', async () => {
    const { notifier, manners } = bench
    const ref = await sent({ message: messageOf(2) })
    expect(await notifier.readBack(ref, never)).toEqual({ ok: true, found: true })
    manners.takeAway(JSON.parse(ref).ids[1])
    expect(await notifier.readBack(ref, never)).toEqual({ ok: true, found: false })
    expect(await notifier.readBack('garbage', never)).toEqual({ ok: true, found: false })
  })

  it.each(['error', 'reset', 'garbage', 'ratelimit', 'not-found'] as const)('does not know: %s', async (mode) => {
    const ref = await sent()
    bench.server.mode = mode
    const read = await bench.notifier.readBack(ref, never)
    expect(read).toMatchObject({ ok: false, sentence: expect.any(String) })
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })
})
