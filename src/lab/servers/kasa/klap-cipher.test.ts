import { expect, test } from 'vitest'
import {
  authHash,
  clientProof,
  deviceProof,
  type KlapVersion,
  nextSequence,
  seal,
  sessionKeys,
  unseal,
} from './klap-cipher.ts'

const local = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const remote = Buffer.from('101112131415161718191a1b1c1d1e1f', 'hex')
const login = { username: 'user@example.com', password: 'secret' }
const message = '{"system":{"get_sysinfo":{}}}'

const KNOWN: [KlapVersion, Record<string, string | number>][] = [
  [
    'klap-v1',
    {
      auth: '9d6ce791ce44316e9e52fc1bc9d36496',
      device: 'c2d456076f946c707000874d2e226a1c09e89a21e459272b8ec0f01cdaf774cf',
      client: '50ef3325d42cd7c999aa9e47e8cb0f8a7f6f239f1d51b39d46d581a4bb75c8c5',
      key: 'c5d896030359050e711d402b829b53cd',
      iv: '3dcdd2bc7801fec3a7a7eb96',
      sequence: -59551828,
      signing: '4617dcf442a7c0101e3e8bdcfee6978938be30821c84b70c71571fab',
      body: 'c96f0b774642c44a6c9b1ddc66d940fd1ef589b5839f50918b910bc99cce62a9d938d48d944c90ce1725e9a8ea0af3a37e8b6039e6189a3a497bf0b9b03700d8',
    },
  ],
  [
    'klap-v2',
    {
      auth: 'b039216532fc844e9ae0cc8fe3ea911c9ba09c641bb96a3e1f776d93f7b5ae9b',
      device: '8ed3b905e654fbee23900d0244156a33029c025b71b03bfcc601eff33aaebb70',
      client: '1e590e7a4dc128da48ed17e06fe23ddb6ec646bb6da2eb00708d590f194201d7',
      key: '35dcf29cd535ce140a239c67f641d395',
      iv: '863e09a70667472d3fa152a4',
      sequence: -903964344,
      signing: '777443e2fdd5cb21052633a60e830f44c8654b3a701f449231ed11fa',
      body: 'ee33583262ebfd6b6977db181b8ba22a26f04b66d42c628224c0a40961942c64b2ea7862e52efd2186b9d6c73afb86a8b9821180993deb7e55bf8d03b44290d9',
    },
  ],
]

test.each(KNOWN)('%s gives the known answers', (version, known) => {
  const auth = authHash(version, login)
  const keys = sessionKeys(local, remote, auth)
  const sequence = nextSequence(keys.firstSequence)
  expect({
    auth: auth.toString('hex'),
    device: deviceProof(version, local, remote, auth).toString('hex'),
    client: clientProof(version, local, remote, auth).toString('hex'),
    key: keys.key.toString('hex'),
    iv: keys.iv.toString('hex'),
    sequence: keys.firstSequence,
    signing: keys.signing.toString('hex'),
    body: seal(keys, sequence, message).toString('hex'),
  }).toEqual(known)
  const body = Buffer.from(String(known.body), 'hex')
  expect(unseal(keys, sequence, body)).toBe(message)
  expect(unseal(keys, sequence + 1, body)).toBeUndefined()
  expect(unseal(keys, sequence, body.subarray(0, 40))).toBeUndefined()
  expect(unseal(keys, sequence, Buffer.alloc(32))).toBeUndefined()
})

test('sequence numbers wrap as signed 32-bit numbers do', () => {
  expect(nextSequence(2147483647)).toBe(-2147483648)
  expect(nextSequence(-1)).toBe(0)
})
