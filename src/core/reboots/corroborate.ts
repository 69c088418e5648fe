import type { HappeningCode } from '../codes.ts'
import type { Told } from '../state/types.ts'
import type { Corroboration } from './types.ts'

/** When the reboot happened, by our own clock. */
export type RebootWindow = {
  /** Its last sign of life, or the last line of its journal. */
  readonly fromMs: number
  /** The begin of the present boot. */
  readonly untilMs: number
}

/** A kernel that is cut off has synced its journal up to half a minute before, and clocks differ a little. */
const BEFORE_MS = 90_000
const AFTER_MS = 60_000
/** Hosts are asked in rounds: those that die together are found down within one or two of them. */
const TOGETHER_MS = 30_000

const OURS: readonly HappeningCode[] = ['cycle-begun', 'outlets-off']
const OTHERS: readonly HappeningCode[] = ['switched-off', 'person-switched-off']

/** The part of the history that can say something about the window. */
export function historyWindow({ fromMs, untilMs }: RebootWindow): RebootWindow {
  return { fromMs: fromMs - BEFORE_MS, untilMs: untilMs + AFTER_MS }
}

/** What our own history says of the minutes in which a host rebooted. `events` are those of `historyWindow`. */
export function corroborate(
  host: string,
  window: RebootWindow,
  events: readonly Told[],
): Pick<Corroboration, 'ownCycle' | 'outletOff' | 'diedTogether'> {
  const { fromMs, untilMs } = historyWindow(window)
  const near = events.filter(({ at }) => at.wallMs >= fromMs && at.wallMs <= untilMs)
  const own = near.findLast((event) => event.host === host && OURS.includes(event.code))
  const off = near.findLast((event) => event.host === host && OTHERS.includes(event.code))
  const together = diedTogether(host, near)
  return {
    ...(own === undefined ? {} : { ownCycle: { intent: own.intent ?? own.code, reason: own.sentence } }),
    ...(off === undefined ? {} : { outletOff: off.sentence }),
    ...(together.length === 0 ? {} : { diedTogether: together }),
  }
}

function diedTogether(host: string, events: readonly Told[]): readonly string[] {
  const downs = events.filter(({ code }) => code === 'host-down')
  const own = downs.findLast((event) => event.host === host)
  if (own === undefined) return []
  const others = downs.filter(
    (event) => event.host !== host && Math.abs(event.at.wallMs - own.at.wallMs) <= TOGETHER_MS,
  )
  return [...new Set(others.flatMap((event) => (event.host === undefined ? [] : [event.host])))]
}
