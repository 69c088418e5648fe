import { existsSync } from 'node:fs'
import type { Status } from '../api/status.ts'
import { outletKey } from '../core/power/types.ts'
import type { Snapshot } from '../core/state/types.ts'
import { breadcrumbsIn } from '../store/breadcrumbs.ts'
import { openOffline } from '../store/offline.ts'
import { stateFile } from '../store/state-directory.ts'
import type { Failure } from './client.ts'
import { outletName } from './render/outlets.ts'
import { until } from './text/span.ts'

export type Left = { readonly ok: true; readonly things: readonly string[] } | Failure

/** What the running watchdog has off or armed, one sentence each. */
export function leftByDaemon(status: Status): Left {
  const things = status.plans.map(
    (plan) => `A ${plan.kind} of ${plan.target} is under way (${plan.id}, ${plan.barrier}).`,
  )
  for (const outlet of [...status.hosts.flatMap(({ outlets }) => outlets), ...status.otherOutlets]) {
    const name = outletName(outlet)
    if (outlet.offByUs) things.push(`Outlet ${name} is off, and the watchdog has yet to turn it on.`)
    if (outlet.offOnPurpose !== undefined) {
      things.push(`Outlet ${name} is off on order of ${outlet.offOnPurpose.by}: \`outlets on\` ends that.`)
    }
    if (outlet.deviceTimer !== undefined) {
      things.push(`A timer of ours in outlet ${name} turns it on ${until(outlet.deviceTimer.inMs)}.`)
    }
  }
  return { ok: true, things }
}

/** The same from what a stopped watchdog left in its state directory. */
export function leftInState(directory: string): Left {
  if (!existsSync(stateFile(directory)) && !existsSync(`${directory}/breadcrumbs`)) {
    const sentence = `No watchdog runs on ${directory}, and there is no state in it: this can only be told with the right --state-directory or --config.`
    return { ok: false, exit: 'unavailable', sentence }
  }
  const { marks, unreadable } = breadcrumbsIn(directory).list()
  const things = marks.map(
    ({ device, outlet, target }) =>
      `Outlet ${outletName({ device, outlet })} of ${target} was turned off and not yet on again: start the watchdog, it turns it on.`,
  )
  things.push(...unreadable.map((name) => `The mark ${name} of an outlet that is off cannot be read.`))
  if (!existsSync(stateFile(directory))) return { ok: true, things }
  const opened = openOffline(directory)
  if (!opened.ok) return { ok: false, exit: 'software', sentence: opened.sentence }
  const loaded = opened.state.load()
  opened.state.close()
  if (!loaded.ok) return { ok: false, exit: 'software', sentence: loaded.sentence }
  return { ok: true, things: [...things, ...leftInSnapshot(loaded.snapshot)] }
}

function leftInSnapshot(snapshot: Snapshot): string[] {
  const plans = Object.values(snapshot.intents).flatMap(({ id, target, kind, legs }) =>
    legs
      .filter((leg) => (leg.offCommittedAt !== undefined && leg.step !== 'on') || leg.timerArmed === 'yes')
      .map(
        ({ ref }) =>
          `The ${kind} of ${target} (${id}) was interrupted with outlet ${outletKey(ref)}: start the watchdog, it ends it.`,
      ),
  )
  const ordered = Object.values(snapshot.outlets)
    .filter(({ offOnPurpose }) => offOnPurpose !== undefined)
    .map(({ key, offOnPurpose }) => `Outlet ${key} is off on order of ${offOnPurpose?.by}.`)
  return [...plans, ...ordered]
}
