import { isIPv6 } from 'node:net'
import { formatDuration } from '../config/values.ts'
import type { ProbeAnswer } from '../ports/probe.ts'

/** What a program that sends ICMP echoes reported of the addresses it was given, before it is judged. */
export type EchoReport = {
  /** Round-trip milliseconds of those that answered. */
  readonly answeredMs: ReadonlyMap<string, number>
  /** Those it says stayed silent. */
  readonly silent: ReadonlySet<string>
  /** Those it could not send to, with the system's words. */
  readonly unsent: ReadonlyMap<string, string>
  /** Why its word about silence (and its lack of words) cannot be trusted; undefined where it can. */
  readonly distrust: string | undefined
  /** How long silence was waited for. */
  readonly waitedMs: number
  /** Those there was no room for in the round. */
  readonly leftOut?: ReadonlySet<string>
}

export type EchoAnswer = Omit<ProbeAnswer, 'id'>

/** Answer unless we ourselves are in trouble. One each, as the two have sockets of their own. */
export const CANARIES = ['127.0.0.1', '::1'] as const

/**
 * Turns a report into answers. An answer counts, whatever else went wrong. Silence counts only where the program ended
 * as it should, said so of this very address, and the loopback address of the same family answered in the same round.
 */
export function judgeEcho(report: EchoReport): (address: string) => EchoAnswer {
  const { answeredMs, silent, unsent, distrust, waitedMs, leftOut } = report
  const noAnswer = `no answer in ${formatDuration(Math.round(waitedMs))}`
  const broken = (detail: string): EchoAnswer => ({ says: 'probe-broken', proves: 'none', durationMs: 0, detail })
  return (address) => {
    const ms = answeredMs.get(address)
    if (ms !== undefined) return { says: 'life', proves: 'kernel', durationMs: ms, detail: `${ms} ms` }
    const unsentBecause = unsent.get(address)
    if (unsentBecause !== undefined && !isUnreachable(unsentBecause)) {
      return broken(`could not be sent from here (${unsentBecause})`)
    }
    if (leftOut?.has(address)) return broken('too many ICMP targets for one round; raise the check interval')
    if (distrust !== undefined) return broken(distrust)
    if (!silent.has(address)) return broken('nothing was reported about this address')
    const canary = CANARIES[isIPv6(address) ? 1 : 0]
    if (!answeredMs.has(canary)) return broken(`even the loopback address ${canary} stayed silent`)
    const detail = unsentBecause === undefined ? noAnswer : `unreachable (${unsentBecause})`
    return { says: 'silence', proves: 'none', durationMs: waitedMs, detail }
  }
}

/** Of a round in which nobody could be asked. */
export function nothingKnown(distrust: string): EchoReport {
  return { answeredMs: new Map(), silent: new Set(), unsent: new Map(), distrust, waitedMs: 0 }
}

/** The words of C libraries for what the network itself says; other reasons for not sending are our own trouble. */
export function isUnreachable(words: string): boolean {
  return /Network is unreachable|No route to host|Host is (down|unreachable)|Network is down/i.test(words)
}
