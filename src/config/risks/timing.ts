import { formatDuration } from '../values.ts'
import { enumerate, type RiskRule } from './risk.ts'

/** A switch that restarts or converges anew keeps its hosts silent for about this long. */
const SWITCH_PAUSE_MS = 30_000
/** Servers with much memory are known to take longer than this before their kernel starts. */
const QUICK_BOOT_MS = 120_000
/** Power supplies keep some boards alive for seconds after the outlet is off. */
const SUPPLIES_DRAIN_MS = 5000

export const quickToCut: RiskRule = ({ rounds }) => {
  const silenceMs = rounds.intervalMs * rounds.failureThreshold
  if (silenceMs >= SWITCH_PAUSE_MS) return []
  return [
    {
      code: 'quick-to-cut',
      sentence: `A host counts as dead after ${formatDuration(silenceMs)} of silence: a switch that restarts takes longer.`,
      remedy: `Raise \`rounds.interval\` or \`rounds.failureThreshold\` to ${formatDuration(SWITCH_PAUSE_MS)} in all, better 90s.`,
    },
  ]
}

export const bootGraceShort: RiskRule = ({ hosts }) => {
  const short = hosts.filter(({ levels, bootGraceMs }) => levels.length > 0 && bootGraceMs < QUICK_BOOT_MS)
  if (short.length === 0) return []
  const least = Math.min(...short.map(({ bootGraceMs }) => bootGraceMs))
  return [
    {
      code: 'boot-grace-short',
      sentence: `${enumerate(short.map(({ name }) => name))} may be cycled again ${formatDuration(least)} after an ON, perhaps while still booting.`,
      remedy: 'Raise `recovery.bootGrace` above the longest boot that you have seen, file system check included.',
    },
  ]
}

export const offHoldShort: RiskRule = ({ hosts }) => {
  const short = hosts.filter(({ levels, offHoldMs }) => levels.length > 0 && offHoldMs < SUPPLIES_DRAIN_MS)
  if (short.length === 0) return []
  return [
    {
      code: 'off-hold-short',
      sentence: `Less than ${formatDuration(SUPPLIES_DRAIN_MS)} lie between OFF and ON of ${enumerate(short.map(({ name }) => name))}: a power supply may not even notice.`,
      remedy: 'Raise `recovery.offHold`; 10 s is the least that empties common power supplies.',
    },
  ]
}

export const dayLimitFirst: RiskRule = ({ recovery }) => {
  if (recovery.maxCyclesPerOutage <= recovery.maxCyclesPerDay) return []
  return [
    {
      code: 'day-limit-first',
      sentence: `${recovery.maxCyclesPerOutage} cycles an outage are allowed, but only ${recovery.maxCyclesPerDay} a day: the limit of the outage is never reached.`,
      remedy: 'Raise `recovery.maxCyclesPerDay`, or lower `recovery.maxCyclesPerOutage`.',
    },
  ]
}
