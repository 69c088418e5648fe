import { describe, expect, it } from 'vitest'
import type { ChannelRequest } from './channel-server.ts'
import { PushoverManners } from './pushover.ts'

function request(form: Readonly<Record<string, string>>, own: Partial<ChannelRequest> = {}): ChannelRequest {
  return {
    method: 'POST',
    path: '/1/messages.json',
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: new URLSearchParams(form).toString(),
    ...own,
  }
}
const server = () => new PushoverManners()
const { token, user } = server()
const least = { token, user, message: 'hello' }

describe('a message', () => {
  it('is taken, and counted', () => {
    const pushover = server()
    const reply = pushover.reply(request({ ...least, title: 'T' }))
    expect(reply).toMatchObject({ status: 200, headers: { 'x-limit-app-remaining': '9999' } })
    expect(JSON.parse(reply.body)).toMatchObject({ status: 1, request: expect.any(String) })
    expect(pushover.messages).toEqual([{ ...least, title: 'T' }])
  })

  it('at its limits is taken', () => {
    const full = {
      ...least,
      message: '🔥'.repeat(1024),
      title: '🔥'.repeat(250),
      url: 'u'.repeat(512),
      url_title: 'u'.repeat(100),
      priority: '2',
      retry: '30',
      expire: '10800',
      sound: 'siren',
      device: 'phone,tablet',
    }
    expect(JSON.parse(server().reply(request(full)).body)).toMatchObject({ status: 1, receipt: expect.any(String) })
  })

  it.each([
    ['token', { token: 'x' }],
    ['user', { user: 'x' }],
    ['message', { message: ' \n' }],
    ['message', { message: 'x'.repeat(1025) }],
    ['title', { title: 'x'.repeat(251) }],
    ['url', { url: 'x'.repeat(513) }],
    ['url_title', { url_title: 'x'.repeat(101) }],
    ['priority', { priority: '3' }],
    ['retry', { priority: '2', expire: '3600' }],
    ['retry', { priority: '2', retry: '29', expire: '3600' }],
    ['expire', { priority: '2', retry: '30' }],
    ['expire', { priority: '2', retry: '30', expire: '10801' }],
    ['sound', { sound: 'trumpet' }],
    ['device', { device: 'my phone' }],
  ])('is refused for its %s: %j', (field, own) => {
    const pushover = server()
    const reply = pushover.reply(request({ ...least, ...own }))
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.body)).toMatchObject({ status: 0, [field]: 'invalid', errors: [expect.any(String)] })
    expect(pushover.messages).toEqual([])
  })

  it('is refused in any other form, and elsewhere', () => {
    expect(server().reply(request(least, { headers: {} })).status).toBe(400)
    expect(server().reply(request(least, { method: 'GET' })).status).toBe(404)
    expect(server().reply(request(least, { path: '/' })).status).toBe(404)
  })

  it('is refused once the month is used up', () => {
    const pushover = new PushoverManners({ monthlyLimit: 1, resetSeconds: 77 })
    expect(pushover.reply(request(least)).status).toBe(200)
    expect(pushover.reply(request(least))).toMatchObject({
      status: 429,
      headers: { 'x-limit-app-remaining': '0', 'x-limit-app-reset': '77' },
    })
  })
})
