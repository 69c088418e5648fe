import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { z } from 'zod'

const FINGERPRINT = /^[0-9a-f]{2}(?::?[0-9a-f]{2}){31}$/i

/** `tls` in the configuration: whom to believe. */
export const pinning = () =>
  z
    .union(
      [
        z.strictObject({ verify: z.literal(false) }),
        z.strictObject({ ca: z.string().min(1) }),
        z.strictObject({
          fingerprint: z.string().regex(FINGERPRINT, 'a SHA-256 fingerprint is 32 bytes in hex, such as AB:CD:...'),
        }),
      ],
      { error: 'tls is { verify: false }, { ca: PATH } or { fingerprint: SHA-256 of the certificate }' },
    )
    .describe(
      'How the certificate is checked: `{ verify: false }` not at all, `{ ca: PATH }` signed by this authority (PEM) ' +
        'for this address, `{ fingerprint: AB:CD:... }` exactly this certificate (SHA-256).',
    )

export type Pinning = z.output<ReturnType<typeof pinning>>

/**
 * A way to connect. Give `context` to `tls.connect` with `rejectUnauthorized: false`, and ask `refusal` once the
 * handshake is done, before anything is sent: a sentence where the certificate is not the pinned one.
 */
export type Pin = {
  readonly context: SecureContext
  refusal(socket: TLSSocket): string | undefined
}

export type PinOutcome = { readonly ok: true; readonly pin: Pin } | { readonly ok: false; readonly sentence: string }

/**
 * Classic curves in place of the post-quantum hybrid that Node would offer first: a tenth less CPU a connection, and
 * nothing that a liveness probe sends has to stay secret for decades.
 */
const CURVES = 'X25519:P-256:P-384:P-521'

let anyone: SecureContext | undefined

/** Reads what a pinning needs. A CA file that cannot be read or holds no certificate is a sentence, not a throw. */
export function loadPin(settings: Pinning): PinOutcome {
  if ('ca' in settings) return loadCa(settings.ca)
  // An empty list of authorities: loading the system's hundred and more costs memory and is of no use here.
  anyone ??= createSecureContext({ ca: [], ecdhCurve: CURVES })
  if (!('fingerprint' in settings)) return { ok: true, pin: { context: anyone, refusal: () => undefined } }
  const wanted = bare(settings.fingerprint)
  return {
    ok: true,
    pin: {
      context: anyone,
      refusal: (socket) => {
        const got = socket.getPeerX509Certificate()?.fingerprint256
        if (got === undefined) return 'it showed no certificate, but one is pinned'
        return bare(got) === wanted ? undefined : `its certificate is not the pinned one (it is ${got})`
      },
    },
  }
}

function loadCa(path: string): PinOutcome {
  let pem: Buffer
  try {
    pem = readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
    return { ok: false, sentence: `the CA file ${path} cannot be read (${code})` }
  }
  // createSecureContext passes over what it cannot read: nothing would be said until the first probe.
  try {
    new X509Certificate(pem)
  } catch {
    return { ok: false, sentence: `the CA file ${path} does not begin with a certificate in PEM form` }
  }
  const context = createSecureContext({ ca: pem, ecdhCurve: CURVES })
  return { ok: true, pin: { context, refusal: caRefusal } }
}

function caRefusal(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined
  const error: unknown = socket.authorizationError
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another address'
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired'
  return `its certificate is not signed by the pinned authority (${code})`
}

const bare = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase()
