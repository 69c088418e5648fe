import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ChannelRequest } from './channel-server.ts'
import { WebhookManners } from './webhook.ts'

const FORM = Object.fromEntries(
  ['key', 'thread', 'kind', 'status', 'severity', 'sender', 'createdAt', 'title', 'text'].map((name) => [name, 'x']),
)
const body = JSON.stringify({ version: '1', ...FORM, alerts: [] })

function request(own: Partial<ChannelRequest> = {}, headers: ChannelRequest['headers'] = {}): ChannelRequest {
  return {
    method: 'POST',
    path: '/hook',
    query: new URLSearchParams(),
    text: body,
    ...own,
    headers: { 'content-type': 'application/json', 'x-watchdog-delivery': 'x', ...headers },
  }
}

describe('a receiver', () => {
  it('takes a delivery once, and knows it again', () => {
    const receiver = new WebhookManners()
    expect(receiver.reply(request()).status).toBe(202)
    expect(receiver.reply(request()).status).toBe(202)
    expect([...receiver.deliveries.values()]).toMatchObject([{ key: 'x', times: 2 }])
  })

  it.each([
    [404, request({ path: '/' })],
    [405, request({ method: 'PUT' })],
    [415, request({}, { 'content-type': 'text/plain' })],
    [401, request({}, { authorization: 'Bearer other' })],
    [413, request({ text: 'x'.repeat(5000) }, { authorization: 'Bearer t' })],
    [400, request({ text: '{' }, { authorization: 'Bearer t' })],
    [400, request({ text: JSON.stringify({ ...FORM, version: '2', alerts: [] }) }, { authorization: 'Bearer t' })],
    [400, request({ text: JSON.stringify({ version: '1', alerts: [] }) }, { authorization: 'Bearer t' })],
    [400, request({}, { authorization: 'Bearer t', 'x-watchdog-delivery': 'y' })],
  ])('refuses with %i', (status, given) => {
    const receiver = new WebhookManners({ token: 't', mostBodyBytes: 4000 })
    expect(receiver.reply(given).status).toBe(status)
    expect(receiver.deliveries.size).toBe(0)
  })

  it('believes a fresh signature over just this body', () => {
    const receiver = new WebhookManners({ signingSecret: 'k', now: () => 1_000_000 })
    const signed = (seconds: number, text = body, secret = 'k') =>
      `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${text}`).digest('hex')}`
    const status = (header: string) => receiver.reply(request({}, { 'x-watchdog-signature': header })).status
    expect(status(signed(1000))).toBe(202)
    expect(status(signed(1000, `${body} `))).toBe(401)
    expect(status(signed(1000, body, 'other'))).toBe(401)
    expect(status(signed(699))).toBe(401)
    expect(status(signed(1301))).toBe(401)
    expect(receiver.reply(request()).status).toBe(401)
  })
})
