import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { sha256 } from './klap-hash.ts'

const SEQ_MAX = 0x7fffffff
const SEQ_MIN = -0x80000000
const SIGNATURE_BYTES = 32
const BLOCK_BYTES = 16

/** The keys of one session. `seq` is a signed 32-bit number: the device reads it so from the query string. */
export type KlapKeys = {
  readonly key: Buffer
  readonly iv: Buffer
  readonly signature: Buffer
  readonly firstSeq: number
}

/** Derives the session's keys from both seeds and the account's hash. */
export function deriveKeys(local: Uint8Array, remote: Uint8Array, auth: Uint8Array): KlapKeys {
  const ivAndSeq = sha256('iv', local, remote, auth)
  return {
    key: sha256('lsk', local, remote, auth).subarray(0, 16),
    iv: ivAndSeq.subarray(0, 12),
    signature: sha256('ldk', local, remote, auth).subarray(0, 28),
    firstSeq: ivAndSeq.readInt32BE(28),
  }
}

/** The number of the next request: wraps from 2^31 - 1 to -2^31 as the device's own counter does. */
export const nextSeq = (seq: number): number => (seq === SEQ_MAX ? SEQ_MIN : seq + 1)

const seqBytes = (seq: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(seq)
  return bytes
}

const sign = (keys: KlapKeys, seq: number, ciphertext: Uint8Array): Buffer =>
  sha256(keys.signature, seqBytes(seq), ciphertext)

/** The body of a request: `sha256(sig || seq || ciphertext) || ciphertext`, AES-128-CBC with PKCS#7 padding. */
export function encrypt(keys: KlapKeys, seq: number, plaintext: string): Buffer {
  const cipher = createCipheriv('aes-128-cbc', keys.key, Buffer.concat([keys.iv, seqBytes(seq)]))
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return Buffer.concat([sign(keys, seq, ciphertext), ciphertext])
}

export type Decrypted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly odd: string }

/** The text of a reply, once its signature is found right; otherwise what was odd about it. */
export function decrypt(keys: KlapKeys, seq: number, body: Buffer): Decrypted {
  const ciphertext = body.subarray(SIGNATURE_BYTES)
  if (body.length < SIGNATURE_BYTES + BLOCK_BYTES || ciphertext.length % BLOCK_BYTES !== 0) {
    return { ok: false, odd: `its reply of ${body.length} bytes cannot be an encrypted message` }
  }
  if (!timingSafeEqual(body.subarray(0, SIGNATURE_BYTES), sign(keys, seq, ciphertext))) {
    return { ok: false, odd: 'the signature of its reply is wrong' }
  }
  try {
    const decipher = createDecipheriv('aes-128-cbc', keys.key, Buffer.concat([keys.iv, seqBytes(seq)]))
    return { ok: true, text: Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8') }
  } catch {
    return { ok: false, odd: 'its reply cannot be decrypted' }
  }
}
