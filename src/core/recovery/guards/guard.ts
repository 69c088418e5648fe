import type { GuardCode } from '../../codes.ts'
import type { HostPolicy } from '../../policy.ts'
import type { Intent, Purpose } from '../../power/types.ts'
import type { HostNow, HostRecord, State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import type { SilentHosts } from './storm.ts'

/** Everything a guard may look at: one host, the whole state, and now. */
export type Situation = {
  readonly state: State
  readonly now: At
  readonly host: HostPolicy
  readonly hostNow: HostNow | undefined
  readonly record: HostRecord
  readonly purpose: Purpose
  readonly silent: SilentHosts
  /** The plan that asks again before its OFF; it does not stand in its own way. */
  readonly self?: Intent
}

/**
 * One reason not to begin cutting power. `check` answers a sentence where it holds. `purposes` are those it refuses;
 * an operator sees more than we do and is only held by what would break a promise.
 */
export type Guard = {
  readonly code: GuardCode
  readonly purposes: readonly Purpose[]
  check(situation: Situation): string | undefined
}

export const AUTOMATIC: readonly Purpose[] = ['recovery', 'update', 'ups']
export const RECOVERY: readonly Purpose[] = ['recovery']
export const EVERYONE: readonly Purpose[] = ['operator', 'ups', 'maintenance', 'update', 'recovery']
