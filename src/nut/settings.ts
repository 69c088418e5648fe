import type { Pinning } from '../tls/pinning.ts'

/** One UPS, as upsd serves it. */
export type NutUnit = {
  /** Our name for it. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** Its name at upsd. */
  readonly upsName: string
  readonly username?: string
  /** Throws where it cannot be had. */
  readonly password?: { reveal(): string }
  /** Set: nothing is said before STARTTLS has succeeded, by this way of checking the certificate. */
  readonly tls?: Pinning
}

export type NutSettings = {
  readonly units: readonly NutUnit[]
  /** Between two looks at the status. */
  readonly pollMs: number
  /** Longest wait for one answer. */
  readonly timeoutMs: number
}

export function serverOf({ host, port }: Pick<NutUnit, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
