import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type KeyPair, selfSigned } from '../../test/sockets/certificate.ts'
import { blackhole, closedPort, type Listener, listener, tlsListener } from '../../test/sockets/listeners.ts'
import type { ProbeAnswer } from '../ports/probe.ts'
import type { Canary } from './canary.ts'
import { http } from './http.ts'
import { https } from './https.ts'
import type { ProbeDeps, ProbeKind } from './kind.ts'
import { tcp } from './tcp.ts'

const never = new AbortController().signal
const opened: Listener[] = []
let dir: string
let pair: KeyPair
let other: KeyPair

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sockets-'))
  pair = selfSigned('host')
  other = selfSigned('other', '127.0.0.9')
  writeFileSync(join(dir, 'host.pem'), pair.cert)
  writeFileSync(join(dir, 'other.pem'), other.cert)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))
afterEach(async () => {
  for (const listening of opened.splice(0)) await listening.close()
})

async function kept(listening: Promise<Listener>): Promise<number> {
  const one = await listening
  opened.push(one)
  return one.port
}

type Options = { address?: string; deadlineMs?: number; signal?: AbortSignal; deps?: ProbeDeps }

async function ask<S>(kind: ProbeKind<S>, settings: object, options: Options = {}): Promise<ProbeAnswer> {
  const probe = kind.create(options.deps)
  const target = {
    id: 'pve1/x',
    address: options.address ?? '127.0.0.1',
    settings: kind.schema.parse({ timeout: '400ms', ...settings }),
  }
  const answers = await probe.round([target], options.deadlineMs ?? 10_000, options.signal ?? never)
  await probe.close()
  expect(answers).toHaveLength(1)
  expect(answers[0]?.id).toBe('pve1/x')
  expect(answers[0]?.durationMs).toBeGreaterThanOrEqual(0)
  return answers[0] as ProbeAnswer
}

const answering = (text: string) => (socket: Socket) => {
  socket.once('data', () => socket.end(text))
}
const alive = (detail: RegExp) => ({ says: 'life', proves: 'userland', detail: expect.stringMatching(detail) })
const kernel = (detail: RegExp) => ({ says: 'life', proves: 'kernel', detail: expect.stringMatching(detail) })
const broken = (detail: RegExp) => ({ says: 'probe-broken', proves: 'none', detail: expect.stringMatching(detail) })
const silence = (detail: RegExp) => ({ says: 'silence', proves: 'none', detail: expect.stringMatching(detail) })

describe('settings', () => {
  test('have defaults', () => {
    expect(https.schema.parse({})).toEqual({ port: 8006, path: '/', timeout: 5000, tls: { verify: false } })
    expect(http.schema.parse({})).toEqual({ port: 80, path: '/', timeout: 5000 })
    expect(tcp.schema.parse({ port: 22 })).toEqual({ port: 22, timeout: 5000 })
    expect(https.maxMs(https.schema.parse({ timeout: '7s' }))).toBe(7000)
  })

  test('that make no sense are refused', () => {
    expect(tcp.schema.safeParse({}).success).toBe(false)
    expect(tcp.schema.safeParse({ port: 22, banner: 'a', bannerPattern: 'b' }).success).toBe(false)
    expect(tcp.schema.safeParse({ port: 22, bannerPattern: '(' }).success).toBe(false)
    expect(https.schema.safeParse({ path: '/ HTTP/1.1\r\nX: y' }).success).toBe(false)
    expect(https.schema.safeParse({ prot: 8006 }).success).toBe(false)
  })

  test('a TCP probe proves the userland only where it waits for a banner', () => {
    expect(tcp.provesWith(tcp.schema.parse({ port: 22 }))).toBe('kernel')
    expect(tcp.provesWith(tcp.schema.parse({ port: 22, banner: 'SSH-' }))).toBe('userland')
  })
})

