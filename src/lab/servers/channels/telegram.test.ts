import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChannelServer } from './channel-server.ts'
import { TelegramManners } from './telegram.ts'
import { parseHtml } from './telegram-html.ts'

let manners: TelegramManners
let server: ChannelServer
let now = 0
beforeEach(async () => {
  now = 0
  manners = new TelegramManners({
    chats: { '-1': { topics: [7] }, '-2': { kicked: true }, '-3': { movedTo: -1 } },
    bucket: { calls: 3, windowMs: 4000, now: () => now },
  })
  server = await ChannelServer.open(manners)
})
afterEach(() => server.stop())

async function call(method: string, body: unknown, { type = 'application/json', token = manners.token } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(`${server.url}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: text,
  })
  const found = (await answer.json()) as { description?: string; result?: { message_id: number }; parameters?: unknown }
  return { status: answer.status, ...found }
}

const send = (body: object) => call('sendMessage', { chat_id: -1, ...body })
const x = (length: number) => 'x'.repeat(length)

describe('the Bot API of the lab', () => {
  it.each([
    [{ text: 'a', chat_id: undefined }, 400, 'Bad Request: chat_id is empty'],
    [{ text: 'a', chat_id: -9 }, 400, 'Bad Request: chat not found'],
    [{ text: 'a', chat_id: 'toString' }, 400, 'Bad Request: chat not found'],
    [{ text: 'a', chat_id: -2 }, 403, 'Forbidden: bot was kicked from the supergroup chat'],
    [{ text: 'a', message_thread_id: 8 }, 400, 'Bad Request: message thread not found'],
    [{}, 400, 'Bad Request: message text is empty'],
    [{ text: ' \n ' }, 400, 'Bad Request: message text is empty'],
    [{ text: '<b></b>', parse_mode: 'HTML' }, 400, 'Bad Request: message text is empty'],
    [{ text: x(4097) }, 400, 'Bad Request: message is too long'],
    [{ text: `<b>${x(4097)}</b>`, parse_mode: 'HTML' }, 400, 'Bad Request: message is too long'],
    [{ text: 'a', parse_mode: 'BBCode' }, 400, 'Bad Request: unsupported parse_mode'],
  ])('refuses %j', async (body, status, description) => {
    expect(await send(body)).toMatchObject({ status, ok: false, error_code: status, description })
    expect(manners.messages).toEqual([])
  })

  it('knows its bot, its methods and where a group has gone', async () => {
    expect(await call('sendMessage', {}, { token: '1:x' })).toMatchObject({ status: 401, description: 'Unauthorized' })
    expect(await call('sendMessage', {}, { token: 'x' })).toMatchObject({ status: 404, description: 'Not Found' })
    expect(await call('sendSticker', {})).toMatchObject({ status: 404 })
    expect(await call('getMe', {})).toMatchObject({ status: 200, ok: true })
    expect(await call('sendMessage', '{')).toMatchObject({ status: 400 })
    expect(await call('sendMessage', '{"chat_id":-1,"text":"a"}', { type: 'text/plain' })).toMatchObject({
      status: 400,
    })
    expect(await send({ chat_id: -3, text: 'a' })).toMatchObject({ parameters: { migrate_to_chat_id: -1 } })
    const form = { type: 'application/x-www-form-urlencoded' }
    expect(await call('sendMessage', 'chat_id=-1&text=a&disable_notification=true', form)).toMatchObject({
      status: 200,
    })
    expect(manners.messages).toMatchObject([{ text: 'a', silent: true }])
  })

  it('counts after the markup was read', async () => {
    const text = `<b>${'&amp;'.repeat(4000)}</b> @someone <a href="https://x.y/?a=1&amp;b">l</a>`
    expect((await send({ text, parse_mode: 'HTML' })).status).toBe(200)
    expect(manners.messages).toMatchObject([{ links: ['https://x.y/?a=1&b'], called: ['@someone'] }])
  })

  it('changes and takes away its messages', async () => {
    const id = (await send({ text: 'a', message_thread_id: 7 })).result?.message_id
    const edit = (body: object) => call('editMessageText', { chat_id: -1, message_id: id, ...body })
    expect((await edit({ text: 'a' })).description).toMatch(/^Bad Request: message is not modified: specified new/)
    expect(await edit({ text: 'b' })).toMatchObject({ status: 200 })
    expect(manners.messages).toMatchObject([{ text: 'b', edits: 1, thread: 7 }])
    now += 4000
    expect((await edit({ text: 'b', message_id: 1 })).description).toBe('Bad Request: message to edit not found')
    expect(await call('deleteMessage', { chat_id: -1, message_id: id })).toMatchObject({ status: 200, result: true })
    expect(manners.messages).toEqual([])
  })

  it('counts calls to a chat', async () => {
    for (let nth = 0; nth < 3; nth++) expect((await send({ text: 'a' })).status).toBe(200)
    now += 500
    expect(await send({ text: 'a' })).toMatchObject({
      status: 429,
      description: 'Too Many Requests: retry after 4',
      parameters: { retry_after: 4 },
    })
    now += 3500
    expect((await send({ text: 'a' })).status).toBe(200)
  })
})

describe('its HTML', () => {
  it.each([
    ['a &lt;b&gt; &amp; &quot;c&quot; &#38; &#x26; &unknown; & x', 'a <b> & "c" & & &unknown; & x'],
    ['<b>a <i>b</i></b> > c', 'a b > c'],
    ['<pre><code class="language-sh">a</code></pre>', 'a'],
  ])('%s shows %s', (source, text) => {
    expect(parseHtml(source)).toMatchObject({ ok: true, text })
  })

  it.each([
    ['ä <div>a</div>', 'Unsupported start tag "div" at byte offset 3'],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['<@123>', 'Unsupported start tag "@123" at byte offset 0'],
    ['<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ])('%s is refused', (source, words) => {
    expect(parseHtml(source)).toEqual({ ok: false, description: `Bad Request: can't parse entities: ${words}` })
  })
})
