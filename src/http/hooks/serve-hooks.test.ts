import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeAlerting, fakeGate, HOOK_TOKEN, RELAY_TOKEN } from '../../../test/faces/fake-alerting.ts'
import { FakeDaemon } from '../../../test/faces/fake-daemon.ts'
import { RawConnection } from '../../../test/faces/raw-http.ts'
import { type Serving, serving, until } from '../../../test/faces/serving.ts'
import { apiError } from '../../api/errors.ts'
import { heartbeatAnswer, hookAnswer, relayAnswer } from '../../api/hooks.ts'
import { Disclosed } from '../../config/secret.ts'
import { watchdogDriver } from '../../heartbeats/watchdog/driver.ts'
import { schema as watchdogSettings } from '../../heartbeats/watchdog/settings.ts'
import type { HookGate } from '../../ports/alerting.ts'

let served: Serving
let alerting: FakeAlerting
let gate: HookGate
beforeEach(async () => {
  gate = fakeGate()
  alerting = new FakeAlerting()
  const daemon = new FakeDaemon()
  daemon.alerting = alerting
  served = await serving(daemon, () => gate)
})
afterEach(async () => {
  await served.close()
  expect(served.faults).toEqual([])
})

const BEARER = { authorization: `Bearer ${HOOK_TOKEN}` }
const alert = { status: 'firing', labels: { alertname: 'NodeDown', host: 'pve2' }, startsAt: '2025-03-01T11:55:00Z' }
const payload = (...alerts: unknown[]) => JSON.stringify({ version: '4', alerts })
const post = (path: string, body: string | Buffer, headers: Record<string, string> = BEARER) =>
  fetch(`${served.url}${path}`, { method: 'POST', body, headers, redirect: 'manual' })
const errorOf = async (answer: Response) => apiError.parse(await answer.json()).error

