import type { Configuration } from '../configuration.ts'
import type { Revealable } from '../secret.ts'

/** Something that works as configured and may hurt all the same. */
export type Risk = {
  readonly code: RiskCode
  /** What is the case. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
}

export const RISK_CODES = [
  'no-hosts',
  'nothing-to-cycle',
  'acting-untold',
  'one-channel',
  'nobody-outside',
  'critical-to-nobody',
  'channel-unused',
  'alertmanager-forgets',
  'channel-url',
  'no-reference',
  'reference-is-host',
  'runs-here',
  'single-probe',
  'kernel-only',
  'shared-address',
  'quick-to-cut',
  'boot-grace-short',
  'off-hold-short',
  'day-limit-first',
  'tls-unverified',
  'secret-missing',
  'secret-readable',
  'file-writable',
] as const
export type RiskCode = (typeof RISK_CODES)[number]

/** What was found out about this machine; anything not known is left out. */
export type Surroundings = {
  /** Addresses of this machine's interfaces. */
  readonly ownAddresses?: readonly string[]
  readonly hostName?: string
  /** Permission bits of a file; undefined where it cannot be looked at. */
  readonly fileMode?: (file: string) => number | undefined
  /** Whether the secrets can be revealed is looked at only where this says so: it reads their files. */
  readonly revealSecrets?: boolean
  /** What is wrong with the URL of a channel that is written as one; only asked where secrets are revealed. */
  readonly troubleWithUrl?: (url: Revealable) => string | undefined
}

export type RiskRule = (configuration: Configuration, surroundings: Surroundings) => readonly Risk[]

/** `a, b and c`, cut short where there are many. */
export function enumerate(names: readonly string[]): string {
  const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
