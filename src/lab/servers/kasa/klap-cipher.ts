import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

/** `klap-v1` and `klap-v2` differ only in their handshake hashes. */
export type KlapVersion = 'klap-v1' | 'klap-v2'
export type Credentials = { readonly username: string; readonly password: string }

/** The device answers at all times to these, when no account was bound to it. */
export const SETUP_CREDENTIALS: Credentials = { username: 'kasa@tp-link.net', password: 'kasaSetup' }

export const SIGNATURE_BYTES = 32
const INT32_MAX = 2 ** 31 - 1
const INT32_MIN = -(2 ** 31)

/** The secret that both sides derive from the account: 16 bytes for v1, 32 for v2. */
export function authHash(version: KlapVersion, { username, password }: Credentials): Buffer {
  if (version === 'klap-v1') return hash('md5', hash('md5', username), hash('md5', password))
  return hash('sha256', hash('sha1', username), hash('sha1', password))
}

/** What the device answers to the client's seed, after its own seed. */
export function deviceProof(version: KlapVersion, local: Buffer, remote: Buffer, auth: Buffer): Buffer {
  return version === 'klap-v1' ? hash('sha256', local, auth) : hash('sha256', local, remote, auth)
}

/** What the client must answer in its second handshake. */
export function clientProof(version: KlapVersion, local: Buffer, remote: Buffer, auth: Buffer): Buffer {
  return version === 'klap-v1' ? hash('sha256', remote, auth) : hash('sha256', remote, local, auth)
}

export type SessionKeys = {
  readonly key: Buffer
  readonly iv: Buffer
  readonly signing: Buffer
  readonly firstSequence: number
}

export function sessionKeys(local: Buffer, remote: Buffer, auth: Buffer): SessionKeys {
  const full = hash('sha256', 'iv', local, remote, auth)
  return {
    key: hash('sha256', 'lsk', local, remote, auth).subarray(0, 16),
    iv: full.subarray(0, 12),
    signing: hash('sha256', 'ldk', local, remote, auth).subarray(0, 28),
    firstSequence: full.readInt32BE(28),
  }
}

/** Sequence numbers are signed 32-bit and wrap. */
export function nextSequence(sequence: number): number {
  return sequence === INT32_MAX ? INT32_MIN : sequence + 1
}

/** `signature(32) || ciphertext`. */
export function seal(keys: SessionKeys, sequence: number, plaintext: string): Buffer {
  const cipher = createCipheriv('aes-128-cbc', keys.key, fullIv(keys, sequence))
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return Buffer.concat([signature(keys, sequence, ciphertext), ciphertext])
}

/** The plaintext, or undefined where the signature or the padding is wrong. */
export function unseal(keys: SessionKeys, sequence: number, body: Buffer): string | undefined {
  const ciphertext = body.subarray(SIGNATURE_BYTES)
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) return undefined
  if (!signature(keys, sequence, ciphertext).equals(body.subarray(0, SIGNATURE_BYTES))) return undefined
  try {
    const decipher = createDecipheriv('aes-128-cbc', keys.key, fullIv(keys, sequence))
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function signature(keys: SessionKeys, sequence: number, ciphertext: Buffer): Buffer {
  return hash('sha256', keys.signing, int32(sequence), ciphertext)
}

function fullIv(keys: SessionKeys, sequence: number): Buffer {
  return Buffer.concat([keys.iv, int32(sequence)])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function hash(algorithm: 'md5' | 'sha1' | 'sha256', ...parts: (Buffer | string)[]): Buffer {
  const digest = createHash(algorithm)
  for (const part of parts) digest.update(part)
  return digest.digest()
}