describe('http', () => {
  test.each([200, 301, 401, 404, 501, 595])('any status is life: %i', async (status) => {
    const port = await kept(listener(answering(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`)))
    expect(await ask(http, { port })).toMatchObject(alive(new RegExp(`^HTTP ${status}$`)))
  })

  test('a status line without a reason, of HTTP/1.0, in two pieces', async () => {
    const act = (socket: Socket) => {
      socket.write('HTT')
      setTimeout(() => socket.write('P/1.0 401\r\n'), 50)
    }
    expect(await ask(http, { port: await kept(listener(act)) })).toMatchObject(alive(/401/))
  })

  test('asks once, for the host and path that are configured, and closes', async () => {
    let heard = ''
    let closed: () => void
    const closing = new Promise<void>((resolve) => {
      closed = resolve
    })
    const act = (socket: Socket) => {
      socket.on('data', (chunk) => {
        heard += chunk
        socket.write('HTTP/1.1 200 OK\r\n')
      })
      socket.on('close', () => closed())
    }
    const port = await kept(listener(act))
    await ask(http, { port, path: '/status?a=1' })
    await closing
    expect(heard).toBe(
      `GET /status?a=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: proxmox-watchdog\r\nConnection: close\r\n\r\n`,
    )
  })

  test('half a status line, then silence: the kernel only', async () => {
    const port = await kept(listener((socket) => socket.write('HTTP/1.1 20')))
    expect(await ask(http, { port })).toMatchObject(kernel(/only 'HTTP\/1.1 20' in 400ms/))
  })

  test('half a status line, then the end', async () => {
    const port = await kept(listener((socket) => socket.end('HTTP/1.1 20')))
    expect(await ask(http, { port })).toMatchObject(kernel(/said only 'HTTP/))
  })

  test('garbage is not HTTP, and is shown without its control characters', async () => {
    const port = await kept(listener((socket) => socket.write('SSH-2.0-x\u001b[2J\r\n')))
    expect(await ask(http, { port })).toMatchObject(kernel(/^not HTTP: 'SSH-2.0-x\.\[2J\.\.'$/))
  })

  test('an endless first line is given up', async () => {
    const port = await kept(listener((socket) => socket.write(`HTTP/1.1 200 ${'x'.repeat(9000)}`)))
    expect(await ask(http, { port })).toMatchObject(kernel(/not HTTP/))
  })

  test('accepted and never answered: the kernel only', async () => {
    const port = await kept(listener(() => {}))
    expect(await ask(http, { port })).toMatchObject(kernel(/said nothing in 400ms/))
  })

  test('accepted and closed', async () => {
    const port = await kept(listener((socket) => socket.end()))
    expect(await ask(http, { port })).toMatchObject(kernel(/closed it without an answer/))
  })

  test('accepted and reset', async () => {
    const port = await kept(listener((socket) => socket.once('data', () => socket.resetAndDestroy())))
    expect(await ask(http, { port })).toMatchObject(kernel(/failed \(ECONNRESET\)/))
  })
})

describe('https', () => {
  const unauthorized = answering('HTTP/1.1 401 No ticket\r\n\r\n')
  const fingerprint = () => new X509Certificate(pair.cert).fingerprint256

  test('any status is life', async () => {
    const port = await kept(tlsListener(unauthorized, pair))
    expect(await ask(https, { port })).toMatchObject(alive(/^HTTP 401$/))
  })

  test('the pinned fingerprint', async () => {
    const port = await kept(tlsListener(unauthorized, pair))
    expect(await ask(https, { port, tls: { fingerprint: fingerprint() } })).toMatchObject(alive(/401/))
    const plain = fingerprint().replaceAll(':', '').toLowerCase()
    expect(await ask(https, { port, tls: { fingerprint: plain } })).toMatchObject(alive(/401/))
  })

  test("another fingerprint: life of whoever has the address, not of this host's userland; nothing is sent to it", async () => {
    let heard = 0
    const act = (socket: Socket) => {
      socket.on('data', () => {
        heard += 1
      })
    }
    const port = await kept(tlsListener(act, other))
    expect(await ask(https, { port, tls: { fingerprint: fingerprint() } })).toMatchObject(
      kernel(/not the pinned one \(it is [0-9A-F:]{95}\)/),
    )
    expect(heard).toBe(0)
  })

  test('a certificate signed by the pinned authority', async () => {
    const port = await kept(tlsListener(unauthorized, pair))
    expect(await ask(https, { port, tls: { ca: join(dir, 'host.pem') } })).toMatchObject(alive(/401/))
  })

  test('a certificate of another authority', async () => {
    const port = await kept(tlsListener(unauthorized, pair))
    expect(await ask(https, { port, tls: { ca: join(dir, 'other.pem') } })).toMatchObject(
      kernel(/not signed by the pinned authority/),
    )
  })

  test('a certificate for another address', async () => {
    const port = await kept(tlsListener(unauthorized, other))
    expect(await ask(https, { port, tls: { ca: join(dir, 'other.pem') } })).toMatchObject(kernel(/for another address/))
  })

  test('a missing CA file: the probe is broken, not the host', async () => {
    const port = await kept(tlsListener(unauthorized, pair))
    expect(await ask(https, { port, tls: { ca: join(dir, 'none.pem') } })).toMatchObject(broken(/none.pem/))
  })

  test('plain HTTP where TLS was expected', async () => {
    const port = await kept(listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect(await ask(https, { port })).toMatchObject(kernel(/TLS handshake failed/))
  })

  test('a handshake that is never answered', async () => {
    const port = await kept(listener(() => {}))
    expect(await ask(https, { port })).toMatchObject(kernel(/said nothing in 400ms/))
  })

  test('a handshake cut off by a reset', async () => {
    const port = await kept(listener((socket) => socket.once('data', () => socket.resetAndDestroy())))
    expect(await ask(https, { port })).toMatchObject(kernel(/TLS handshake failed/))
  })

  test('TLS that stands, and then silence', async () => {
    const port = await kept(tlsListener(() => {}, pair))
    expect(await ask(https, { port })).toMatchObject(kernel(/said nothing in 400ms/))
  })
})

describe('tcp', () => {
  test('accepted', async () => {
    const port = await kept(listener(() => {}))
    expect(await ask(tcp, { port })).toMatchObject(kernel(/^connection accepted$/))
  })

  test('the banner, in pieces', async () => {
    const act = (socket: Socket) => {
      socket.write('SS')
      setTimeout(() => socket.write('H-2.0-OpenSSH_9.2\r\n'), 50)
    }
    const port = await kept(listener(act))
    expect(await ask(tcp, { port, banner: 'SSH-2.0-' })).toMatchObject(alive(/^banner 'SSH-2.0-OpenSSH_9.2'$/))
  })

  test('another banner', async () => {
    const port = await kept(listener((socket) => socket.write('220 mail\r\n')))
    expect(await ask(tcp, { port, banner: 'SSH-2.0-' })).toMatchObject(kernel(/unexpected banner '220 mail\.\.'/))
  })

  test('no banner', async () => {
    const port = await kept(listener(() => {}))
    expect(await ask(tcp, { port, banner: 'SSH-2.0-' })).toMatchObject(kernel(/said nothing/))
  })

  test('half a banner', async () => {
    const port = await kept(listener((socket) => socket.write('SSH')))
    expect(await ask(tcp, { port, banner: 'SSH-2.0-' })).toMatchObject(kernel(/only 'SSH'/))
  })

  test('a banner pattern, after other lines', async () => {
    const act = (socket: Socket) => {
      socket.write('welcome\r\n')
      setTimeout(() => socket.write('220 ready\r\n'), 50)
    }
    const port = await kept(listener(act))
    expect(await ask(tcp, { port, bannerPattern: '220 \\w+' })).toMatchObject(alive(/banner/))
  })

  test('a banner pattern that never comes, in a flood', async () => {
    const act = (socket: Socket) => {
      const flood = () => socket.write('x'.repeat(65_536), (error) => error ?? setImmediate(flood))
      flood()
    }
    const port = await kept(listener(act))
    expect(await ask(tcp, { port, bannerPattern: '^220' })).toMatchObject(kernel(/unexpected answer 'xxx/))
  })
})

describe.each([
  ['tcp', tcp],
  ['http', http],
  ['https', https],
])('%s, where no connection comes about', (_name, kind) => {
  const any = kind as ProbeKind<unknown>

  test('refused: the kernel says so', async () => {
    expect(await ask(any, { port: await closedPort() })).toMatchObject(kernel(/^connection refused$/))
  })

  test('no answer at all: silence', async () => {
    const port = await kept(blackhole())
    expect(await ask(any, { port })).toMatchObject(silence(/^no answer in 400ms$/))
  })

  test('no answer, and our canary stays silent too: broken', async () => {
    const port = await kept(blackhole())
    const dead: Canary = { ask: async () => 'no answer in 5s', close: async () => {} }
    const answer = await ask(any, { port }, { deps: { openCanary: () => dead } })
    expect(answer).toMatchObject(broken(/canary did not answer either: no answer in 5s/))
  })

  test('a dead canary does not take life away', async () => {
    const dead: Canary = { ask: async () => 'no answer in 5s', close: async () => {} }
    const answer = await ask(any, { port: await closedPort() }, { deps: { openCanary: () => dead } })
    expect(answer).toMatchObject(kernel(/refused/))
  })

  test('a name without an address: broken', async () => {
    const resolve = async () => ({ ok: false as const, sentence: 'the name pve1 cannot be looked up (ENOTFOUND)' })
    expect(await ask(any, { port: 1 }, { address: 'pve1', deps: { resolve } })).toMatchObject(broken(/looked up/))
  })

  test('a name with an address', async () => {
    const port = await closedPort()
    const resolve = async () => ({ ok: true as const, address: '127.0.0.1' })
    expect(await ask(any, { port }, { address: 'pve1', deps: { resolve } })).toMatchObject(kernel(/refused/))
  })

  test('aborted: broken, at once', async () => {
    const port = await kept(blackhole())
    const controller = new AbortController()
    const answer = ask(any, { port, timeout: '50s' }, { signal: controller.signal, deadlineMs: 60_000 })
    setTimeout(() => controller.abort(), 100)
    expect(await answer).toMatchObject(broken(/aborted/))
    expect(await ask(any, { port }, { signal: AbortSignal.abort() })).toMatchObject(broken(/aborted/))
  })

  test('a deadline that leaves less than half of the timeout: silence is not concluded', async () => {
    const port = await kept(blackhole())
    const answer = await ask(any, { port, timeout: '5s' }, { deadlineMs: 600 })
    expect(answer).toMatchObject(broken(/too little time \(no answer in \d+ms\)/))
  })
})

describe('a round of many', () => {
  test('ends within its deadline though most of them hang, and asks each of them once', async () => {
    const dead = await kept(blackhole())
    const living = await kept(listener((socket) => socket.write('SSH-2.0-x\r\n')))
    const probe = tcp.create()
    const targets = Array.from({ length: 400 }, (_, i) => ({
      id: `h${i}/tcp`,
      address: '127.0.0.1',
      settings: tcp.schema.parse({ port: i % 4 === 3 ? living : dead, banner: 'SSH', timeout: '500ms' }),
    }))
    const started = performance.now()
    const answers = await probe.round(targets, 2000, never)
    const tookMs = performance.now() - started
    await probe.close()
    expect(new Set(answers.map(({ id }) => id)).size).toBe(400)
    expect(answers).toHaveLength(400)
    expect(answers.filter(({ says }) => says === 'life')).toHaveLength(100)
    expect(answers.filter(({ says }) => says === 'silence')).toHaveLength(300)
    // Not the clock but the plan is at stake: one after another, or 64 at once, would take far longer.
    expect(tookMs).toBeLessThan(30_000)
  })

  test('our own lack of file descriptors: broken, and those that could be asked are answered', async () => {
    const script = fileURLToPath(new URL('../../test/sockets/few-descriptors.ts', import.meta.url))
    const port = await kept(blackhole())
    const child = spawn('/bin/sh', ['-c', 'ulimit -n 64; exec "$0" "$1" "$2"', process.execPath, script, `${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    for await (const chunk of child.stdout) said += chunk
    const answers = JSON.parse(said) as ProbeAnswer[]
    expect(answers).toHaveLength(200)
    const starved = answers.filter(({ detail }) => /EMFILE/.test(detail))
    expect(starved.length).toBeGreaterThan(0)
    expect(starved.every(({ says }) => says === 'probe-broken')).toBe(true)
    expect(answers.some(({ says }) => says === 'life')).toBe(false)
  })

  test('an event loop that was held up reads its answers before it concludes silence', async () => {
    const living = await kept(listener((socket) => socket.write('SSH-2.0-x\r\n')))
    const probe = tcp.create()
    const settings = tcp.schema.parse({ port: living, timeout: '300ms' })
    const answering = probe.round([{ id: 'a', address: '127.0.0.1', settings }], 10_000, never)
    await new Promise((resolve) => setImmediate(resolve))
    const until = performance.now() + 500
    while (performance.now() < until);
    expect((await answering)[0]).toMatchObject({ says: 'life' })
    await probe.close()
  })
})
