import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeAlerting, fakeGate, RELAY_TOKEN } from '../../test/faces/fake-alerting.ts'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { serving } from '../../test/faces/serving.ts'
import { Disclosed, Secret } from '../config/secret.ts'
import { relayPeer } from './relay-peer.ts'

const NEVER = new AbortController().signal
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function other() {
  const daemon = new FakeDaemon()
  const alerting = new FakeAlerting()
  daemon.alerting = alerting
  const served = await serving(daemon, () => fakeGate())
  closing.push(() => served.close())
  return { alerting, served, peer: served.url }
}

async function stranger(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const peerAt = (peer: string, token = RELAY_TOKEN, timeoutMs = 5000) =>
  relayPeer({ peer, token: new Disclosed(token), timeoutMs })

describe('the other relay', () => {
  it('says where each key stands', async () => {
    const { alerting, peer } = await other()
    alerting.keys = { 'a:firing:1': 'delivered', 'b:firing:1': 'held' }
    const keys = ['a:firing:1', 'b:firing:1', 'c:firing:1', 'a:firing:1']
    const states = { 'a:firing:1': 'delivered', 'b:firing:1': 'held', 'c:firing:1': 'unknown' }
    expect(await peerAt(peer).ask(keys, NEVER)).toEqual({ ok: true, states })
    expect(await peerAt(`${peer}/`).ask(keys, NEVER)).toEqual({ ok: true, states })
  })

  it('is asked in several calls for more than one takes, and not at all for nothing', async () => {
    const { alerting, peer } = await other()
    const keys = Array.from({ length: 2500 }, (_, index) => `key-${index}`)
    alerting.keys = { 'key-2400': 'delivered' }
    const answer = await peerAt(peer).ask(keys, NEVER)
    expect(answer.ok && Object.keys(answer.states)).toHaveLength(2500)
    expect(answer.ok && answer.states['key-2400']).toBe('delivered')
    expect(alerting.counted).toEqual({ relay: { accepted: 3 } })
    expect(await peerAt('http://127.0.0.1:1').ask([], NEVER)).toEqual({ ok: true, states: {} })
  })

  it('that does not know our token says so, without the token', async () => {
    const { peer } = await other()
    const answer = await peerAt(peer, 'another-token').ask(['a'], NEVER)
    expect(answer).toMatchObject({ ok: false, code: 'credentials-refused' })
    expect(JSON.stringify(answer)).not.toContain('another-token')
  })

  it('without a relay, or without a secret here, says so', async () => {
    const daemon = new FakeDaemon()
    const served = await serving(daemon)
    closing.push(() => served.close())
    expect(await peerAt(served.url).ask(['a'], NEVER)).toMatchObject({ ok: false, code: 'not-found' })
    const token = new Secret({ env: 'NO_SUCH_VARIABLE_AT_ALL' })
    expect(await relayPeer({ peer: served.url, token }).ask(['a'], NEVER)).toMatchObject({ code: 'secret-missing' })
    expect(await peerAt(served.url, 'with\r\nbreak').ask(['a'], NEVER)).toMatchObject({
      ok: false,
      code: 'unreachable',
    })
  })

  it.each([
    ['a redirect', 'rejected', ((_, answer) => answer.writeHead(301, { location: '/x' }).end()) as RequestListener],
    ['a failure', 'server-error', ((_, answer) => answer.writeHead(503).end()) as RequestListener],
    ['a page', 'malformed-answer', ((_, answer) => answer.end('<html>')) as RequestListener],
    ['null', 'malformed-answer', ((_, answer) => answer.end('null')) as RequestListener],
    ['another state', 'malformed-answer', ((_, answer) => answer.end('{"states":{"a":"maybe"}}')) as RequestListener],
    ['a list', 'malformed-answer', ((_, answer) => answer.end('{"states":["delivered"]}')) as RequestListener],
    [
      'half an answer',
      'unreachable',
      ((_, answer) => answer.writeHead(200, { 'content-length': 99 }).write('{')) as RequestListener,
    ],
  ])('that answers with %s has told nothing', async (_, code, listener) => {
    const peer = await stranger((incoming, answer) => {
      listener(incoming, answer)
      if (code === 'unreachable') setImmediate(() => answer.destroy())
    })
    expect(await peerAt(peer).ask(['a'], NEVER)).toMatchObject({ ok: false, code })
  })

  it('is believed for nothing that it was not asked', async () => {
    const peer = await stranger((_, answer) => answer.end('{"states":{"b":"delivered","toString":"delivered"}}'))
    expect(await peerAt(peer).ask(['a'], NEVER)).toEqual({ ok: true, states: { a: 'unknown' } })
  })

  it('that is away, hangs, or is given up on, never throws', async () => {
    expect(await peerAt('http://127.0.0.1:1').ask(['a'], NEVER)).toMatchObject({ ok: false, code: 'unreachable' })
    expect(await peerAt('nonsense').ask(['a'], NEVER)).toMatchObject({ ok: false, code: 'unreachable' })
    const silent = createSocket((socket) => socket.resume().on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => silent.close(resolve)))
    const peer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    expect(await peerAt(peer, RELAY_TOKEN, 50).ask(['a'], NEVER)).toMatchObject({ ok: false, code: 'timeout' })
    const stop = new AbortController()
    const asked = peerAt(peer).ask(['a'], stop.signal)
    stop.abort()
    expect(await asked).toMatchObject({ ok: false, code: 'aborted' })
  })
})
