import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { closedPort } from '../../../test/sockets/listeners.ts'
import { Disclosed } from '../../config/secret.ts'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import type { Pinning } from '../../tls/pinning.ts'
import type { ProxmoxAuth } from '../settings.ts'
import { PveServer, type Script } from '../testing/pve-server.ts'
import { recordedStatus } from '../testing/recorded.ts'
import { Endpoint } from './endpoint.ts'
import { Slots } from './slots.ts'

const key = selfSigned('pve1')
const SECRET = '11111111-2222-3333-4444-555555555555'
const TOKEN: ProxmoxAuth = { kind: 'token', id: 'watchdog@pve!eyes', secret: new Disclosed(SECRET) }
const STATUS = { method: 'GET', path: '/cluster/status' } as const
const FOR = { section: 'status' }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function serving(script: Script): Promise<PveServer> {
  const server = await new PveServer(key, script).start()
  open.push(server)
  return server
}

type Options = { readonly auth?: ProxmoxAuth; readonly tls?: Pinning | 'usual'; readonly clock?: ManualClock }

function endpointAt(url: string, options: Options = {}): Endpoint {
  const { auth = TOKEN, tls = { verify: false }, clock = new ManualClock() } = options
  const parts = { clock, auth, timeoutMs: 10_000, overall: new Slots(4) }
  const endpoint = new Endpoint({ url }, tls === 'usual' ? parts : { ...parts, tls })
  open.push(endpoint)
  return endpoint
}

async function failing(script: Script, options: Options = {}) {
  const server = await serving(script)
  const outcome = await endpointAt(server.url, options).call(STATUS, FOR)
  if (outcome.ok) throw new Error('it was expected to fail')
  return { ...outcome, server }
}

describe('a call', () => {
  test('shows its token, and gives the data with both clocks', async () => {
    const server = await serving(() => ({
      data: [1],
      gzip: true,
      headers: { date: 'Fri, 20 Nov 2026 18:47:28 GMT' },
    }))
    const outcome = await endpointAt(server.url).call(STATUS, FOR)
    expect(outcome).toMatchObject({ ok: true, value: { data: [1], clockS: 1_795_200_448.5 } })
    expect(server.asked[0]?.headers).toMatchObject({ authorization: `PVEAPIToken=watchdog@pve!eyes=${SECRET}` })
    expect(server.violations).toEqual([])
  })

  test('takes a secret that holds the name of its token', async () => {
    const server = await serving(() => ({ data: [] }))
    const auth: ProxmoxAuth = { ...TOKEN, secret: new Disclosed(`watchdog@pve!eyes=${SECRET}\n`) }
    await endpointAt(server.url, { auth }).call(STATUS, FOR)
    expect(server.asked[0]?.headers.authorization).toBe(`PVEAPIToken=watchdog@pve!eyes=${SECRET}`)
  })

  test('goes over the connection of the one before', async () => {
    const server = await serving(() => ({ data: [] }))
    const endpoint = endpointAt(server.url)
    for (let i = 0; i < 5; i += 1) expect(await endpoint.call(STATUS, FOR)).toMatchObject({ ok: true })
    expect(server.connections).toBe(1)
  })

  test('goes over a new connection where the kept one was closed meanwhile', async () => {
    let calls = 0
    const server = await serving(() => {
      calls += 1
      return calls === 2 ? { hangUp: true } : { data: [] }
    })
    const endpoint = endpointAt(server.url)
    await endpoint.call(STATUS, FOR)
    expect(await endpoint.call(STATUS, FOR)).toMatchObject({ ok: true })
    expect(server.connections).toBe(2)
  })

  test('that writes has a connection of its own, and is never sent twice', async () => {
    const server = await serving(({ method }) => (method === 'POST' ? { hangUp: true } : { data: [] }))
    const endpoint = endpointAt(server.url)
    await endpoint.call(STATUS, FOR)
    const write = { method: 'POST', path: '/cluster/ha/status/arm-ha' } as const
    const outcome = await endpoint.call(write, { section: 'action' })
    expect(outcome).toMatchObject({ ok: false, code: 'unreachable', mayHaveArrived: true })
    expect(server.askedFor('/cluster/ha/status/arm-ha')).toHaveLength(1)
    expect(server.connections).toBe(2)
  })

  test('percent-encodes cursors and UPIDs', async () => {
    const server = await serving(() => ({ data: [] }))
    const endpoint = endpointAt(server.url)
    const startcursor = 's=ab;i=9;b=cd;m=1;t=2;x=3'
    await endpoint.call({ method: 'GET', path: '/nodes/{node}/journal', params: { node: 'pve1', startcursor } }, FOR)
    const upid = 'UPID:pve1:000000B5:0004ADF7:6B009470:vzdump:10/1:watchdog@pve!admin:'
    const path = '/nodes/{node}/tasks/{upid}/status'
    await endpoint.call({ method: 'GET', path, params: { node: 'pve1', upid } }, FOR)
    expect(server.asked[0]?.params).toEqual({ startcursor })
    expect(decodeURIComponent(server.asked[1]?.path ?? '')).toBe(`/nodes/pve1/tasks/${upid}/status`)
    expect(server.violations).toEqual([])
  })

  test('is counted: calls, bytes, errors', async () => {
    let status = 200
    const server = await serving(() => ({ status, data: [] }))
    const endpoint = endpointAt(server.url)
    await endpoint.call(STATUS, FOR)
    status = 403
    await endpoint.call(STATUS, FOR)
    expect(endpoint.stats()).toEqual([
      {
        endpoint: server.url,
        section: 'status',
        calls: 2,
        bytes: 22,
        errors: { forbidden: 1 },
        lastDurationMs: expect.any(Number),
      },
    ])
  })
})

