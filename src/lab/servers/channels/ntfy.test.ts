import { describe, expect, it } from 'vitest'
import type { ChannelRequest } from './channel-server.ts'
import { NtfyManners, type NtfyOptions } from './ntfy.ts'

const post = (body: unknown, headers: ChannelRequest['headers'] = {}): ChannelRequest => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const get = (query: string, headers: ChannelRequest['headers'] = {}): ChannelRequest => ({
  ...post('', headers),
  method: 'GET',
  path: '/alerts/json',
  query: new URLSearchParams(query),
})
const code = ({ body }: { readonly body: string }) => JSON.parse(body).code
const idsIn = (body: string) => body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]))
const least = { topic: 'alerts', message: 'hello' }
const ntfy = (options: NtfyOptions = {}) => new NtfyManners({ now: () => 5000, ...options })

describe('publishing', () => {
  it('answers the message as subscribers see it', () => {
    const server = ntfy()
    const reply = server.reply(post({ ...least, message: ' hello\n', title: 'T', priority: 5, tags: ['a', 'b'] }))
    expect(reply.status).toBe(200)
    const expected = { id: 'm00000000000', time: 5, event: 'message', topic: 'alerts', message: 'hello', title: 'T' }
    expect(JSON.parse(reply.body)).toEqual({ ...expected, priority: 5, tags: ['a', 'b'] })
    expect(server.messages).toEqual([JSON.parse(reply.body)])
  })

  it('takes a message of 4096 bytes', () => {
    expect(ntfy().reply(post({ ...least, message: 'ü'.repeat(2048) })).status).toBe(200)
  })

  it.each([
    ['no JSON', 'hello', 400, 40_024],
    ['a wrong type', { ...least, priority: 'high' }, 400, 40_024],
    ['a wrong topic', { ...least, topic: 'a/b' }, 400, 40_009],
    ['no topic', { message: 'x' }, 400, 40_009],
    ['a wrong priority', { ...least, priority: 6 }, 400, 40_007],
    ['four actions', { ...least, actions: Array(4).fill({ action: 'view', label: 'x', url: 'u' }) }, 400, 40_018],
    ['an unknown action', { ...least, actions: [{ action: 'open', label: 'x', url: 'u' }] }, 400, 40_018],
    ['an action without label', { ...least, actions: [{ action: 'view', label: '', url: 'u' }] }, 400, 40_018],
    ['an action without URL', { ...least, actions: [{ action: 'view', label: 'x' }] }, 400, 40_018],
    ['a wrong sequence', { ...least, sequence_id: 'a b' }, 400, 40_049],
    ['4097 bytes', { ...least, message: `${'ü'.repeat(2048)}x` }, 400, 40_014],
    ['a title over the limit', { ...least, title: 'ü'.repeat(126) }, 400, 40_057],
    ['8193 bytes of JSON', { ...least, message: '"'.repeat(4096) }, 413, 41_303],
  ])('refuses %s', (_, body, status, expected) => {
    const server = ntfy({ titleLimit: 250 })
    const reply = server.reply(post(body))
    expect([reply.status, code(reply)]).toEqual([status, expected])
    expect(server.messages).toEqual([])
  })

  it('decodes the words of mail headers in a title', () => {
    const server = ntfy()
    server.reply(post({ ...least, title: 'a =?UTF-8?B?aGlkZGVu?= =?utf-8?q?b_=41?=' }))
    expect(server.messages[0]?.title).toBe('a hidden b A')
  })

  it('shows the newest of a sequence', () => {
    const server = ntfy()
    for (const message of ['a', 'b']) server.reply(post({ ...least, message, sequence_id: 's' }))
    server.reply(post(least))
    expect(server.shown.map(({ message }) => message)).toEqual(['b', 'hello'])
  })
})

describe('who may', () => {
  it('is who shows the credentials', () => {
    const server = ntfy({ authorization: 'Bearer tk' })
    expect(code(server.reply(post(least)))).toBe(40_301)
    expect(code(server.reply(post(least, { authorization: 'Bearer other' })))).toBe(40_101)
    expect(server.reply(post(least, { authorization: 'Bearer tk' })).status).toBe(200)
    expect(code(server.reply(get('poll=1')))).toBe(40_301)
    expect(code(ntfy().reply(post(least, { authorization: 'Bearer tk' })))).toBe(40_101)
  })
})

describe('polling', () => {
  it('gives what came after a message, or from a time on', () => {
    let now = 0
    const server = new NtfyManners({ now: () => now })
    for (now of [1000, 2000, 3000]) server.reply(post(least))
    const poll = (query: string) => idsIn(server.reply(get(`poll=1&${query}`)).body)
    expect(poll('')).toHaveLength(3)
    expect(poll('since=all&id=m00000000001')).toEqual(['m00000000001'])
    expect(poll('since=m00000000001')).toEqual(['m00000000002'])
    expect(poll('since=2')).toEqual(['m00000000001', 'm00000000002'])
    expect(poll('since=none')).toEqual([])
    expect(code(server.reply(get('poll=1&since=yesterday')))).toBe(40_008)
    expect(code(ntfy({ readable: false }).reply(get('poll=1')))).toBe(40_301)
    expect(server.reply({ ...get('poll=1'), path: '/' }).status).toBe(404)
  })
})

describe('the limit of requests', () => {
  it('is a burst, and then one each five seconds', () => {
    let now = 0
    const server = new NtfyManners({ now: () => now })
    const statuses = (count: number) => Array.from({ length: count }, () => server.reply(post(least)).status)
    expect(statuses(61)).toEqual([...Array(60).fill(200), 429])
    now = 4999
    expect(statuses(1)).toEqual([429])
    now = 10_000
    expect(statuses(3)).toEqual([200, 200, 429])
    now = 10_000_000
    expect(statuses(61).filter((status) => status === 200)).toHaveLength(60)
  })
})
