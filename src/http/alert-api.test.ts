import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { LEGS, troubled } from '../../test/faces/alert-situation.ts'
import type { FakeAlerting } from '../../test/faces/fake-alerting.ts'
import { call, type Serving, serving } from '../../test/faces/serving.ts'
import {
  alert,
  alertAnswer,
  alerting as alertingSchema,
  alertReport,
  alerts,
  apiError,
  deliveries,
  drill,
  health,
  legsAnswer,
  ROUTES,
  silenceAnswer,
  silences,
} from '../api/api.ts'

let served: Serving
let alerting: FakeAlerting
beforeEach(async () => {
  served = await serving()
  alerting = troubled()
  served.daemon.alerting = alerting
})
afterEach(async () => {
  await served.close()
  expect(served.faults).toEqual([])
})

const get = (path: string) => fetch(`${served.url}${path}`)
const post = (path: string, body: object | string) =>
  call(served.socketPath, 'POST', path, typeof body === 'string' ? body : JSON.stringify(body))

/** What the schema promises, and nothing that it would drop. */
function exactly<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.parse(body)
  expect(parsed).toEqual(body)
  return parsed
}

describe('reading about alerts', () => {
  it('answers what the schemas promise, on both sides', async () => {
    const cases = [
      ['/api/v1/alerts', alerts],
      ['/api/v1/alerts/11', alertReport],
      ['/api/v1/alerts/12', alertReport],
      ['/api/v1/alerting', alertingSchema],
      ['/api/v1/silences', silences],
      ['/api/v1/deliveries', deliveries],
      ['/healthz', health],
    ] as const
    for (const [path, schema] of cases) {
      const answer = await get(path)
      expect(answer.status, path).toBe(200)
      const body = await answer.json()
      exactly(schema, body)
      expect((await call(served.socketPath, 'GET', path)).body).toEqual(body)
    }
  })

  it('shows those that are asked for, newest first, a page at a time', async () => {
    const ids = async (query: string) =>
      alerts.parse(await (await get(`/api/v1/alerts?${query}`)).json()).alerts.map(({ id }) => id)
    expect(await ids('')).toEqual([12, 11, 9, 8, 7])
    expect(await ids('status=firing')).toEqual([12, 11, 9])
    expect(await ids('limit=2')).toEqual([12, 11])
    expect(await ids('limit=2&before=11')).toEqual([9, 8])
    for (const query of ['limit=0', 'limit=1001', 'status=on', 'before=x', 'nonsense=1']) {
      expect((await get(`/api/v1/alerts?${query}`)).status, query).toBe(400)
    }
  })

  it('tells an alert with all that happened to it', async () => {
    const report = alertReport.parse(await (await get('/api/v1/alerts/11')).json())
    expect(report).toMatchObject({
      alert: { name: 'HostDown', summary: 'pve2 is down', started: { agoMs: 300_000 } },
      timeline: [{ kind: 'fired' }, { kind: 'note' }, { kind: 'failed' }],
      deliveries: [
        { channel: 'phone', delivered: {} },
        { channel: 'chat', due: { inMs: 40_000 } },
      ],
      folded: 1,
    })
    expect(report.deliveries[0]?.due).toBeUndefined()
    expect(alertReport.parse(await (await get('/api/v1/alerts/12')).json())).toMatchObject({
      alert: { muted: { by: 'inhibition', id: 11 } },
      extra: { notification_reason: 'new' },
    })
  })

  it.each(['10', '0', 'x', '-1', '1e1', '99999999999999999999', '__proto__', '%00'])('has no alert %s', async (id) => {
    const answer = await get(`/api/v1/alerts/${id}`)
    expect([answer.status, apiError.parse(await answer.json()).error.code]).toEqual([404, 'no-such-alert'])
  })

  it('has the dead letters', async () => {
    const body = deliveries.parse(await (await get('/api/v1/deliveries?state=dead&channel=chat')).json())
    expect(body.deliveries.map(({ id }) => id)).toEqual([22, 19])
    expect((await get('/api/v1/deliveries?state=lost')).status).toBe(400)
  })

  it('sums up in a health check, which outlives an alert path that cannot be asked', async () => {
    served.daemon.proved = { well: false, reasons: ['chat takes nothing.'] }
    expect(health.parse(await (await get('/healthz')).json())).toMatchObject({
      proved: { well: false, reasons: ['chat takes nothing.'] },
      alerting: { firing: { critical: 1 }, queued: 17, dead: 2, channels: 3, failing: [{ channel: 'chat' }] },
    })
    alerting.status = () => {
      throw new Error('database disk image is malformed')
    }
    const answer = await get('/healthz')
    expect(answer.status).toBe(200)
    expect(health.parse(await answer.json()).alerting).toBeUndefined()
  })

  it('without an alert path says so', async () => {
    served.daemon.alerting = undefined
    for (const path of [
      '/api/v1/alerts',
      '/api/v1/alerts/1',
      '/api/v1/alerting',
      '/api/v1/silences',
      '/api/v1/deliveries',
    ]) {
      const answer = await get(path)
      expect([answer.status, apiError.parse(await answer.json()).error.code], path).toEqual([503, 'unavailable'])
    }
    expect((await post('/api/v1/alerts/11/ack', { by: 'cli:anna' })).status).toBe(503)
    expect(health.parse(await (await get('/healthz')).json()).alerting).toBeUndefined()
  })

  it('shows an alert without a summary by its name, and one with hostile labels as they are', async () => {
    const labels = { alertname: 'X', evil: '\u001b[2J<script>' }
    alerting.incidents = [{ ...(alerting.incidents[0] as never as object), labels, annotations: {} } as never]
    const body = alerts.parse(await (await get('/api/v1/alerts')).json())
    expect(alert.parse(body.alerts[0])).toMatchObject({ summary: 'X', labels })
  })
})

