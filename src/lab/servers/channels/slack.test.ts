import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChannelServer } from './channel-server.ts'
import { SlackManners } from './slack.ts'

let manners: SlackManners
let server: ChannelServer
let now = 0
beforeEach(async () => {
  now = 0
  manners = new SlackManners({ bucket: { calls: 3, windowMs: 4000, now: () => now } })
  server = await ChannelServer.open(manners)
})
afterEach(() => server.stop())

async function post(body: unknown, type = 'application/json', path = manners.path) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body: text })
  return { status: answer.status, word: await answer.text(), wait: answer.headers.get('retry-after') }
}

const x = (length: number) => 'x'.repeat(length)
const plain = (text: string) => ({ type: 'plain_text', text })
const section = (text: unknown) => ({ blocks: [{ type: 'section', text }] })

describe('the webhook of the lab', () => {
  it.each([
    ['{', 'invalid_payload'],
    [[], 'invalid_payload'],
    [{ text: 5 }, 'invalid_payload'],
    [{}, 'no_text'],
    [{ text: ' ' }, 'no_text'],
    [{ blocks: [] }, 'invalid_blocks'],
    [{ blocks: Array(51).fill({ type: 'divider' }) }, 'invalid_blocks'],
    [{ blocks: [{ type: 'heading' }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'divider', text: plain('a') }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'header', text: plain(x(151)) }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }] }, 'invalid_blocks'],
    [section(plain(x(3001))), 'invalid_blocks'],
    [section(plain('')), 'invalid_blocks'],
    [section(undefined), 'invalid_blocks'],
    [section({ ...plain('a'), verbatim: true }), 'invalid_blocks'],
    [{ blocks: [{ type: 'section', fields: [plain(x(2001))] }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'section', fields: Array(11).fill(plain('a')) }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'context', elements: [] }] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'context', elements: Array(11).fill(plain('a')) }] }, 'invalid_blocks'],
    [{ blocks: Array(2).fill({ type: 'divider', block_id: 'a' }) }, 'invalid_blocks'],
    [{ blocks: Array(5).fill({ type: 'section', text: plain(x(2900)) }) }, 'msg_blocks_too_long'],
  ])('refuses %# as %2$s', async (body, word) => {
    expect(await post(body)).toMatchObject({ status: 400, word })
    expect(manners.messages).toEqual([])
  })

  it('takes what is in order, as JSON and as a form', async () => {
    const blocks = [
      { type: 'header', text: plain(x(150)) },
      { type: 'section', text: { type: 'mrkdwn', text: x(3000), verbatim: true } },
    ]
    expect(await post({ blocks })).toMatchObject({ status: 200, word: 'ok' })
    const form = `payload=${encodeURIComponent('{"text":"a &lt;b&gt; &amp; <!here> <https://x.y/|z> <@U1>"}')}`
    expect(await post(form, 'application/x-www-form-urlencoded')).toMatchObject({ word: 'ok' })
    expect(manners.messages[1]).toEqual({
      shown: ['a <b> & <!here>  <@U1>'],
      notification: 'a <b> & <!here> <https://x.y/|z> <@U1>',
      links: ['https://x.y/|z'],
      pinged: ['here', '@U1'],
    })
    expect(await post('{"text":"a"}', 'text/plain')).toMatchObject({ word: 'invalid_payload' })
    expect(await post({ text: 'a' }, undefined, '/services/T0/B0/x')).toMatchObject({ status: 404, word: 'no_service' })
  })

  it('counts posts', async () => {
    for (let nth = 0; nth < 3; nth++) expect((await post({ text: 'a' })).status).toBe(200)
    now += 500
    expect(await post({ text: 'a' })).toEqual({ status: 429, word: 'rate_limited', wait: '4' })
    now += 3500
    expect((await post({ text: 'a' })).status).toBe(200)
  })
})
