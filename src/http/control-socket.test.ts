import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { call, type Serving, serving } from '../../test/faces/serving.ts'
import { apiError } from '../api/api.ts'
import { closeServer } from './listen.ts'
import { listenSocket, MAX_SOCKET_PATH_BYTES } from './listen-socket.ts'
import { serveHttp } from './serve.ts'

let served: Serving
beforeEach(async () => {
  served = await serving()
})
afterEach(() => served.close())

describe('the control socket', () => {
  it('is open to its owner and group alone, and gone after closing', async () => {
    expect(statSync(served.socketPath).mode & 0o777).toBe(0o660)
    await served.http.close()
    expect(existsSync(served.socketPath)).toBe(false)
  })

  it('reads like the other side', async () => {
    const { status, body } = await call(served.socketPath, 'GET', '/api/v1/health')
    expect(status).toBe(200)
    expect(body).toMatchObject({ live: true })
  })

  it('takes an order and hands it over whole', async () => {
    const order = {
      by: 'cli:root',
      order: 'switch',
      target: 'pve1',
      goal: 'off',
      reason: 'a new disk',
      untilMs: 7_200_000,
    }
    const { status, body } = await call(served.socketPath, 'POST', '/api/v1/orders', JSON.stringify(order))
    expect([status, body]).toEqual([200, { ok: true, code: 'claim-made', sentence: 'Recorded.' }])
    expect(served.daemon.orders).toEqual([{ ...order, protected: false }])
  })

  it('answers a refusal as 409 with its sentence', async () => {
    served.daemon.answer = () => ({ ok: false, code: 'protected-outlet', sentence: 'Outlet 4 is protected.' })
    const order = { by: 'cli:root', order: 'switch', target: 'nas', goal: 'cycle', reason: 'test' }
    const { status, body } = await call(served.socketPath, 'POST', '/api/v1/orders', JSON.stringify(order))
    expect([status, body]).toEqual([409, { ok: false, code: 'protected-outlet', sentence: 'Outlet 4 is protected.' }])
  })

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['another order', '{"by":"cli:root","order":"explode"}'],
    ['an OFF without an end', '{"by":"a","order":"switch","target":"pve1","goal":"off","reason":"x"}'],
    ['an unknown field', '{"by":"a","order":"resume","target":"*","force":true}'],
    ['a line break in a name', '{"by":"a","order":"resume","target":"a\\nb"}'],
    ['a caller with an escape sequence', '{"by":"\\u001b[31m","order":"resume","target":"*"}'],
    ['a verified OFF', '{"by":"a","order":"switch","target":"p","goal":"on","reason":"x","verify":true}'],
    ['a list', '[]'],
  ])('refuses %s', async (_, body) => {
    const answer = await call(served.socketPath, 'POST', '/api/v1/orders', body)
    expect(answer.status).toBe(400)
    expect(apiError.parse(answer.body).error.code).toBe('bad-request')
    expect(served.daemon.orders).toEqual([])
  })

  it('refuses a body that is too large', async () => {
    const answer = await call(served.socketPath, 'POST', '/api/v1/orders', 'x'.repeat(70_000))
    expect(answer.status).toBe(413)
  })

  it('reloads, backs up and exports', async () => {
    expect(await call(served.socketPath, 'POST', '/api/v1/reload')).toMatchObject({ status: 409, body: { ok: false } })
    const backup = (file: string) => call(served.socketPath, 'POST', '/api/v1/backup', JSON.stringify({ file }))
    expect(await backup('/tmp/copy.db')).toMatchObject({ status: 200, body: { file: '/tmp/copy.db' } })
    expect(await backup('copy.db')).toMatchObject({ status: 400 })
    expect(await backup('/nowhere/copy.db')).toMatchObject({ status: 409, body: { error: { code: 'refused' } } })
    expect(await call(served.socketPath, 'GET', '/api/v1/export')).toMatchObject({ body: { format: 'situation' } })
  })
})

describe('what may be in the way of the control socket', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'watchdog-socket-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('a socket that another process answers on stays', async () => {
    expect(await listenSocket(new Hono(), served.socketPath)).toMatchObject({ ok: false, code: 'socket-in-use' })
    expect(await call(served.socketPath, 'GET', '/api/v1/health')).toMatchObject({ status: 200 })
  })

  it('a socket whose process was killed is replaced', async () => {
    const path = join(directory, 'control.sock')
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`,
    ])
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(existsSync(path)).toBe(true)
    const listening = await listenSocket(new Hono(), path)
    expect(listening.ok).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o660)
    if (listening.ok) await closeServer(listening.server)
  })

  it('a file that is no socket stays', async () => {
    const path = join(directory, 'control.sock')
    writeFileSync(path, 'precious')
    expect(await listenSocket(new Hono(), path)).toMatchObject({ ok: false, code: 'socket-not-ours' })
    expect(statSync(path).size).toBe(8)
  })

  it('a path that is too long is refused with its length', async () => {
    const path = join(directory, 'x'.repeat(100), 'control.sock')
    const listening = await listenSocket(new Hono(), path)
    expect(listening).toMatchObject({ ok: false, code: 'socket-path-too-long' })
    expect(!listening.ok && listening.sentence).toContain(`${Buffer.byteLength(path)} bytes`)
    const longest = join(directory, 'y'.repeat(MAX_SOCKET_PATH_BYTES - directory.length - 1))
    const fits = await listenSocket(new Hono(), longest)
    expect(fits.ok).toBe(true)
    if (fits.ok) await closeServer(fits.server)
  })

  it('a directory that is not there is told', async () => {
    const listening = await listenSocket(new Hono(), join(directory, 'missing', 'control.sock'))
    expect(listening).toMatchObject({ ok: false, code: 'socket-failed' })
  })

  it('a port in use leaves the socket working, and can be tried again', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const http = await serveHttp({
      daemon: new FakeDaemon(),
      socketPath: join(directory, 's'),
      port,
      host: '127.0.0.1',
    })
    const tcp = http.tcp()
    expect(tcp).toMatchObject({ ok: false, code: 'port-in-use' })
    expect(!tcp.ok && tcp.sentence).toContain(`Port ${port} is in use`)
    expect(http.socket.ok).toBe(true)
    await new Promise((resolve) => other.close(resolve))
    expect(await http.retryTcp()).toEqual({ ok: true, port })
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    await http.close()
  })

  it('an address that is not ours is told', async () => {
    const http = await serveHttp({
      daemon: new FakeDaemon(),
      socketPath: join(directory, 's'),
      port: 0,
      host: '192.0.2.1',
    })
    expect(http.tcp()).toMatchObject({ ok: false, code: 'no-such-address' })
    await http.close()
  })

  it('closing does not wait for a client that never reads its answer', async () => {
    const stuck = request({ socketPath: served.socketPath, path: '/api/v1/events/stream' })
    const answered = new Promise((resolve) => stuck.on('response', resolve))
    stuck.on('error', () => {})
    stuck.end()
    await answered
    await served.http.close()
    expect(served.daemon.listeners).toBe(0)
    stuck.destroy()
  })
})
