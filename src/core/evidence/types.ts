import type { At } from '../time.ts'

/** What one probe kind can prove about a host: that its kernel runs, that its userland runs, or nothing (a BMC). */
export type Proof = 'kernel' | 'userland' | 'none'

/**
 * What a probe says. `silence` is an honest lack of an answer. `probe-broken` means that the probe itself could not
 * work (no fping, the loopback canary stayed silent): it proves nothing about the host.
 */
export type Says = 'life' | 'silence' | 'probe-broken'

/** One probe's answer, with its time and its vantage. */
export type Evidence = {
  readonly host: string
  readonly vantage: string
  /** The probe's name within the host, such as `icmp` or `https:8006`. */
  readonly channel: string
  /** The round in which it was asked; 0 for a probe outside the rounds (the last look before an OFF). */
  readonly round: number
  readonly says: Says
  readonly proves: Proof
  readonly sentAt: At
  readonly receivedAt: At
  /** A few words for people: `12.3 ms`, `connection refused`, `fping is not installed`. */
  readonly detail: string
}

/** What is concluded about a host from its fresh evidence. */
export type Verdict = 'up' | 'wedged' | 'down' | 'unknown'
