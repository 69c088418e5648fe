import { describe, expect, it } from 'vitest'
import type { ChannelRequest } from './channel-server.ts'
import { GotifyManners } from './gotify.ts'

const request = (token: string, body: unknown, own: Partial<ChannelRequest> = {}): ChannelRequest => ({
  method: 'POST',
  path: '/message',
  query: new URLSearchParams(),
  headers: { 'x-gotify-key': token, 'content-type': 'application/json' },
  text: typeof body === 'string' ? body : JSON.stringify(body),
  ...own,
})
const list = (token: string, query: string) => request(token, '', { method: 'GET', query: new URLSearchParams(query) })
const gotify = () => new GotifyManners({ appToken: 'app', clientToken: 'client' })

describe('an application', () => {
  it('posts a message', () => {
    const server = gotify()
    const reply = server.reply(request('app', { title: 'T', message: 'M', priority: 8, extras: { 'a::b': {} } }))
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.body)).toMatchObject({ id: 1, appid: 1, title: 'T' })
    expect(server.messages).toEqual([{ id: 1, title: 'T', message: 'M', priority: 8, extras: { 'a::b': {} } }])
  })

  it.each([
    ['no JSON', 'hello', 400],
    ['no message', { title: 'T' }, 400],
    ['an empty message', { message: '' }, 400],
    ['a wrong type', { message: 1 }, 400],
    ['a broken priority', { message: 'M', priority: 1.5 }, 400],
    ['extras that are no object', { message: 'M', extras: [] }, 400],
    ['more than the database takes', { message: 'ü'.repeat(32_768) }, 500],
  ])('is refused with %s', (_, body, status) => {
    const server = gotify()
    expect(server.reply(request('app', body)).status).toBe(status)
    expect(server.messages).toEqual([])
  })

  it('is refused without its own token, its own address or JSON', () => {
    const body = { message: 'M' }
    expect(gotify().reply(request('client', body)).status).toBe(403)
    expect(gotify().reply(request('other', body)).status).toBe(401)
    expect(gotify().reply(request('app', body, { headers: {} })).status).toBe(401)
    expect(gotify().reply(request('app', body, { path: '/' })).status).toBe(404)
    expect(gotify().reply(request('app', body, { headers: { 'x-gotify-key': 'app' } })).status).toBe(400)
    const below = new GotifyManners({ appToken: 'app', path: '/gotify' })
    expect(below.reply(request('app', body, { path: '/gotify/message' })).status).toBe(200)
  })
})

describe('a client', () => {
  it('reads the newest of those before one', () => {
    const server = gotify()
    for (let count = 0; count < 3; count += 1) server.reply(request('app', { message: 'M' }))
    const ids = (query: string) =>
      JSON.parse(server.reply(list('client', query)).body).messages.map((one: { id: number }) => one.id)
    expect(ids('')).toEqual([3, 2, 1])
    expect(ids('limit=1&since=3')).toEqual([2])
    expect(server.reply(list('client', 'limit=201')).status).toBe(400)
    expect(server.reply(list('app', '')).status).toBe(403)
  })
})