describe('a hook for alerts', () => {
  it('answers once it is written down, with what its schema promises', async () => {
    const answer = await post('/hooks/alertmanager', payload(alert, { labels: 5 }))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const body = await answer.json()
    expect(hookAnswer.parse(body)).toEqual(body)
    expect(body).toMatchObject({ accepted: 1, rejected: 1, reasons: [expect.stringContaining('alerts.1.labels')] })
    expect(alerting.alerts).toMatchObject([{ source: 'alertmanager', labels: { host: 'pve2' } }])
    expect(alerting.counted).toEqual({ alertmanager: { accepted: 1, invalid: 1 } })
  })

  it('takes Proxmox and scripts, whatever they call their content', async () => {
    const headers = { ...BEARER, 'content-type': 'application/x-www-form-urlencoded' }
    expect((await post('/hooks/proxmox', '{"title":"Test notification","severity":"info"}', headers)).status).toBe(200)
    expect((await post('/hooks/generic/', '{"title":"Disk full"}', headers)).status).toBe(200)
    expect(alerting.alerts.map(({ source }) => source)).toEqual(['proxmox', 'generic'])
  })

  it.each([
    ['bearer', '', BEARER],
    ['basic', '', { authorization: `Basic ${Buffer.from(`am:${HOOK_TOKEN}`).toString('base64')}` }],
    ['query', `?token=${HOOK_TOKEN}`, {}],
  ])('lets in by %s', async (_, query, headers) => {
    expect((await post(`/hooks/generic${query}`, '{"title":"X"}', headers as Record<string, string>)).status).toBe(200)
  })

  it.each([
    ['nothing', '', {}],
    ['another token', '', { authorization: 'Bearer wrong-one' }],
    ['an empty token', '?token=', {}],
    ['another scheme', '', { authorization: `Digest ${HOOK_TOKEN}` }],
  ])('keeps out with %s, and takes nothing', async (_, query, headers) => {
    const answer = await post(`/hooks/alertmanager${query}`, payload(alert), headers as Record<string, string>)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*, Basic /)
    expect((await errorOf(answer)).code).toBe('unauthorized')
    expect(alerting.taken).toEqual([])
    expect(alerting.counted).toEqual({ alertmanager: { unauthorized: 1 } })
  })

  it('says that it cannot be written, and when to come back', async () => {
    alerting.commit = { ok: false, code: 'full', sentence: 'The disk is full.' }
    const answer = await post('/hooks/alertmanager', payload(alert))
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect((await errorOf(answer)).sentence).toContain('The disk is full.')
    expect(alerting.counted).toEqual({ alertmanager: { unavailable: 1 } })
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('counts a %s as a mistake', async (method) => {
    const answer = await fetch(`${served.url}/hooks/alertmanager`, { method, headers: BEARER })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
    expect(alerting.counted).toEqual({ alertmanager: { invalid: 1 } })
  })

  it.each([
    ['nothing', '', 'empty'],
    ['blanks', '  \n', 'empty'],
    ['no JSON', '{"alerts":[', 'not JSON'],
    ['a bomb of brackets', '['.repeat(60_000), 'nests deeper'],
    ['a bomb of objects', '{"a":'.repeat(10_000), 'nests deeper'],
    ['a number', '5', 'object'],
    ['no alerts', '{}', 'alerts'],
    ['only wrong alerts', payload({ labels: { a: 1 } }), 'alerts.0.labels'],
  ])('refuses %s with a reason', async (_, body, reason) => {
    const answer = await post('/hooks/alertmanager', body)
    expect(answer.status).toBe(400)
    expect((await errorOf(answer)).sentence).toContain(reason)
    expect(alerting.counted).toEqual({ alertmanager: { invalid: 1 } })
  })

  it('refuses what is too large, declared or not, and the connection of nobody else suffers', async () => {
    const large = payload({ ...alert, annotations: { description: 'x'.repeat(200_000) } })
    const declared = await post('/hooks/alertmanager', large)
    expect([declared.status, (await errorOf(declared)).code]).toEqual([413, 'too-large'])
    const stream = new ReadableStream({
      start: (controller) => {
        for (let index = 0; index < 50; index += 1) controller.enqueue(Buffer.from(' '.repeat(10_000)))
        controller.close()
      },
    })
    const init = { method: 'POST', body: stream, headers: BEARER, duplex: 'half' } as RequestInit
    expect((await fetch(`${served.url}/hooks/alertmanager`, init)).status).toBe(413)
    expect(alerting.counted).toEqual({ alertmanager: { 'too-large': 2 } })
    expect((await post('/hooks/alertmanager', payload(alert))).status).toBe(200)
  })

  it('takes a payload that fits exactly', async () => {
    const body = payload(alert)
    gate = fakeGate({ maxBodyBytes: Buffer.byteLength(body) })
    expect((await post('/hooks/alertmanager', body)).status).toBe(200)
    gate = fakeGate({ maxBodyBytes: Buffer.byteLength(body) - 1 })
    expect((await post('/hooks/alertmanager', body)).status).toBe(413)
  })

  it('is not there where it is not configured', async () => {
    gate = { maxBodyBytes: 1024 }
    for (const path of [
      '/hooks/alertmanager',
      '/hooks/proxmox',
      '/hooks/generic',
      '/heartbeats/home',
      '/relay/states',
    ]) {
      const answer = await post(path, payload(alert))
      expect(answer.status, path).toBe(404)
      expect((await errorOf(answer)).sentence).toMatch(/configured|expected/)
    }
    expect(alerting.counted).toEqual({})
  })

  it.each([
    '/hooks/',
    '/hooks/other',
    '/hooks/alertmanager/x',
    '/hooks/%61lertmanager',
    '/relay/',
    '/relay/x',
    '/heartbeats/',
  ])('has nothing at %s', async (path) => {
    const answer = await post(path, payload(alert))
    expect([answer.status, (await errorOf(answer)).code]).toEqual([404, 'not-found'])
  })

  it('says so where no alert path runs', async () => {
    served.daemon.alerting = undefined
    expect((await post('/hooks/alertmanager', payload(alert))).status).toBe(503)
    expect((await post('/hooks/alertmanager', payload(alert), {})).status).toBe(401)
  })

  it('is on the network side alone', async () => {
    const status = await new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath: served.socketPath,
        method: 'POST',
        path: '/hooks/generic',
        headers: BEARER,
      })
      outgoing.on('response', (incoming) => resolve(incoming.resume().statusCode)).on('error', reject)
      outgoing.end('{"title":"X"}')
    })
    expect(status).toBe(404)
  })
})