describe('changing something about alerts', () => {
  const by = 'cli:anna'

  it('is taken on the socket alone', async () => {
    for (const route of Object.values(ROUTES).filter(({ on, method }) => on === 'socket' && method === 'POST')) {
      const path = route.path.replace(':id', '11')
      expect((await fetch(`${served.url}${path}`, { method: 'POST', body: '{}' })).status, path).toBe(405)
    }
    expect(alerting.asked).toEqual([])
  })

  it.each([
    ['/api/v1/alerts/11/ack', { by, comment: 'mine' }, alertAnswer, ['acknowledge', 11, by, 'mine']],
    ['/api/v1/alerts/11/ack', { by }, alertAnswer, ['acknowledge', 11, by, '']],
    [
      '/api/v1/silences',
      { by, matchers: ['host=nas'], forMs: 7_200_000 },
      silenceAnswer,
      ['silence', { by, matchers: ['host=nas'], forMs: 7_200_000, comment: '' }],
    ],
    ['/api/v1/silences/3/end', { by }, alertAnswer, ['endSilence', 3, by]],
    ['/api/v1/deliveries/replay', { by }, alertAnswer, ['replay', {}, by]],
    ['/api/v1/deliveries/replay', { by, ids: [19] }, alertAnswer, ['replay', { ids: [19] }, by]],
    ['/api/v1/deliveries/replay', { by, channel: 'chat' }, alertAnswer, ['replay', { channel: 'chat' }, by]],
    ['/api/v1/alerting/test', {}, legsAnswer, ['test', undefined]],
    ['/api/v1/alerting/test', { channel: 'chat' }, legsAnswer, ['test', 'chat']],
    ['/api/v1/alerting/drill', { channel: 'phone' }, drill, ['drill', 'phone']],
  ] as const)('%s with %j', async (path, body, schema, asked) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(200)
    exactly(schema, answer.body)
    expect(alerting.asked).toEqual([asked])
  })

  it('tells the legs of a drill', async () => {
    const { body } = await post('/api/v1/alerting/drill', {})
    expect(drill.parse(body)).toMatchObject({ ok: false, legs: LEGS })
    alerting.legs = LEGS.slice(0, 1)
    expect(legsAnswer.parse((await post('/api/v1/alerting/test', {})).body).ok).toBe(true)
  })

  it('tests nothing that is not there', async () => {
    for (const path of ['/api/v1/alerting/test', '/api/v1/alerting/drill']) {
      const unknown = await post(path, { channel: 'pager' })
      expect(unknown.status).toBe(409)
      expect(apiError.parse(unknown.body).error.sentence).toContain('phone, chat, console')
      alerting.known = {}
      expect(apiError.parse((await post(path, {})).body).error.sentence).toContain('No channel is configured')
      alerting.known = troubled().known
    }
    expect(alerting.asked).toEqual([])
  })

  it('answers a refusal as 409 with its sentence', async () => {
    alerting.answer = { ok: false, code: 'unknown', sentence: 'There is no alert 11.' }
    for (const [path, body] of [
      ['/api/v1/alerts/11/ack', { by }],
      ['/api/v1/silences', { by, matchers: ['x=y'], forMs: 1000 }],
      ['/api/v1/silences/3/end', { by }],
      ['/api/v1/deliveries/replay', { by }],
    ] as const) {
      expect(await post(path, body), path).toMatchObject({ status: 409, body: alerting.answer })
    }
  })

  it.each([
    ['/api/v1/alerts/11/ack', ''],
    ['/api/v1/alerts/11/ack', {}],
    ['/api/v1/alerts/11/ack', { by: 'a b' }],
    ['/api/v1/alerts/11/ack', { by, comment: 'a\nb' }],
    ['/api/v1/alerts/11/ack', { by, force: true }],
    ['/api/v1/silences', { by, matchers: [], forMs: 1000 }],
    ['/api/v1/silences', { by, matchers: ['a=b'] }],
    ['/api/v1/silences', { by, matchers: ['a=b'], forMs: 10 }],
    ['/api/v1/silences', { by, matchers: ['a=b\u001b[31m'], forMs: 1000 }],
    ['/api/v1/deliveries/replay', { by, ids: [] }],
    ['/api/v1/deliveries/replay', { by, ids: [1], channel: 'chat' }],
    ['/api/v1/alerting/drill', { channel: 5 }],
  ])('%s refuses %j', async (path, body) => {
    const answer = await post(path, body)
    expect([answer.status, apiError.parse(answer.body).error.code]).toEqual([400, 'bad-request'])
    expect(alerting.asked).toEqual([])
  })

  it('knows its rows by number only', async () => {
    expect((await post('/api/v1/alerts/x/ack', { by })).status).toBe(404)
    expect((await post('/api/v1/silences/x/end', { by })).status).toBe(404)
    expect(alerting.asked).toEqual([])
  })
})
