import type { OutletReading } from '../../ports/power-device.ts'
import type { ChildOutcome } from '../../process/run-child.ts'

const MAX_OUTLETS = 1024

/**
 * What `status` said: exit code 0 is ON, 2 is OFF. But 2 is also how programs refuse their arguments, and a false OFF
 * would pass for a verified one: with words that speak against it, it is no answer (undefined).
 */
export function stateOf(outcome: ChildOutcome): 'on' | 'off' | undefined {
  if (outcome.end.kind !== 'exited' || outcome.timedOut || outcome.aborted) return undefined
  const said = /\bstatus:\s*(on|off)\b/i.exec(outcome.stdout)?.[1]?.toLowerCase()
  if (outcome.end.exitCode === 0) return said === 'off' ? undefined : 'on'
  if (outcome.end.exitCode !== 2 || said === 'on') return undefined
  if (said === 'off') return 'off'
  const words = `${outcome.stdout}\n${outcome.stderr}`
  return /usage|error|invalid|unknown|unrecognized|traceback|not found|fail/i.test(words) ? undefined : 'off'
}

/** The lines of `list` (`outlet,alias`) and `list-status` (`outlet,alias,ON`). Empty where the agent has no outlets. */
export function outletsOf(stdout: string): OutletReading[] {
  const readings: OutletReading[] = []
  for (const line of stdout.split('\n').slice(0, MAX_OUTLETS)) {
    const match = /^\s*([^,\s][^,]*),(.*?)(?:,(on|off|unknown))?\s*$/i.exec(line)
    if (!match) continue
    const [, outlet = '', alias = '', state = 'unknown'] = match
    readings.push({
      outlet: outlet.trim(),
      state: state.toLowerCase() as OutletReading['state'],
      ...(alias.trim() !== '' && { alias: alias.trim() }),
    })
  }
  return readings
}
