import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Serving, serving } from '../../test/faces/serving.ts'
import { cycling } from '../../test/faces/situation.ts'
import { apiError, events, health, hostReport, outlets, status } from '../api/api.ts'

let served: Serving
beforeAll(async () => {
  served = await serving()
})
afterAll(() => served.close())

const get = (path: string, init?: RequestInit) => fetch(`${served.url}${path}`, init)

describe('the read-only side', () => {
  it('answers what the schemas promise, and nothing that they would drop', async () => {
    served.daemon.current = cycling()
    served.daemon.tell('host-down', 'pve2 is dead by all its probes.', { host: 'pve2', guards: ['storm'] })
    const cases = [
      ['/api/v1/status', status],
      ['/api/v1/hosts/pve2', hostReport],
      ['/api/v1/events', events],
      ['/api/v1/outlets', outlets],
      ['/api/v1/health', health],
    ] as const
    for (const [path, schema] of cases) {
      const answer = await get(path)
      const body = await answer.json()
      expect(answer.status, path).toBe(200)
      expect(schema.parse(body), path).toEqual(body)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('shows a plan with its countdown', async () => {
    const body = status.parse(await (await get('/api/v1/status')).json())
    const [plan] = body.plans
    expect(plan).toMatchObject({ target: 'pve2', barrier: 'holding', holdEnds: { inMs: 7 * 60_000 } })
    expect(plan?.legs).toMatchObject([{ outlet: '1', step: 'off', owesOn: true, deviceTimer: { inMs: 9 * 60_000 } }])
    const host = body.hosts.find(({ name }) => name === 'pve2')
    expect(host).toMatchObject({ verdict: 'down', cyclesInDay: 2, outage: { cycles: 2 }, maxCycles: 5 })
    expect(body.otherOutlets.map(({ outlet }) => outlet)).toEqual(['3', '4'])
  })

  it('filters events and says what is wrong with a question', async () => {
    served.daemon.tell('host-up', 'pve1 answers.', { host: 'pve1' })
    const some = events.parse(await (await get('/api/v1/events?host=pve1&limit=5')).json())
    expect(some.events.map(({ code }) => code)).toEqual(['host-up'])
    for (const query of ['limit=0', 'limit=x', 'since=yesterday', 'nonsense=1', 'after=-1']) {
      const answer = await get(`/api/v1/events?${query}`)
      expect(answer.status, query).toBe(400)
      const { error } = apiError.parse(await answer.json())
      expect(error.code).toBe('bad-request')
      expect(error.sentence).toMatch(/limit|since|nonsense|after/)
    }
  })

  it('knows its hosts by name only', async () => {
    for (const name of ['pve9', '..%2f..%2fetc', '%00', '__proto__', 'constructor']) {
      const answer = await get(`/api/v1/hosts/${name}`)
      expect(answer.status, name).toBe(404)
      expect(apiError.parse(await answer.json()).error.code).toBe('no-such-host')
    }
  })

  it('has nothing else, and nothing that changes anything', async () => {
    for (const path of ['/', '/nothing', '/api/v1', '/api/v1/export', '/api/v1/events/stream', '/api/v1/hosts/']) {
      const answer = await get(path)
      expect(answer.status, path).toBe(404)
      expect(apiError.parse(await answer.json()).error.code).toBe('not-found')
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/api/v1/orders', '/api/v1/status', '/api/v1/reload']) {
        const answer = await get(path, { method })
        expect(answer.status, `${method} ${path}`).toBe(405)
        expect(answer.headers.get('allow')).toBe('GET, HEAD')
        expect(apiError.parse(await answer.json()).error.code).toBe('method-not-allowed')
      }
    }
    expect(served.daemon.orders).toEqual([])
  })

  it('answers HEAD without a body', async () => {
    const answer = await get('/healthz', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })

  it('fails its health checks with the reasons', async () => {
    served.daemon.wrong = { live: false, ready: false, reasons: ['The loop is 95 s late.'] }
    for (const path of ['/healthz', '/readyz']) {
      const answer = await get(path)
      expect(answer.status, path).toBe(503)
      expect(health.parse(await answer.json()).reasons).toEqual(['The loop is 95 s late.'])
    }
    expect((await get('/api/v1/health')).status).toBe(200)
    served.daemon.wrong = { ready: false, reasons: ['No round is done yet.'] }
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(503)
    served.daemon.wrong = {}
    expect((await get('/readyz')).status).toBe(200)
  })

  it('outlives garbage, half requests and connections that say nothing', async () => {
    const port = Number(new URL(served.url).port)
    const rubbish = [
      '\u0016\u0003\u0001\u0002',
      'GET',
      'GET / HTTP/1.1\r\nhost: a b\r\n\r\n',
      'GET http://[/ HTTP/1.1\r\n\r\n',
      '',
    ]
    const sockets = rubbish.map((text) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text === '' ? '\r\n' : text))
      socket.on('error', () => {})
      socket.resume()
      return socket
    })
    expect((await get('/healthz')).status).toBe(200)
    for (const socket of sockets) socket.destroy()
    expect((await get('/healthz')).status).toBe(200)
  })

  it('turns a mistake of ours into a 500 that hides its details, and goes on', async () => {
    const real = served.daemon.state
    served.daemon.state = () => {
      throw new TypeError('inside')
    }
    const answer = await get('/api/v1/status')
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('inside')
    expect(served.faults).toHaveLength(1)
    expect((await get('/metrics')).status).toBe(500)
    served.daemon.state = real
    expect((await get('/metrics')).status).toBe(200)
  })

  it('shows the status even when the history cannot be read', async () => {
    const real = served.daemon.events
    served.daemon.events = () => {
      throw new Error('database disk image is malformed')
    }
    const body = status.parse(await (await get('/api/v1/status')).json())
    expect(body.events).toEqual([])
    served.daemon.events = real
  })
})