describe('a connection to the hooks', () => {
  const head = (length: number, extra = '') =>
    `POST /hooks/alertmanager HTTP/1.1\r\nhost: w\r\nauthorization: Bearer ${HOOK_TOKEN}\r\ncontent-length: ${length}\r\n${extra}\r\n`

  it('is kept for the next post, also after a refusal', async () => {
    const connection = new RawConnection(served.url)
    const body = payload(alert)
    connection.send(head(body.length) + body)
    await connection.answers(1)
    connection.send(`${head(1)}x`)
    await connection.answers(2)
    connection.send(`POST /hooks/generic HTTP/1.1\r\nhost: w\r\ncontent-length: 3\r\n\r\n{}.`)
    await connection.answers(3)
    // Two at once, one behind the other.
    connection.send((head(body.length) + body).repeat(2))
    expect(await connection.answers(5)).toEqual(['200', '400', '401', '200', '200'])
    connection.end()
  })

  it('that breaks off in the middle of a body hands nothing over', async () => {
    const connection = new RawConnection(served.url)
    connection.send(head(500) + payload(alert))
    await new Promise((resolve) => connection.socket.once('ready', resolve))
    connection.end()
    await connection.closed
    expect((await post('/hooks/alertmanager', payload(alert))).status).toBe(200)
    expect(alerting.taken).toHaveLength(1)
  })

  it('of a caller who may not is answered before the body comes', async () => {
    const connection = new RawConnection(served.url)
    connection.send('POST /hooks/alertmanager HTTP/1.1\r\nhost: w\r\ncontent-length: 4000000000\r\n\r\n')
    expect(await connection.answers(1)).toEqual(['401'])
    connection.end()
  })

  it('may send a body byte by byte', async () => {
    const connection = new RawConnection(served.url)
    const body = payload({ ...alert, labels: { alertname: 'Größe' } })
    connection.send(head(Buffer.byteLength(body)))
    for (const byte of Buffer.from(body)) connection.send(Buffer.from([byte]))
    expect(await connection.answers(1)).toEqual(['200'])
    expect(alerting.alerts[0]?.labels.alertname).toBe('Größe')
    connection.end()
  })

  it('64 at a time are all answered', async () => {
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 64 }, () => post('/hooks/alertmanager', payload(alert))))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    }
    expect(alerting.taken).toHaveLength(640)
  })
})

describe('a heartbeat', () => {
  it.each(['POST', 'GET', 'HEAD'])('by %s is taken', async (method) => {
    const answer = await fetch(`${served.url}/heartbeats/home`, { method, headers: BEARER })
    expect(answer.status).toBe(200)
    if (method !== 'HEAD') {
      const body = await answer.json()
      expect(heartbeatAnswer.parse(body)).toEqual(body)
    }
    expect(alerting.beats).toEqual([['home', { well: true, reasons: [] }]])
    expect(alerting.counted).toEqual({ heartbeats: { accepted: 1 } })
  })

  it('may say that its sender is ill, and more than is known here', async () => {
    const body = { status: 'ill', reasons: ['No round for 90 s.'], sender: 'attic', later: 1 }
    expect((await post('/heartbeats/home', JSON.stringify(body))).status).toBe(200)
    const beat = { well: false, reasons: ['No round for 90 s.'], sender: 'attic' }
    expect(alerting.beats).toEqual([['home', beat]])
  })

  it('of another watchdog is understood', async () => {
    const token = new Disclosed(HOOK_TOKEN)
    const settings = {
      ...watchdogSettings.parse({ url: served.url, expectedAs: 'home', token: { env: 'UNUSED' } }),
      token,
    }
    const sender = watchdogDriver.create('home', settings)
    const report = { well: true, reasons: [], sender: 'attic', runId: 'unused' }
    const { signal } = new AbortController()
    expect(await sender.beat(report, signal)).toEqual({ ok: true })
    expect(await sender.beat({ ...report, well: false, reasons: ['No round for 90 s.'] }, signal)).toEqual({ ok: true })
    expect(alerting.beats.map(([, beat]) => beat)).toEqual([
      { well: true, reasons: [], sender: 'attic' },
      { well: false, reasons: ['No round for 90 s.'], sender: 'attic' },
    ])
  })

  it('of nobody who is expected is not found, and counted', async () => {
    for (const name of ['other', '..%2Fhome', '__proto__', 'a%20b']) {
      const answer = await post(`/heartbeats/${name}`, '')
      expect([answer.status, (await errorOf(answer)).code], name).toEqual([404, 'not-found'])
    }
    expect((await post('/heartbeats/%E0%A4%A', '')).status).toBe(404)
    expect(alerting.counted).toEqual({ heartbeats: { invalid: 4 } })
  })

  it.each(['{', '[]', '"ok"', '{"status":"fine"}', '{"reasons":"x"}', '{"reasons":[1]}'])(
    'is refused with %s',
    async (body) => {
      expect((await post('/heartbeats/home', body)).status).toBe(400)
      expect(alerting.beats).toEqual([])
      expect(alerting.counted).toEqual({ heartbeats: { invalid: 1 } })
    },
  )

  it('may have a token of its own', async () => {
    gate = {
      maxBodyBytes: 1024,
      checkHeartbeat: (name, authorization, token) =>
        (authorization ?? token) === `${name === 'home' ? 'Bearer ' : ''}own-${name}`,
    }
    const own = { authorization: 'Bearer own-home' }
    expect((await post('/heartbeats/home', '', own)).status).toBe(200)
    expect((await fetch(`${served.url}/heartbeats/other?token=own-other`)).status).toBe(404)
    expect((await post('/heartbeats/home', '')).status).toBe(401)
    expect((await post('/hooks/generic', '{"title":"X"}', own)).status).toBe(404)
  })

  it('that cannot be written is worth another try', async () => {
    alerting.commit = { ok: false, code: 'full', sentence: 'The disk is full.' }
    expect((await post('/heartbeats/home', '')).status).toBe(503)
  })
})

