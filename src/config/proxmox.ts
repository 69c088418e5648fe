import type { Pinning } from '../tls/pinning.ts'
import type { Secret } from './secret.ts'

export type ProxmoxConfiguration = {
  /** One of our clusters. */
  readonly cluster: string
  readonly endpoints: readonly { readonly url: string; readonly node?: string; readonly tls?: Pinning }[]
  readonly auth:
    | { readonly kind: 'token'; readonly id: string; readonly secret: Secret }
    | { readonly kind: 'ticket'; readonly username: string; readonly password: Secret }
  readonly tls?: Pinning
  readonly pollMs: number
  readonly timeoutMs: number
  readonly journals: boolean
  readonly startMissed: boolean
  readonly ssh?: { readonly user: string; readonly keyFile: string; readonly port: number }
}
