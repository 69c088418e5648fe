import type { NodeFacts } from './types.ts'

/** Whether watchdog-mux holds a device open; undefined where nobody tells. What is seen from inside counts most. */
export function holdsDevice({ inside, journal }: NodeFacts): boolean | undefined {
  if (inside?.root === true) return inside.holders.length > 0
  const unit = inside?.units['watchdog-mux']
  if (unit !== undefined && unit.active !== 'unknown') return unit.pid > 0
  if (journal?.mux === 'running') return true
  return journal?.mux === 'ended' ? false : undefined
}

/** Whether HA feeds its watchdog now, so that the node resets itself when HA stops. */
export function isClient({ inside, lrm, master, journal }: NodeFacts): boolean | undefined {
  // Without watchdog-mux the marker is a stale one.
  if (inside !== undefined) return inside.marker && (inside.units['watchdog-mux']?.pid ?? 0) > 0
  if (lrm?.watchdog === 'active' || lrm?.state === 'active') return true
  if (journal !== undefined && (journal.lrm === 'active' || journal.crm === 'active')) return true
  const lrmRests = lrm?.watchdog === 'standby' || lrm?.state === 'idle' || journal?.lrm === 'closed'
  // The manager is a client, too, as long as there are services; that of an old version is not told of.
  return lrmRests && (!master || journal?.crm === 'closed') ? false : undefined
}

export function softDevice({ inside, journal }: NodeFacts): boolean | undefined {
  const active = inside?.devices.find(({ state }) => state === 'active') ?? inside?.devices[0]
  if (active?.identity !== undefined) return active.identity === 'Software Watchdog'
  if (inside?.modules.some(({ name }) => name === 'softdog')) return true
  return journal?.driver === undefined ? undefined : journal.driver === 'Software Watchdog'
}

/** `softdog`, `the device 'iTCO_wdt'`, for a sentence. */
export function deviceOf(facts: NodeFacts): string {
  if (softDevice(facts) === true) return 'softdog'
  const name = facts.inside?.devices[0]?.identity ?? facts.journal?.driver
  return name === undefined ? 'its watchdog device' : `the device '${name}'`
}
