import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../config/secret.ts'
import { decrypt, deriveKeys, encrypt, nextSeq } from './klap-cipher.ts'
import { authHash, clientProof, credentialsToTry, matchProof, serverProof } from './klap-hash.ts'
import { parseSessionCookie } from './klap-session.ts'

const seed = (first: number) => Buffer.from(Array.from({ length: 16 }, (_, index) => first + index))
const local = seed(0x00)
const remote = seed(0x10)
const account = { username: 'user@example.com', password: 'secret' }
const question = '{"system":{"get_sysinfo":{}}}'

const KNOWN = {
  v1: {
    auth: '9d6ce791ce44316e9e52fc1bc9d36496',
    proof: 'c2d456076f946c707000874d2e226a1c09e89a21e459272b8ec0f01cdaf774cf',
    handshake2: '50ef3325d42cd7c999aa9e47e8cb0f8a7f6f239f1d51b39d46d581a4bb75c8c5',
    key: 'c5d896030359050e711d402b829b53cd',
    iv: '3dcdd2bc7801fec3a7a7eb96',
    firstSeq: -59551828,
    signature: '4617dcf442a7c0101e3e8bdcfee6978938be30821c84b70c71571fab',
    body: 'c96f0b774642c44a6c9b1ddc66d940fd1ef589b5839f50918b910bc99cce62a9d938d48d944c90ce1725e9a8ea0af3a37e8b6039e6189a3a497bf0b9b03700d8',
  },
  v2: {
    auth: 'b039216532fc844e9ae0cc8fe3ea911c9ba09c641bb96a3e1f776d93f7b5ae9b',
    proof: '8ed3b905e654fbee23900d0244156a33029c025b71b03bfcc601eff33aaebb70',
    handshake2: '1e590e7a4dc128da48ed17e06fe23ddb6ec646bb6da2eb00708d590f194201d7',
    key: '35dcf29cd535ce140a239c67f641d395',
    iv: '863e09a70667472d3fa152a4',
    firstSeq: -903964344,
    signature: '777443e2fdd5cb21052633a60e830f44c8654b3a701f449231ed11fa',
    body: 'ee33583262ebfd6b6977db181b8ba22a26f04b66d42c628224c0a40961942c64b2ea7862e52efd2186b9d6c73afb86a8b9821180993deb7e55bf8d03b44290d9',
  },
} as const

describe.each(['v1', 'v2'] as const)('KLAP %s, known answers', (version) => {
  const known = KNOWN[version]
  const auth = Buffer.from(known.auth, 'hex')
  const keys = deriveKeys(local, remote, auth)

  test('handshake', () => {
    expect(authHash(version, account).toString('hex')).toBe(known.auth)
    expect(serverProof(version, local, remote, auth).toString('hex')).toBe(known.proof)
    expect(clientProof(version, local, remote, auth).toString('hex')).toBe(known.handshake2)
  })

  test('keys of the session', () => {
    expect(keys.key.toString('hex')).toBe(known.key)
    expect(keys.iv.toString('hex')).toBe(known.iv)
    expect(keys.firstSeq).toBe(known.firstSeq)
    expect(keys.signature.toString('hex')).toBe(known.signature)
  })

  test('body of a request, and back', () => {
    const seq = nextSeq(keys.firstSeq)
    const body = encrypt(keys, seq, question)
    expect(seq).toBe(known.firstSeq + 1)
    expect(body.toString('hex')).toBe(known.body)
    expect(decrypt(keys, seq, body)).toEqual({ ok: true, text: question })
  })

  test('the version is told from the proof', () => {
    const others = [{ username: 'a', password: 'b' }, account]
    expect(matchProof(Buffer.from(known.proof, 'hex'), local, remote, others)).toEqual({ version, auth })
    expect(matchProof(Buffer.alloc(32), local, remote, others)).toBeUndefined()
    expect(matchProof(Buffer.alloc(3), local, remote, others)).toBeUndefined()
  })
})

describe('sequence numbers', () => {
  test('are signed and wrap', () => {
    expect(nextSeq(-1)).toBe(0)
    expect(nextSeq(2 ** 31 - 2)).toBe(2 ** 31 - 1)
    expect(nextSeq(2 ** 31 - 1)).toBe(-(2 ** 31))
  })

  test('both ends of the range encrypt and decrypt', () => {
    const keys = deriveKeys(local, remote, authHash('v2', account))
    for (const seq of [2 ** 31 - 1, -(2 ** 31)]) {
      expect(decrypt(keys, seq, encrypt(keys, seq, question))).toEqual({ ok: true, text: question })
    }
  })
})

describe('replies that are not right', () => {
  const keys = deriveKeys(local, remote, authHash('v2', account))
  const body = encrypt(keys, 7, question)

  test.each([
    ['another sequence number', () => decrypt(keys, 8, body)],
    ['a flipped bit of the signature', () => decrypt(keys, 7, flipped(body, 3))],
    ['a flipped bit of the text', () => decrypt(keys, 7, flipped(body, 40))],
    ['half of it', () => decrypt(keys, 7, body.subarray(0, body.length / 2))],
    ['no block', () => decrypt(keys, 7, body.subarray(0, 32))],
    ['nothing', () => decrypt(keys, 7, Buffer.alloc(0))],
  ])('%s', (_, read) => {
    expect(read()).toMatchObject({ ok: false })
  })

  const flipped = (bytes: Buffer, index: number) => {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] as number) ^ 0x10
    return copy
  }
})

describe('session cookie', () => {
  test.each([
    ['TP_SESSIONID=AB12;TIMEOUT=86400', 'TP_SESSIONID=AB12', 86_400],
    ['TP_SESSIONID=AB12; TIMEOUT=1440', 'TP_SESSIONID=AB12', 1440],
    ['TP_SESSIONID=AB12', 'TP_SESSIONID=AB12', 86_400],
  ])('%s', (header, cookie, timeoutSeconds) => {
    expect(parseSessionCookie([header])).toEqual({ cookie, timeoutSeconds })
  })

  test('none', () => {
    expect(parseSessionCookie([])).toBeUndefined()
    expect(parseSessionCookie(['OTHER=1;TIMEOUT=86400'])).toBeUndefined()
    expect(parseSessionCookie(['NOT_TP_SESSIONID=1'])).toBeUndefined()
  })
})

describe('credentials to try', () => {
  afterEach(() => {
    delete process.env.KASA_TEST_SECRET
  })

  const defaults = ['kasa@tp-link.net', 'test@tp-link.net', '']

  test('the configured account first, then the defaults', () => {
    process.env.KASA_TEST_SECRET = 'hunter2'
    const { list } = credentialsToTry({ username: 'me@example.com', password: new Secret({ env: 'KASA_TEST_SECRET' }) })
    expect(list.map(({ username }) => username)).toEqual(['me@example.com', ...defaults])
    expect(list[0]?.password).toBe('hunter2')
  })

  test('a secret that is not there leaves the defaults and says why', () => {
    const { list, missing } = credentialsToTry({
      username: 'me@example.com',
      password: new Secret({ env: 'KASA_TEST_SECRET' }),
    })
    expect(list.map(({ username }) => username)).toEqual(defaults)
    expect(missing).toContain('KASA_TEST_SECRET')
  })

  test('none configured', () => {
    expect(credentialsToTry({}).list.map(({ username }) => username)).toEqual(defaults)
  })
})
