import { edit, type Mutant } from './mutant.ts'

const OWN = 'alerts/own/'

/** Mistakes of an alert path that goes silent, or cries wolf. */
export const ALERT_MUTANTS: readonly Mutant[] = [
  {
    name: 'alert after the commit',
    flaws: { announcesAfterCommit: true },
    first: 'alerts: a crash right after',
  },
  {
    name: 'no announcement of a cycle',
    edits: edit(`${OWN}discover.ts`, 'if (isNew && isCycle(plan) && hasCut(plan))', 'if (isNew && plan === undefined)'),
    first: 'alerts: an outage',
  },
  {
    name: 'a cycle is announced when it is off already',
    edits: edit(
      `${OWN}plan-conditions.ts`,
      'for (const { offCommittedAt } of legs) if (offCommittedAt !== undefined)',
      'for (const { offConfirmedAt } of legs) if (offConfirmedAt !== undefined)',
    ),
    first: 'alerts: an outage',
  },
  {
    name: 'cycles are damped like any alert',
    edits: edit(
      `${OWN}table.ts`,
      '    everyTime: true,\n  },\n  ProxmoxPowerCycleFailed',
      '  },\n  ProxmoxPowerCycleFailed',
    ),
    first: 'alerts: cycles are told',
  },
  {
    name: 'an OFF on order is not announced',
    edits: edit(`${OWN}notices.ts`, "plan !== undefined && plan.kind === 'off' &&", 'plan !== undefined && false &&'),
    first: 'alerts: what is off on order',
  },
  {
    name: 'what is off on order alarms',
    edits: edit(
      'power/in-hands.ts',
      'return (takenBy !== undefined && isClaimed(host, takenBy)) ||',
      'return false &&',
    ),
    first: 'alerts: what is off on order',
  },
  {
    name: 'a host that boots alarms',
    edits: edit(`${OWN}sight.ts`, 'return this.#isBooting(host) || this.#isSwitched(host)', 'return false'),
    first: 'alerts: what is off on order',
  },
  {
    name: 'a host may boot for ever',
    edits: edit(`${OWN}sight.ts`, 'if (until === undefined || reached(until, this.now))', 'if (until === undefined)'),
    first: 'alerts: what is off on order',
  },
  {
    name: 'pending forgotten at restart',
    edits: edit(
      'state/initial.ts',
      '...snapshot,',
      "...snapshot, alerts: Object.fromEntries(Object.entries(snapshot.alerts).filter(([, { state }]) => state !== 'pending')),",
    ),
    first: 'alerts: one that waits',
  },
  {
    name: 'firing forgotten at restart',
    edits: edit('state/initial.ts', '...snapshot,', '...snapshot, alerts: {},'),
    first: 'alerts: a restart neither',
  },
  {
    name: 'resolves on unknown',
    edits: edit(
      `${OWN}host-conditions.ts`,
      "if (now?.verdict !== 'down') return 'unsure'",
      "if (now?.verdict !== 'down') return 'over'",
    ),
    first: 'alerts: a restart neither',
  },
  {
    name: 'a hold ends with the process that measured it',
    edits: edit(
      `${OWN}host-conditions.ts`,
      "return now.heldTold === true ? 'holds' : 'unsure'",
      "return now.heldTold === true ? 'holds' : 'over'",
    ),
    first: 'alerts: a hold',
  },
  {
    name: 'flap damping off',
    edits: edit(`${OWN}lifecycle.ts`, 'known.alert.everyTime !== true && flaps(sight, record)', 'false'),
    first: 'alerts: what comes and goes',
  },
  {
    name: 'flap damping for ever',
    edits: edit(`${OWN}lifecycle.ts`, 'sight.sinceMs(at) < FLAPS_WITHIN_MS', 'at !== undefined'),
    first: 'alerts: what comes and goes',
  },
  {
    name: 'disabled ignored',
    edits: edit(`${OWN}update.ts`, 'return state.policy.disabledAlerts?.includes(name) === true', 'return false'),
    first: 'alerts: one that is disabled',
  },
  {
    name: 'a failing ON calls nobody',
    edits: edit(
      `${OWN}plan-conditions.ts`,
      "  if (plan.onFailedTold === true || plan.barrier === 'stuck') return true\n",
      '',
    ),
    first: 'alerts: an ON that fails',
  },
  {
    name: 'an overdue ON calls nobody',
    edits: edit(`${OWN}plan-conditions.ts`, 'return leftMs <= 0', 'return false'),
    first: 'alerts: an outlet that is off',
  },
  {
    name: 'what an earlier process was told ends with it',
    edits: edit(`${OWN}lifecycle.ts`, 'QUIET_AFTER_FLAPS_MS : known.alert.keepFiringMs', 'QUIET_AFTER_FLAPS_MS : 0'),
    first: 'alerts: a mark that cannot',
  },
  {
    name: 'what is owed an ON by nobody never ends',
    edits: edit(`${OWN}announce.ts`, "if (event.kind === 'started') forgetProcess(sight)", 'void forgetProcess'),
    first: 'alerts: a mark',
  },
  {
    name: 'a removed host fires for ever',
    edits: edit(
      `${OWN}host-conditions.ts`,
      "    if (host === undefined) return 'ended'\n    return sight",
      "    if (host === undefined) return 'unsure'\n    return sight",
    ),
    first: 'alerts: a host that a reload',
  },
  {
    name: 'noted after its end',
    edits: edit(
      `${OWN}announce.ts`,
      '  if (notes !== undefined) incoming.push(...notes)\n  if (steps !== undefined) incoming.push(...steps.ended)\n',
      '  if (steps !== undefined) incoming.push(...steps.ended)\n  if (notes !== undefined) incoming.push(...notes)\n',
    ),
    first: 'alerts: an outage',
  },
  {
    name: 'what is steady is never judged again',
    edits: edit(
      `${OWN}lifecycle.ts`,
      'return isSame && !condition.isTouched(before, state, record.subject)',
      'return isSame && condition !== undefined',
    ),
    first: 'alerts: an outage',
  },
]