describe('whom it believes', () => {
  const fingerprint = new X509Certificate(key.cert).fingerprint256

  test('the pinned certificate', async () => {
    const server = await serving(() => ({ data: [] }))
    expect(await endpointAt(server.url, { tls: { fingerprint } }).call(STATUS, FOR)).toMatchObject({ ok: true })
  })

  test('a certificate of the pinned authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pve-ca-'))
    open.push({ close: () => rmSync(folder, { recursive: true }) })
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, key.cert)
    const server = await serving(() => ({ data: [] }))
    expect(await endpointAt(server.url, { tls: { ca } }).call(STATUS, FOR)).toMatchObject({ ok: true })
  })

  test('not another certificate: nothing is sent, and the one that was shown is named', async () => {
    const wrong = fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00')
    const { code, sentence, server } = await failing(() => ({ data: [] }), { tls: { fingerprint: wrong } })
    expect(code).toBe('fingerprint-mismatch')
    expect(sentence).toContain(fingerprint)
    expect(server.asked).toEqual([])
  })

  test('not what nobody signed, without a pinning', async () => {
    const { code, sentence, server } = await failing(() => ({ data: [] }), { tls: 'usual' })
    expect(code).toBe('tls')
    expect(sentence).toMatch(/pin its CA or its fingerprint/)
    expect(server.asked).toEqual([])
  })

  test('no CA file that is not there', async () => {
    const { code, sentence } = await failing(() => ({ data: [] }), { tls: { ca: '/nowhere/ca.pem' } })
    expect(code).toBe('tls')
    expect(sentence).toMatch(/nowhere.*ENOENT/)
  })

  test('nobody without TLS', async () => {
    const outcome = await endpointAt('http://127.0.0.1:1').call(STATUS, FOR)
    expect(outcome).toMatchObject({ ok: false, code: 'tls', sentence: expect.stringMatching(/https/) })
  })
})

