import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChannelServer } from './channel-server.ts'
import { DiscordManners } from './discord.ts'

const THREAD = '1100000000000000001'
let manners: DiscordManners
let server: ChannelServer
let now = 0
beforeEach(async () => {
  now = 0
  manners = new DiscordManners({ threads: [THREAD], bucket: { calls: 3, windowMs: 2000, now: () => now } })
  server = await ChannelServer.open(manners)
})
afterEach(() => server.stop())

async function call(path: string, method: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
}

const post = (body: unknown, query = '?wait=true') => call(`${manners.path}${query}`, 'POST', body)
const embed = (own: object) => ({ embeds: [{ title: 't', ...own }] })
const x = (length: number) => 'x'.repeat(length)

describe('the webhook of the lab', () => {
  it.each([
    [{ content: x(2001) }, 'content', 'BASE_TYPE_MAX_LENGTH'],
    [{ content: 5 }, 'content', 'STRING_TYPE_CONVERT'],
    [{ content: 'a', username: 'Discordia' }, 'username', 'USERNAME_INVALID_CONTAINS'],
    [{ content: 'a', username: x(81) }, 'username', 'BASE_TYPE_MAX_LENGTH'],
    [{ content: 'a', avatar_url: 'ftp://x/y' }, 'avatar_url', 'URL_TYPE_INVALID_URL'],
    [{ embeds: Array.from({ length: 11 }, () => ({ title: 't' })) }, 'embeds', 'BASE_TYPE_MAX_LENGTH'],
    [{ embeds: [{}] }, 'embeds.0', 'BASE_TYPE_REQUIRED'],
    [embed({ title: x(257) }), 'embeds.0.title', 'BASE_TYPE_MAX_LENGTH'],
    [embed({ description: x(4097) }), 'embeds.0.description', 'BASE_TYPE_MAX_LENGTH'],
    [embed({ color: '#ff0000' }), 'embeds.0.color', 'NUMBER_TYPE_COERCE'],
    [embed({ color: 0x1_00_00_00 }), 'embeds.0.color', 'NUMBER_TYPE_COERCE'],
    [embed({ timestamp: 'yesterday' }), 'embeds.0.timestamp', 'DATE_TIME_TYPE_PARSE'],
    [embed({ url: 'x' }), 'embeds.0.url', 'URL_TYPE_INVALID_URL'],
    [embed({ footer: { text: x(2049) } }), 'embeds.0.footer.text', 'BASE_TYPE_MAX_LENGTH'],
    [embed({ footer: {} }), 'embeds.0.footer.text', 'BASE_TYPE_REQUIRED'],
    [embed({ author: { name: x(257) } }), 'embeds.0.author.name', 'BASE_TYPE_MAX_LENGTH'],
    [embed({ fields: Array(26).fill({ name: 'a', value: 'b' }) }), 'embeds.0.fields', 'BASE_TYPE_MAX_LENGTH'],
    [embed({ fields: [{ name: ' ', value: 'b' }] }), 'embeds.0.fields.0.name', 'BASE_TYPE_REQUIRED'],
    [embed({ fields: [{ name: 'a', value: x(1025) }] }), 'embeds.0.fields.0.value', 'BASE_TYPE_MAX_LENGTH'],
    [{ embeds: [{ description: x(4000) }, { description: x(2001) }] }, 'embeds', 'MAX_EMBED_SIZE_EXCEEDED'],
    [{ content: 'a', allowed_mentions: { parse: ['all'] } }, 'allowed_mentions.parse', 'BASE_TYPE_CHOICES'],
    [
      { content: 'a', allowed_mentions: { parse: ['roles'], roles: ['1'] } },
      'allowed_mentions.roles',
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [
      { content: 'a', allowed_mentions: { users: ['1', '1'] } },
      'allowed_mentions.users',
      'SET_TYPE_ALREADY_CONTAINS_VALUE',
    ],
  ])('refuses %# at %s %s', async (body, at, code) => {
    const answer = await post(body)
    expect(answer).toMatchObject({ status: 400, body: { code: 50_035, errors: { [at]: { _errors: [{ code }] } } } })
    expect(manners.messages).toEqual([])
  })

  it('takes what is exactly as large as the limits', async () => {
    const fields = Array.from({ length: 25 }, () => ({ name: x(10), value: x(10) }))
    const answer = await post({
      content: ` ${x(2000)} `,
      embeds: [{ title: x(256), description: x(4096), fields, footer: { text: x(1148) } }],
    })
    expect(answer.status).toBe(200)
    expect(manners.messages).toHaveLength(1)
  })

  it('knows who may post what where', async () => {
    expect(await post({})).toMatchObject({ status: 400, body: { code: 50_006 } })
    expect(await post('{')).toMatchObject({ status: 400, body: { code: 50_109 } })
    expect(await post({ content: 'a' }, '?thread_id=1')).toMatchObject({ status: 400, body: { code: 10_003 } })
    now += 2000
    const wrong = await call(`${manners.path}x`, 'POST', { content: 'a' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 50_027 } })
    expect(await call('/api/webhooks/1/x', 'POST', {})).toMatchObject({ status: 404, body: { code: 10_015 } })
    const typed = await call(manners.path, 'POST', { content: 'a' }, { 'content-type': 'text/plain' })
    expect(typed.status).toBe(400)
  })

  it('answers with the message only where that is waited for', async () => {
    expect(await post({ content: 'a' }, '')).toMatchObject({ status: 204, body: undefined })
    expect(await post({ content: 'b' }, `?wait=true&thread_id=${THREAD}`)).toMatchObject({
      status: 200,
      body: { content: 'b', thread: THREAD },
    })
  })

  it('changes, shows and takes away a message in its thread only', async () => {
    const { body } = await post({ content: 'a' }, `?wait=true&thread_id=${THREAD}`)
    const path = `${manners.path}/messages/${body.id}`
    expect(await call(path, 'PATCH', { content: 'b' })).toMatchObject({ status: 404, body: { code: 10_008 } })
    expect(await call(`${path}?thread_id=${THREAD}`, 'PATCH', { content: 'b' })).toMatchObject({ status: 200 })
    now += 2000
    expect(await call(`${path}?thread_id=${THREAD}`, 'GET')).toMatchObject({ body: { content: 'b', edits: 1 } })
    expect(await call(`${path}?thread_id=${THREAD}`, 'DELETE')).toMatchObject({ status: 204 })
    expect(await call(`${path}?thread_id=${THREAD}`, 'GET')).toMatchObject({ status: 404 })
  })

  it('counts calls and says so', async () => {
    const remaining = async () => (await post({ content: 'a' })).headers.get('x-ratelimit-remaining')
    expect([await remaining(), await remaining(), await remaining()]).toEqual(['2', '1', '0'])
    now += 500
    const refused = await post({ content: 'a' })
    expect(refused).toMatchObject({ status: 429, body: { retry_after: 1.5, global: false } })
    expect(refused.headers.get('retry-after')).toBe('2')
    now += 1500
    expect((await post({ content: 'a' })).status).toBe(200)
  })

  it('pings whoever is named, unless the sender says otherwise', async () => {
    const content = '@everyone <@&1> <@2>'
    await post({ content })
    await post({ content, allowed_mentions: { parse: [] } })
    await post({ content, allowed_mentions: { parse: [], users: ['2'] } })
    expect(manners.messages.map(({ pinged }) => pinged)).toEqual([['everyone', 'role:1', 'user:2'], [], ['user:2']])
  })

  it('shows only the first of the embeds with one URL', async () => {
    const url = 'https://example.org/'
    await post({ embeds: [{ title: 'a', url }, { title: 'b', url }, { title: 'c' }] })
    expect(manners.messages[0]?.embeds.map(({ title }) => title)).toEqual(['a', 'c'])
  })
})
