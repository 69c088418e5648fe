import { X509Certificate } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../test/sockets/certificate.ts'
import { httpCall } from './call.ts'
import { retryAfterMs } from './retry-after.ts'

const open: (Server | TcpServer)[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

async function listen<S extends Server | TcpServer>(server: S): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const serve = (listener: RequestListener) => listen(createServer(listener))

describe('httpCall', () => {
  it('sends a body and answers status, text and Retry-After', async () => {
    const port = await serve((incoming, outgoing) => {
      let text = ''
      incoming.on('data', (chunk) => (text += chunk))
      incoming.on('end', () => outgoing.writeHead(429, { 'retry-after': '1.5' }).end(`${incoming.method} ${text}`))
    })
    const answer = await httpCall({ url: `http://127.0.0.1:${port}/x`, body: 'häh', timeoutMs: 5_000 })
    expect(answer).toMatchObject({ ok: true, status: 429, text: 'POST häh', retryAfterMs: 1_500 })
  })

  it('never follows a redirect', async () => {
    const port = await serve((_, outgoing) => outgoing.writeHead(301, { location: '/elsewhere' }).end())
    const answer = await httpCall({ url: `http://127.0.0.1:${port}/`, body: '{}', timeoutMs: 5_000 })
    expect(answer).toMatchObject({ ok: true, status: 301 })
  })

  it('tells what never arrived from what may have', async () => {
    const closed = await serve(() => {})
    await new Promise((resolve) => open.pop()?.close(resolve))
    expect(await httpCall({ url: `http://127.0.0.1:${closed}/`, body: '{}', timeoutMs: 5_000 })).toMatchObject({
      code: 'unreachable',
      mayHaveArrived: false,
    })
    const reset = await listen(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())))
    expect(await httpCall({ url: `http://127.0.0.1:${reset}/`, body: '{}', timeoutMs: 5_000 })).toMatchObject({
      code: 'unreachable',
      mayHaveArrived: true,
    })
    const silent = await serve(() => {})
    expect(await httpCall({ url: `http://127.0.0.1:${silent}/`, body: '{}', timeoutMs: 50 })).toMatchObject({
      code: 'timeout',
      mayHaveArrived: true,
    })
  })

  it('refuses an answer that is too large or no HTTP', async () => {
    const large = await serve((_, outgoing) => outgoing.end('x'.repeat(2_000)))
    expect(
      await httpCall({ url: `http://127.0.0.1:${large}/`, timeoutMs: 5_000, maxAnswerBytes: 1_000 }),
    ).toMatchObject({ code: 'malformed-answer' })
    const odd = await listen(createTcpServer((socket) => socket.end('SSH-2.0-odd\r\n')))
    expect(await httpCall({ url: `http://127.0.0.1:${odd}/`, timeoutMs: 5_000 })).toMatchObject({
      code: 'malformed-answer',
    })
  })

  it('ends when it is aborted', async () => {
    const port = await serve(() => {})
    const abort = new AbortController()
    const calling = httpCall({ url: `http://127.0.0.1:${port}/`, timeoutMs: 60_000, signal: abort.signal })
    abort.abort()
    expect(await calling).toMatchObject({ code: 'aborted' })
  })

  it('never says the address, which may hold a token', async () => {
    for (const url of [
      'not a url token123',
      'ftp://token123@h/',
      'http://127.0.0.1:1/token123',
      'http://127.0.0.1/\n',
    ]) {
      expect(JSON.stringify(await httpCall({ url, timeoutMs: 2_000 }))).not.toContain('token123')
    }
    const answer = await httpCall({ url: 'http://127.0.0.1:1/', headers: { x: 'a\nb' }, timeoutMs: 2_000 })
    expect(answer).toMatchObject({ ok: false, sentence: 'the request cannot be made (ERR_INVALID_CHAR)' })
  })
})

describe('httpCall over TLS', () => {
  const { cert, key } = selfSigned('channel')
  const fingerprint = new X509Certificate(cert).fingerprint256

  async function secure(): Promise<{ port: number; got: string[] }> {
    const got: string[] = []
    const server = createTlsServer({ cert, key }, (incoming, outgoing) => {
      got.push(incoming.url ?? '')
      outgoing.end('ok')
    })
    return { port: await listen(server as unknown as Server), got }
  }

  it('refuses what nobody vouches for, and sends nothing to it', async () => {
    const { port, got } = await secure()
    expect(await httpCall({ url: `https://127.0.0.1:${port}/a`, timeoutMs: 5_000 })).toMatchObject({ code: 'tls' })
    const other = { fingerprint: fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00') }
    expect(await httpCall({ url: `https://127.0.0.1:${port}/b`, timeoutMs: 5_000, tls: other })).toMatchObject({
      code: 'tls',
      mayHaveArrived: false,
    })
    expect(got).toEqual([])
  })

  it('takes the pinned certificate, and any where nothing is verified', async () => {
    const { port, got } = await secure()
    const url = `https://127.0.0.1:${port}/c`
    expect(await httpCall({ url, timeoutMs: 5_000, body: 'x', tls: { fingerprint } })).toMatchObject({ text: 'ok' })
    expect(await httpCall({ url, timeoutMs: 5_000, tls: { verify: false } })).toMatchObject({ text: 'ok' })
    expect(got).toEqual(['/c', '/c'])
  })
})

describe('retryAfterMs', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    ['2', 2_000],
    ['0.25', 250],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
    ['Wed, 31 Dec 1969 00:00:00 GMT', 0],
    ['99999999', 86_400_000],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, 1_000)).toBe(ms)
  })
})
