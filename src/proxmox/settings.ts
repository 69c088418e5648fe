import type { Revealable } from '../config/secret.ts'
import type { Pinning } from '../tls/pinning.ts'

export type ProxmoxEndpoint = {
  /** `https://10.0.0.1:8006`: one node's own address, not one that several nodes share. */
  readonly url: string
  /** The name that the node should have. Where another node answers, that is said and its data left out. */
  readonly node?: string
  /** In place of what the cluster has. */
  readonly tls?: Pinning
}

export type ProxmoxAuth =
  /** `id`: `user@realm!name`. The secret is the part behind `=`; the whole `user@realm!name=secret` is taken, too. */
  | { readonly kind: 'token'; readonly id: string; readonly secret: Revealable }
  /** `username`: `user@realm`. A user with a second factor cannot log in like this. */
  | { readonly kind: 'ticket'; readonly username: string; readonly password: Revealable }

/** One Proxmox cluster. Only nodes with an endpoint are asked; other members are told of by `endpoints()`. */
export type ProxmoxSettings = {
  /** Our name for it, as hosts carry it. */
  readonly cluster: string
  readonly endpoints: readonly ProxmoxEndpoint[]
  readonly auth: ProxmoxAuth
  /** Whom to believe; without it the usual authorities, which do not know what Proxmox makes itself. */
  readonly tls?: Pinning
  /** Between two looks at what changes fast. */
  readonly pollMs: number
  /** For one call, from its start to the last byte. */
  readonly timeoutMs: number
}

export const DEFAULT_POLL_MS = 15_000
export const DEFAULT_TIMEOUT_MS = 10_000
