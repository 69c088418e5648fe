import type { ProxmoxAuth } from '../settings.ts'
import { type Headers, type HeadersOutcome, type Identity, revealed, veil } from './identity.ts'

/** An API token: one header, for writes too. Read anew each time, so that a rotated one takes effect. */
export class Token implements Identity {
  readonly #auth: Extract<ProxmoxAuth, { readonly kind: 'token' }>
  #shown: string | undefined

  constructor(auth: Extract<ProxmoxAuth, { readonly kind: 'token' }>) {
    this.#auth = auth
  }

  async headers(): Promise<HeadersOutcome> {
    const { id } = this.#auth
    const secret = revealed(this.#auth.secret)
    if (!secret.ok) return secret
    const value = secret.value.startsWith(`${id}=`) ? secret.value.slice(id.length + 1) : secret.value
    if (!/^[\x21-\x7e]+$/.test(value)) {
      const sentence = 'was not asked: the secret of the token is empty or holds characters that no token has'
      return { ok: false, code: 'secret-missing', sentence }
    }
    this.#shown = value
    return { ok: true, headers: { authorization: `PVEAPIToken=${id}=${value}` } }
  }

  refused(_headers: Headers): boolean {
    return false
  }

  veiled(text: string): string {
    return veil(text, [this.#shown])
  }
}
