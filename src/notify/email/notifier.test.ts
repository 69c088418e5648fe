import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseMail } from '../../../test/peers/mail.ts'
import { MailServer, type Manners } from '../../../test/peers/smtp.ts'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { closedPort, type Listener, listener } from '../../../test/sockets/listeners.ts'
import { Disclosed, Secret } from '../../config/secret.ts'
import type { Message, SendOutcome } from '../../ports/notifier.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { emailDriver } from './driver.ts'
import type { EmailSettings } from './settings.ts'

const PASSWORD = 'hunter2&"co'
const never = new AbortController().signal
const pair = selfSigned('mail')
const fingerprint = new X509Certificate(pair.cert).fingerprint256

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mail-'))
  writeFileSync(join(directory, 'ca.pem'), pair.cert)
  writeFileSync(join(directory, 'other.pem'), selfSigned('other').cert)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const open: (MailServer | { stop(): Promise<void> })[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function mailServer(security: EmailSettings['security'], manners: Manners = {}, more = {}): Promise<MailServer> {
  const server = await MailServer.open(security, pair, more)
  server.manners = manners
  open.push(server)
  return server
}

async function raw(act: Parameters<typeof listener>[0]): Promise<Listener> {
  const made = await listener(act)
  open.push({ stop: () => made.close() })
  return made
}

type Try = { plain?: boolean; message?: Message; signal?: AbortSignal } & Partial<EmailSettings>

function send(port: number, security: EmailSettings['security'], own: Try = {}): Promise<SendOutcome> {
  const { plain = false, message = sampleMessage(), signal = never, ...settings } = own
  const notifier = emailDriver.create('mail', {
    host: '127.0.0.1',
    port,
    security,
    from: 'watchdog@example.org',
    to: ['anna@example.org', 'ben@example.org'],
    timeout: 20_000,
    ...(security === 'none' ? {} : { tls: { fingerprint } }),
    ...settings,
  })
  return notifier.send({ message, plain }, signal)
}

const login = { user: 'watchdog', password: new Disclosed(PASSWORD) }
/** Every failure that a test sees goes through here, so that none of them says the password. */
function failure(outcome: SendOutcome) {
  const text = JSON.stringify(outcome)
  for (const secret of [PASSWORD, 'hunter2', Buffer.from(PASSWORD).toString('base64').slice(0, 12)]) {
    expect(text).not.toContain(secret)
  }
  return outcome
}

describe('a mail arrives', () => {
  it.each(['starttls', 'tls', 'none'] as const)('over %s, for all recipients', async (security) => {
    const server = await mailServer(security)
    expect(await send(server.port, security, { helo: 'pve1.lan' })).toEqual({ ok: true, ref: '<n42-mail@example.org>' })
    const [mail] = server.mails
    expect(mail).toMatchObject({
      from: 'watchdog@example.org',
      to: ['anna@example.org', 'ben@example.org'],
      encrypted: security !== 'none',
      helo: 'pve1.lan',
    })
    const parsed = parseMail(mail?.raw ?? '')
    expect(parsed.header('subject')).toBe('🔥 CRITICAL pve3 is down')
    expect(parsed.parts.map(({ type }) => type)).toEqual(['text/plain', 'text/html'])
    await expect.poll(() => server.open).toBe(0)
  })

  it('after a login, in each way that servers know', async () => {
    for (const method of ['PLAIN', 'LOGIN']) {
      const manners: Manners = { login: (_, password) => (password === PASSWORD ? undefined : [535, 'no']) }
      const server = await mailServer('starttls', manners, { authOptional: false, authMethods: [method] })
      expect(await send(server.port, 'starttls', login)).toMatchObject({ ok: true })
      expect(server.mails[0]).toMatchObject({ user: 'watchdog', encrypted: true })
    }
  })

  it('of an incident that fired and was resolved, in one thread', async () => {
    const server = await mailServer('none')
    await send(server.port, 'none')
    const alerts = [sampleAlert({ status: 'resolved', event: 'resolved', endsMs: Date.UTC(2026, 2, 1, 2, 25) })]
    await send(server.port, 'none', { message: sampleMessage({ key: 'n43-mail', status: 'resolved', alerts }) })
    const [fired, resolved] = server.mails.map(({ raw }) => parseMail(raw))
    expect(fired?.header('message-id')).not.toBe(resolved?.header('message-id'))
    expect(fired?.header('references')).toBe(resolved?.header('references'))
    expect(resolved?.header('subject')).toBe('✅ RESOLVED pve3 is down')
    expect(resolved?.parts[0]?.text).toContain('resolved 2026-03-01 03:25')
  })

  it('with a dot, a long line and any character, byte by byte', async () => {
    const server = await mailServer('none')
    const description = `.\n..\n.hidden ${'é'.repeat(5_000)} 🔥`
    await send(server.port, 'none', { message: sampleMessage({ alerts: [sampleAlert({ description })] }) })
    const [mail] = server.mails
    expect(parseMail(mail?.raw ?? '').parts[0]?.text).toContain(`. .. .hidden ${'é'.repeat(5_000)} 🔥`)
    expect(Math.max(...(mail?.raw.split('\r\n') ?? []).map((line) => line.length))).toBeLessThanOrEqual(998)
  })

  it('and a CR LF in a label adds nothing to it', async () => {
    const server = await mailServer('none')
    const evil = 'x\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nSubject: y'
    const alerts = [sampleAlert({ summary: evil, labels: { alertname: evil }, annotations: { [evil]: evil } })]
    const message = sampleMessage({ title: evil, thread: evil, sender: evil, alerts })
    expect(await send(server.port, 'none', { message })).toMatchObject({ ok: true })
    expect(server.mails).toHaveLength(1)
    expect(server.mails[0]?.to).toEqual(['anna@example.org', 'ben@example.org'])
    expect(parseMail(server.mails[0]?.raw ?? '').header('subject')).toContain('MAIL FROM')
  })

  it('for one of two recipients, and says who does not get it', async () => {
    const server = await mailServer('none', {
      recipient: (address) => (address.startsWith('ben') ? [550, '5.1.1 nobody of this name'] : undefined),
    })
    expect(await send(server.port, 'none')).toEqual({
      ok: true,
      ref: '<n42-mail@example.org>',
      note: expect.stringMatching(/^1 of 2 recipients were refused \(ben@example\.org\): 550 .*nobody of this name$/),
    })
    expect(server.mails[0]?.to).toEqual(['anna@example.org'])
  })

  it('also through a server that speaks the oldest SMTP', async () => {
    const said: string[] = []
    const { port } = await raw((socket) => {
      let body = false
      socket.write('220 old\r\n')
      socket.on('data', (chunk) => {
        for (const line of chunk
          .toString('latin1')
          .split('\r\n')
          .filter((part) => part !== '')) {
          if (body && line !== '.') continue
          body = line === 'DATA'
          said.push(line)
          socket.write(line.startsWith('EHLO') ? '500 what?\r\n' : line === 'DATA' ? '354 go\r\n' : '250 ok\r\n')
        }
      })
    })
    expect(await send(port, 'none')).toMatchObject({ ok: true })
    const verbs = () => said.map((line) => line.split(':')[0]?.split(' ')[0])
    await expect.poll(verbs).toEqual(['EHLO', 'HELO', 'MAIL', 'RCPT', 'RCPT', 'DATA', '.', 'QUIT'])
  })
})

describe('whom it trusts', () => {
  it.each(['starttls', 'tls'] as const)(
    'with %s: the pinned certificate, its authority, or anybody where told',
    async (security) => {
      const server = await mailServer(security, {}, {})
      for (const tls of [{ fingerprint }, { ca: join(directory, 'ca.pem') }, { verify: false } as const]) {
        expect(await send(server.port, security, { tls, ...login })).toMatchObject({ ok: true })
      }
      expect(server.mails.map(({ encrypted }) => encrypted)).toEqual([true, true, true])
    },
  )

  it.each(['starttls', 'tls'] as const)('with %s: nobody else, who gets neither login nor mail', async (security) => {
    const server = await mailServer(security)
    const other = { fingerprint: fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00') }
    for (const tls of [undefined, other, { ca: join(directory, 'other.pem') }, { ca: join(directory, 'none.pem') }]) {
      expect(failure(await send(server.port, security, { tls, ...login }))).toMatchObject({
        ok: false,
        code: 'tls',
        advice: 'later',
        mayHaveArrived: false,
      })
    }
    expect([server.logins, server.mails]).toEqual([[], []])
    await expect.poll(() => server.open).toBe(0)
  })

  it('nobody who offers no STARTTLS', async () => {
    const server = await mailServer('none')
    expect(failure(await send(server.port, 'starttls', login))).toMatchObject({ code: 'tls', advice: 'later' })
    expect([server.logins, server.mails]).toEqual([[], []])
  })

  it('nobody who speaks plainly where TLS was meant, or the other way round', async () => {
    const plain = await mailServer('none')
    expect(failure(await send(plain.port, 'tls', login))).toMatchObject({ code: 'tls', mayHaveArrived: false })
    const secure = await mailServer('tls')
    expect(failure(await send(secure.port, 'starttls', { ...login, timeout: 1_000 }))).toMatchObject({ ok: false })
    expect([plain.logins, secure.logins]).toEqual([[], []])
  })
})

describe('a server that says no', () => {
  const cases: [string, Manners, Try, object][] = [
    ['too busy', { connect: () => [421, '4.3.2 come back'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to everybody', { connect: () => [554, 'go away'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to the login', { login: () => [535, '5.7.8 no'] }, login, { code: 'credentials-refused', advice: 'later' }],
    ['to the login now', { login: () => [454, '4.7.0 later'] }, login, { code: 'server-error', advice: 'later' }],
    ['to the sender now', { sender: () => [451, '4.3.0 x'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to the sender', { sender: () => [550, '5.7.1 not you'] }, {}, { code: 'rejected', advice: 'never' }],
    ['before a login', { sender: () => [530, '5.7.0 login'] }, {}, { code: 'credentials-refused', advice: 'later' }],
    ['out of order', { sender: () => [503, '5.5.1 what?'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to all recipients now', { recipient: () => [450, '4.2.0 gray'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to all recipients', { recipient: () => [550, '5.1.1 who?'] }, {}, { code: 'rejected', advice: 'never' }],
    ['to so many', { recipient: () => [552, 'too many'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to the mail now', { data: () => [452, '4.3.1 disk'] }, {}, { code: 'server-error', advice: 'later' }],
    ['to the mail', { data: () => [554, '5.7.1 spam'] }, {}, { code: 'rejected', advice: 'plain' }],
    ['to the plain mail', { data: () => [554, '5.7.1 spam'] }, { plain: true }, { code: 'rejected', advice: 'never' }],
    ['to its size', { data: () => [552, '5.3.4 big'] }, {}, { code: 'too-large', advice: 'plain' }],
    ['to the size of the plain', { data: () => [552, 'big'] }, { plain: true }, { code: 'too-large', advice: 'never' }],
  ]
  it.each(cases)('%s', async (_, manners, own, expected) => {
    for (const more of [{}, { hidePIPELINING: true }]) {
      const server = await mailServer('starttls', manners, more)
      const outcome = failure(await send(server.port, 'starttls', own))
      expect(outcome).toMatchObject({ ok: false, mayHaveArrived: false, ...expected })
      expect(server.mails).toEqual([])
      await expect.poll(() => server.open).toBe(0)
    }
  })

  it('to some recipients for now and to the others for good: there is another try', async () => {
    const manners: Manners = { recipient: (to) => (to.startsWith('anna') ? [450, '4.2.0 gray'] : [550, '5.1.1 who?']) }
    const server = await mailServer('none', manners)
    expect(await send(server.port, 'none')).toMatchObject({ code: 'server-error', advice: 'later' })
  })

  it('by telling beforehand how much it takes', async () => {
    const server = await mailServer('none', {}, { size: 1_000 })
    expect(await send(server.port, 'none')).toMatchObject({ code: 'too-large', advice: 'plain' })
    expect(await send(server.port, 'none', { plain: true })).toMatchObject({ ok: true })
    const small = await mailServer('none', {}, { size: 100 })
    expect(await send(small.port, 'none', { plain: true })).toMatchObject({ code: 'too-large', advice: 'never' })
  })

  it('by not taking logins at all', async () => {
    const server = await mailServer('starttls', {}, { disabledCommands: ['AUTH'] })
    expect(await send(server.port, 'starttls', login)).toMatchObject({ code: 'credentials-refused', advice: 'later' })
  })

  it('and repeats the password', async () => {
    const token = Buffer.from(`\0watchdog\0${PASSWORD}`).toString('base64')
    const echo = `5.7.8 ${PASSWORD} ${encodeURIComponent(PASSWORD)} ${token} is wrong\u001b[31m`
    const server = await mailServer('starttls', { login: () => [535, echo] })
    const outcome = failure(await send(server.port, 'starttls', login))
    expect(outcome).toMatchObject({ sentence: expect.stringContaining('is wrong') })
    expect(JSON.stringify(outcome)).not.toContain(token)
    expect(JSON.stringify(outcome)).not.toContain('u001b')
  })
})

describe('a server that fails', () => {
  it('nobody is there', async () => {
    expect(await send(await closedPort(), 'none')).toMatchObject({
      code: 'unreachable',
      advice: 'later',
      mayHaveArrived: false,
      sentence: 'the mail server was not reached (ECONNREFUSED), while connecting',
    })
    expect(await send(25, 'none', { host: 'no-such-host.invalid' })).toMatchObject({ code: 'unreachable' })
  })

  it.each([
    ['before its greeting', undefined],
    ['after its greeting', '220 hello\r\n'],
  ])('hangs up %s', async (_, greeting) => {
    const { port } = await raw((socket) => (greeting === undefined ? socket.end() : socket.end(greeting)))
    expect(await send(port, 'none')).toMatchObject({ code: 'unreachable', advice: 'later', mayHaveArrived: false })
  })

  it('speaks something else', async () => {
    const { port } = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await send(port, 'none')).toMatchObject({ ok: false, advice: 'later', mayHaveArrived: false })
    const endless = await raw((socket) => {
      socket.write('220 '.padEnd(2_000_000, 'x'))
    })
    expect(await send(endless.port, 'none')).toMatchObject({ code: 'malformed-answer', advice: 'later' })
  })

  it.each([
    ['at the sender', { sender: () => 'drop' as const }, false],
    ['at a recipient', { recipient: () => 'drop' as const }, false],
    ['once it has the mail, which may have arrived', { data: () => 'drop' as const }, true],
  ])('drops the connection %s', async (_, manners: Manners, mayHaveArrived) => {
    const server = await mailServer('starttls', manners)
    expect(await send(server.port, 'starttls')).toMatchObject({ code: 'unreachable', advice: 'later', mayHaveArrived })
  })

  it.each([
    ['at the greeting', { connect: () => 'hang' as const }, false],
    ['at the login', { login: () => 'hang' as const }, false],
    ['at the sender', { sender: () => 'hang' as const }, false],
    ['once it has the mail, which may have arrived', { data: () => 'hang' as const }, true],
  ])('hangs %s', async (_, manners: Manners, mayHaveArrived) => {
    const server = await mailServer('starttls', manners)
    const outcome = failure(await send(server.port, 'starttls', { ...login, timeout: 500 }))
    expect(outcome).toMatchObject({ code: 'timeout', advice: 'later', mayHaveArrived })
    await expect.poll(() => server.open).toBe(0)
  })

  it('drips: the time for all of it is limited, whatever it says', async () => {
    const drips = new Set<NodeJS.Timeout>()
    const { port } = await raw((socket) => {
      const drip = setInterval(() => socket.write('220-patience\r\n'), 20)
      drips.add(drip)
      socket.on('close', () => clearInterval(drip))
    })
    expect(await send(port, 'none', { timeout: 400 })).toMatchObject({ code: 'timeout', mayHaveArrived: false })
    for (const drip of drips) clearInterval(drip)
  })
})

describe('giving up', () => {
  it('ends at once, and says whether the mail had left', async () => {
    for (const [manners, mayHaveArrived] of [
      [{ sender: () => 'hang' }, false],
      [{ data: () => 'hang' }, true],
    ] as const) {
      const abort = new AbortController()
      const stopping: Manners = Object.fromEntries(
        Object.entries(manners).map(([stage, manner]) => [
          stage,
          () => {
            abort.abort()
            return manner()
          },
        ]),
      )
      const server = await mailServer('none', stopping)
      expect(await send(server.port, 'none', { signal: abort.signal, timeout: 600_000 })).toMatchObject({
        code: 'aborted',
        mayHaveArrived,
      })
      await expect.poll(() => server.open).toBe(0)
    }
  })

  it('before the beginning connects to nobody', async () => {
    const server = await mailServer('none')
    expect(await send(server.port, 'none', { signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted' })
    expect(server.mails).toEqual([])
  })
})

describe('a password that is not there', () => {
  it('is a failure with its reason, and another try', async () => {
    const password = new Secret({ file: join(directory, 'none') })
    expect(await send(1, 'starttls', { user: 'watchdog', password })).toMatchObject({
      code: 'secret-missing',
      advice: 'later',
      sentence: expect.stringContaining('cannot be read (ENOENT)'),
    })
  })
})
