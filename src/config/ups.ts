import type { UpsPolicy } from '../core/ups/policy.ts'
import type { Pinning } from '../tls/pinning.ts'
import type { Secret } from './secret.ts'

export type UpsUnitConfiguration = {
  readonly name: string
  readonly server: string
  readonly port: number
  readonly upsName: string
  readonly username?: string
  readonly password?: Secret
  readonly tls?: Pinning
}

export type UpsConfiguration = {
  readonly units: readonly UpsUnitConfiguration[]
  readonly pollMs: number
  readonly policy: UpsPolicy
}
