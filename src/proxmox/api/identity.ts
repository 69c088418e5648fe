import { type Revealable, SecretMissing } from '../../config/secret.ts'
import type { ApiFailure } from '../../core/cluster/types.ts'
import type { Clock } from '../../ports/clock.ts'

export type Headers = Readonly<Record<string, string>>
/** The sentence goes on from the name of the endpoint. */
export type NoHeaders = { readonly ok: false; readonly code: ApiFailure; readonly sentence: string }
export type HeadersOutcome = { readonly ok: true; readonly headers: Headers } | NoHeaders

/** `POST /access/ticket` at the endpoint, without credentials. */
export type Login = {
  readonly post: (
    params: Readonly<Record<string, string>>,
  ) => Promise<{ readonly ok: true; readonly data: unknown } | NoHeaders>
  readonly clock: Clock
}

/** What shows one endpoint who asks. */
export interface Identity {
  headers(method: 'GET' | 'POST' | 'PUT', login: Login): Promise<HeadersOutcome>
  /** After a 401 that came for these headers: whether a second try may go better. */
  refused(headers: Headers): boolean
  /** `text` from outside, without what must not be told: a server may repeat what it was sent. */
  veiled(text: string): string
}

export type Revealed =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: 'secret-missing'; readonly sentence: string }

export function revealed(secret: Revealable): Revealed {
  try {
    return { ok: true, value: secret.reveal().trim() }
  } catch (error) {
    if (!(error instanceof SecretMissing)) throw error
    return { ok: false, code: 'secret-missing', sentence: `was not asked: ${error.message}` }
  }
}

export function veil(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets.reduce<string>(
    (veiled, secret) => (secret === undefined || secret === '' ? veiled : veiled.replaceAll(secret, '***')),
    text,
  )
}