describe('what goes wrong', () => {
  test.each([
    [401, "no such token 'eyes' for user 'watchdog@pve'", 'unauthorized', /no such token/],
    [403, 'Permission check failed (/nodes/pve1, Sys.Modify)', 'forbidden', /needs Sys\.Modify on \/nodes\/pve1/],
    [
      403,
      'Permission check failed (/storage/nas, Datastore.Audit|Datastore.AllocateSpace)',
      'forbidden',
      /needs Datastore\.Audit or Datastore\.AllocateSpace on \/storage\/nas/,
    ],
    [403, 'Permission check failed', 'forbidden', /Permission check failed/],
    [400, 'Parameter verification failed.', 'rejected', /Parameter verification failed/],
    [404, 'Not Found', 'not-supported', /does not know this call/],
    [501, "Method 'GET /cluster/status' is unknown", 'not-supported', /does not know this call/],
    [595, 'No route to host', 'peer-unreachable', /No route to host/],
    [596, 'Connection timed out', 'peer-unreachable', /timed out/],
    [500, "cfs-lock 'file-replication_cfg' error: no quorum!", 'no-quorum', /no quorum/],
    [500, 'cluster not ready - no quorum?', 'no-quorum', /no quorum/],
    [500, "hostname lookup 'pve9' failed - failed to get address info", 'not-found', /pve9/],
    [500, "Configuration file 'nodes/a/qemu-server/9.conf' does not exist", 'not-found', /does not exist/],
    [500, 'Permission denied', 'server-error', /Permission denied/],
    [503, 'Service Unavailable', 'server-error', /503/],
    [302, 'Found', 'malformed-answer', /redirect/],
    [204, 'No Content', 'malformed-answer', /204/],
  ])('%i %s is %s', async (status, reason, code, sentence) => {
    const failure = await failing(() => ({ status, reason, body: '' }))
    expect(failure).toMatchObject({ code, sentence: expect.stringMatching(sentence) })
    expect(failure.sentence).toContain(failure.server.url)
    expect(failure.sentence).toContain('GET /cluster/status')
  })

  test.each([
    ['healthy/cluster_ceph_status', 'not-supported'],
    ['healthy/cluster_ha_groups', 'not-supported'],
    ['healthy/nodes_pve1_time', 'server-error'],
    ['nodedown/nodes_pve3_status', 'peer-unreachable'],
  ])('as recorded: %s is %s', async (name, code) => {
    expect((await failing(() => ({ ...recordedStatus(name), body: '' }))).code).toBe(code)
  })

  test('a refused write without quorum says no more than that permission is denied', async () => {
    const server = await serving(() => ({ status: 500, reason: 'unable to open file - Permission denied', data: null }))
    const params = { 'resource-mode': 'freeze' }
    const request = { method: 'POST', path: '/cluster/ha/status/disarm-ha', params } as const
    const outcome = await endpointAt(server.url).call(request, { section: 'action' })
    expect(outcome).toMatchObject({ ok: false, code: 'no-quorum', mayHaveArrived: false })
  })

  test('errors of parameters are told by name', async () => {
    const body = JSON.stringify({ data: null, errors: { timeframe: 'value xy is none of the choices' } })
    const { sentence } = await failing(() => ({ status: 400, reason: 'Parameter verification failed.', body }))
    expect(sentence).toContain('timeframe: value xy is none of the choices')
  })

  test('HTML in place of JSON', async () => {
    const body = '<!DOCTYPE html><html><title>Router</title></html>'
    expect(await failing(() => ({ body, headers: { 'content-type': 'text/html' } }))).toMatchObject({
      code: 'malformed-answer',
      sentence: expect.stringMatching(/HTML.*port 8006/),
    })
  })

  test.each([
    ['', /nothing/],
    ['{"data":[1,2', /not all of it/],
    ['[]', /no answer of the Proxmox API/],
    ['{"errors":1}', /no answer of the Proxmox API/],
    ['7', /no answer of the Proxmox API/],
  ])('%j in place of an answer', async (body, sentence) => {
    expect(await failing(() => ({ body }))).toMatchObject({
      code: 'malformed-answer',
      sentence: expect.stringMatching(sentence),
    })
  })

  test.each([false, true])('an answer that is cut off (packed: %s)', async (gzip) => {
    const data = Array.from({ length: 500 }, (_, i) => `line ${i} ${Math.sin(i)}`)
    expect(await failing(() => ({ data, gzip, cutAt: 900 }))).toMatchObject({
      code: 'malformed-answer',
      sentence: expect.stringMatching(/cut off in its answer after 900 bytes/),
    })
  })

  test('an answer of more than it wants, packed small', async () => {
    const server = await serving(() => ({ data: 'x'.repeat(5_000_000), gzip: true }))
    const outcome = await endpointAt(server.url).call(STATUS, { ...FOR, maxBytes: 1_000_000 })
    expect(outcome).toMatchObject({ ok: false, code: 'too-large' })
    expect(endpointAt(server.url)).toBeDefined()
  })

  test('nobody there', async () => {
    const outcome = await endpointAt(`https://127.0.0.1:${await closedPort()}`).call(STATUS, FOR)
    expect(outcome).toMatchObject({
      ok: false,
      code: 'unreachable',
      sentence: expect.stringMatching(/ECONNREFUSED/),
      mayHaveArrived: false,
    })
  })

  test('an answer that comes too late', async () => {
    const clock = new ManualClock()
    const server = await serving(() => ({ data: [], after: new Promise(() => {}) }))
    const pending = endpointAt(server.url, { clock }).call(STATUS, FOR)
    while (server.asked.length === 0) await clock.settle()
    await clock.pass(9_999)
    await clock.pass(1)
    expect(await pending).toMatchObject({
      ok: false,
      code: 'timeout',
      sentence: expect.stringMatching(/no whole answer in 10 s/),
      mayHaveArrived: true,
    })
  })

  test('a call that waits for its turn has the same deadline', async () => {
    const clock = new ManualClock()
    const server = await serving(() => ({ data: [], after: new Promise(() => {}) }))
    const endpoint = endpointAt(server.url, { clock })
    const pending = Array.from({ length: 6 }, () => endpoint.call(STATUS, FOR))
    while (server.asked.length < 4) await clock.settle()
    await clock.pass(10_000)
    const outcomes = await Promise.all(pending)
    expect(outcomes.map((outcome) => !outcome.ok && outcome.code)).toEqual(Array(6).fill('timeout'))
  })

  test('whoever asked has gone, or the watchdog ends', async () => {
    const server = await serving(() => ({ data: [], after: new Promise(() => {}) }))
    const endpoint = endpointAt(server.url)
    const gone = new AbortController()
    const pending = [endpoint.call(STATUS, { ...FOR, signal: gone.signal }), endpoint.call(STATUS, FOR)]
    while (server.asked.length < 2) await new ManualClock().settle()
    gone.abort()
    expect(await pending[0]).toMatchObject({ ok: false, code: 'aborted' })
    endpoint.close()
    expect(await pending[1]).toMatchObject({ ok: false, code: 'aborted' })
    expect(await endpoint.call(STATUS, FOR)).toMatchObject({ ok: false, code: 'aborted' })
  })
})
