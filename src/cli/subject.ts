import type { Outlet } from '../api/outlets.ts'
import type { Plan } from '../api/plans.ts'
import type { Status } from '../api/status.ts'

/** What an operator pointed at: a host, or an outlet by DEVICE/OUTLET. */
export type Subject = {
  /** As the order names it. */
  readonly target: string
  readonly host?: string
  readonly outlets: readonly Outlet[]
}

/** Undefined where nothing of that name is known. */
export function subjectOf(status: Status, name: string): Subject | undefined {
  const host = status.hosts.find((each) => each.name === name)
  if (host !== undefined) return { target: name, host: name, outlets: host.outlets }
  const all = [...status.hosts.flatMap(({ outlets }) => outlets), ...status.otherOutlets]
  const outlet = all.find((each) => `${each.device}/${each.outlet}` === name)
  return outlet === undefined ? undefined : { target: name, host: outlet.host, outlets: [outlet] }
}

/** Whether a plan is about the subject, however it names it. */
export function concerns(plan: Pick<Plan, 'target'>, subject: Subject): boolean {
  return isAbout(plan.target, subject)
}

/** An outlet that is all of a host's power means that host, so either name may come back. */
export function isAbout(target: string | undefined, subject: Subject): boolean {
  return (
    target !== undefined &&
    (target === subject.host || target === subject.target || target === `outlet:${subject.target}`)
  )
}
