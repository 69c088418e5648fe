import { createHash, timingSafeEqual } from 'node:crypto'
import { type Secret, SecretMissing } from '../../config/secret.ts'

export type KlapVersion = 'v1' | 'v2'

export type Credentials = { readonly username: string; readonly password: string }

const digest = (algorithm: 'md5' | 'sha1' | 'sha256', ...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => digest('sha256', ...parts)

/**
 * What KLAP makes of an account. Both parts are case-sensitive.
 * v1: `md5(md5(user) || md5(password))`, v2: `sha256(sha1(user) || sha1(password))`.
 */
export function authHash(version: KlapVersion, { username, password }: Credentials): Buffer {
  if (version === 'v1') return digest('md5', digest('md5', username), digest('md5', password))
  return sha256(digest('sha1', username), digest('sha1', password))
}

/** What the device proves itself with in its reply to handshake1. */
export function serverProof(version: KlapVersion, local: Uint8Array, remote: Uint8Array, auth: Uint8Array): Buffer {
  return version === 'v1' ? sha256(local, auth) : sha256(local, remote, auth)
}

/** What the client proves itself with: the body of handshake2. */
export function clientProof(version: KlapVersion, local: Uint8Array, remote: Uint8Array, auth: Uint8Array): Buffer {
  return version === 'v1' ? sha256(remote, auth) : sha256(remote, local, auth)
}

/** Tried after the configured account: cloud-bound devices have been seen to go back to one of these. */
const DEFAULT_CREDENTIALS: readonly Credentials[] = [
  { username: 'kasa@tp-link.net', password: 'kasaSetup' },
  { username: 'test@tp-link.net', password: 'test' },
  { username: '', password: '' },
]

export type Configured = { readonly username?: string | Secret | undefined; readonly password?: Secret | undefined }

/**
 * The credentials to try, the configured ones first, read at the moment of use. A secret that cannot be read leaves
 * the defaults, and `missing` says why in words that hold no secret.
 */
export function credentialsToTry(configured: Configured): { list: readonly Credentials[]; missing?: string } {
  const { username, password } = configured
  if (username === undefined || password === undefined) return { list: DEFAULT_CREDENTIALS }
  try {
    const account = {
      username: typeof username === 'string' ? username : username.reveal(),
      password: password.reveal(),
    }
    return { list: [account, ...DEFAULT_CREDENTIALS] }
  } catch (error) {
    if (error instanceof SecretMissing) return { list: DEFAULT_CREDENTIALS, missing: error.message }
    throw error
  }
}

/**
 * Which account and which version of the hashes the device uses: told offline, by trying all against its proof, so
 * that a wrong guess costs no handshake.
 */
export function matchProof(
  proof: Uint8Array,
  local: Uint8Array,
  remote: Uint8Array,
  candidates: readonly Credentials[],
): { version: KlapVersion; auth: Buffer } | undefined {
  for (const credentials of candidates) {
    for (const version of ['v2', 'v1'] as const) {
      const auth = authHash(version, credentials)
      const expected = serverProof(version, local, remote, auth)
      if (proof.length === expected.length && timingSafeEqual(proof, expected)) return { version, auth }
    }
  }
  return undefined
}