describe('the question of the other relay', () => {
  const RELAY = { authorization: `Bearer ${RELAY_TOKEN}` }

  it('is answered for each key', async () => {
    alerting.keys = { a: 'delivered', b: 'held' }
    const answer = await post('/relay/states', '{"keys":["a","b","c"]}', RELAY)
    const body = await answer.json()
    expect(body).toEqual({ states: { a: 'delivered', b: 'held', c: 'unknown' } })
    expect(relayAnswer.parse(body)).toEqual(body)
    expect((await post('/relay/states', '{"keys":["__proto__"]}', RELAY)).status).toBe(200)
    expect(alerting.counted).toEqual({ relay: { accepted: 2 } })
  })

  it('needs the token of the relays, not that of the hooks', async () => {
    expect((await post('/relay/states', '{"keys":[]}')).status).toBe(401)
    expect((await post('/relay/states?token=shared-by-both-relays', '{"keys":[]}', {})).status).toBe(401)
    expect((await post('/hooks/generic', '{"title":"X"}', RELAY)).status).toBe(401)
  })

  it.each(['', '{}', '{"keys":"a"}', '{"keys":[5]}', `{"keys":[${'"a",'.repeat(1000)}"a"]}`])(
    'is refused as %s',
    async (body) => {
      expect((await post('/relay/states', body, RELAY)).status).toBe(400)
    },
  )
})

describe('what is secret', () => {
  it('is in no answer, whatever goes wrong', async () => {
    const texts: string[] = []
    for (const path of [
      '/hooks/alertmanager',
      '/hooks/nothing',
      '/heartbeats/home',
      '/heartbeats/other',
      '/relay/states',
    ]) {
      for (const body of ['', `{"${HOOK_TOKEN}`, payload(alert), payload({ labels: 1 })]) {
        for (const headers of [BEARER, { authorization: `Bearer ${HOOK_TOKEN}x` }]) {
          const answer = await post(`${path}?token=${HOOK_TOKEN}y`, body, headers)
          texts.push(JSON.stringify([...answer.headers]) + (await answer.text()))
        }
      }
    }
    for (const text of texts) expect(text).not.toContain(HOOK_TOKEN)
    const health = await (await fetch(`${served.url}/healthz?token=${HOOK_TOKEN}`)).text()
    const other = await (await fetch(`${served.url}/nothing?token=${HOOK_TOKEN}`)).text()
    expect(health + other).not.toContain(HOOK_TOKEN)
  })

  it('is in no fault of ours that is logged', async () => {
    alerting.accept = () => Promise.reject(new Error('a mistake of ours'))
    const answer = await post('/hooks/alertmanager', payload(alert))
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('mistake of ours')
    await until(() => served.faults.length === 1)
    expect(String((served.faults.splice(0)[0] as Error).stack)).not.toContain(HOOK_TOKEN)
  })
})
