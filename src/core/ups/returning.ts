import { clause, list, spell } from '../phrase.ts'
import { elapsedMs } from '../time.ts'
import { drainingUnits } from './battery.ts'
import { bringBack, mayStart } from './bring-back.ts'
import { isSettled } from './host-step.ts'
import { isOrderedDown } from './hurry.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import { armHa, clearCephFlags } from './quieting.ts'
import { catchUp } from './replicating.ts'
import { endOutage } from './report.ts'
import { startGuests } from './start-guests.ts'
import { onBattery } from './supply.ts'
import type { HostProgress, OutageUnit } from './types.ts'

/** After this what is not back is left to recovery and to people, who have been told long before. */
const LONGEST_RETURN_MS = 24 * 3_600_000
/** HA is armed, and guests are started, without a node that does not come, after this many times its patience. */
const PATIENCES = 3

/** Mains is there, or has failed again: the way from the plan to the return and back. */
export function followMains(edit: OutageEdit): void {
  if (edit.outage.phase === 'on-battery') return mayReturn(edit)
  if (isOnBatteryAgain(edit)) relapse(edit)
}

function isOnBatteryAgain(edit: OutageEdit): boolean {
  const { policy, state, now } = edit
  return edit.hosts().some(({ fed }) => {
    if (isOrderedDown(state, fed)) return true
    const rows = drainingUnits(state, policy, fed, now)
    return rows.some(({ since, low }) => {
      const leftMs = policy.debounceMs - elapsedMs(since, now)
      if (leftMs > 0) edit.draft.wakeIn(leftMs)
      return low || leftMs <= 0
    })
  })
}

function mayReturn(edit: OutageEdit): void {
  const { policy, outage, state, now } = edit
  // By the last word, heard by this process or not: the return waits for a UPS that says that mains is there.
  const isCarried = edit.hosts().some(({ fed }) => isOrderedDown(state, fed) || onBattery(state, policy, fed, now))
  if (isCarried) {
    if (outage.mainsBackAt !== undefined) edit.set({ mainsBackAt: undefined })
    return
  }
  if (outage.mainsBackAt === undefined) {
    edit.set({ mainsBackAt: now, urgent: undefined })
    edit.tell('power-mains-back', `Mains is back. If it lasts for ${spell(policy.stableMs)}, it counts.`)
    edit.draft.wakeIn(policy.stableMs)
    return
  }
  const leftMs = policy.stableMs - elapsedMs(outage.mainsBackAt, now)
  if (leftMs > 0) return edit.draft.wakeIn(leftMs)
  if (edit.hosts().some(({ step }) => step === 'stopping-guests' || step === 'shutting-down')) return
  beginReturn(edit)
}

function beginReturn(edit: OutageEdit): void {
  edit.set({ phase: 'returning', returningAt: edit.now })
  for (const host of edit.hosts()) {
    if (host.step === 'preparing') edit.setHost(host.host, { step: 'running', since: edit.now })
  }
  const down = edit.hosts().filter(isSettled)
  const what =
    down.length === 0
      ? 'no node had been shut down'
      : `${list(down.map(({ host }) => host))} ${down.length === 1 ? 'comes' : 'come'} back, the last to go first`
  edit.tell('power-returning', `Mains has been back for ${spell(edit.policy.stableMs)}: ${what}.`)
}

/** The same failure goes on: there is never a second plan beside it. */
function relapse(edit: OutageEdit): void {
  edit.tell('power-relapsed', 'Mains failed again before everything was back: the plan begins anew where it stands.')
  edit.set({
    phase: 'on-battery',
    mainsBackAt: undefined,
    returningAt: undefined,
    relapses: edit.outage.relapses + 1,
    stages: edit.outage.stages.map(({ name, plan }) => ({ name, plan })),
    units: begunAnew(edit),
  })
  for (const host of edit.hosts()) edit.setHost(host.host, relapsed(edit, host))
  for (const [key, guest] of Object.entries(edit.outage.guests)) {
    if (guest.step === 'to-start' || guest.step === 'starting') {
      edit.setGuest(key, { ...guest, step: 'stopped', ask: NOT_ASKED })
    }
  }
}

/** The stages count from here: the battery has been charged meanwhile, and what it has left is asked besides. */
function begunAnew({ outage, state, now }: OutageEdit): Record<string, OutageUnit> {
  const units: Record<string, OutageUnit> = {}
  for (const unit of Object.values(outage.units)) {
    const since = unit.since === undefined ? {} : { since: state.upsUnits[unit.unit]?.since ?? now }
    units[unit.unit] = { ...unit, ...since, onBatteryMs: 0, earlierMs: (unit.earlierMs ?? 0) + unit.onBatteryMs }
  }
  return units
}

/** What is up is watched again from the start; what was only being started may be on its way: it is looked at. */
function relapsed(edit: OutageEdit, host: HostProgress): Partial<HostProgress> {
  const fresh = { since: edit.now, ask: NOT_ASKED, startBegunAt: undefined, way: undefined, wayAt: undefined }
  if (host.step === 'on')
    return { ...fresh, step: 'running', shutdownAt: undefined, offAt: undefined, toldLate: undefined }
  if (host.step !== 'starting') return {}
  return { ...fresh, step: 'off', offAt: host.offAt ?? edit.now, rounds: undefined }
}

/** One step of the return: nodes, then HA and Ceph, then guests and replication, then the report. */
export function comeBack(edit: OutageEdit): void {
  if (!edit.outage.dryRun) bringBack(edit)
  const since = edit.outage.returningAt ?? edit.now
  const passedMs = elapsedMs(since, edit.now)
  const isPatient = passedMs < PATIENCES * edit.policy.bootPatienceMs
  if (isPatient) edit.draft.wakeIn(PATIENCES * edit.policy.bootPatienceMs - passedMs)
  const missing = edit.hosts().filter(({ step }) => step !== 'on' && step !== 'running')
  if (missing.length > 0 && isPatient) return
  if (missing.length > 0) tellStuck(edit, missing)
  const clusters = Object.keys(edit.outage.clusters)
  const areClustersWell = clusters.map((name) => [armHa(edit, name), clearCephFlags(edit, name)].every(Boolean))
  const areGuestsBack = startGuests(edit)
  const isCaughtUp = catchUp(edit)
  const isWell = areClustersWell.every(Boolean) && areGuestsBack && isCaughtUp && missing.length === 0
  if (!isWell && !isPatient) tellStuck(edit, missing)
  if (isWell || passedMs >= LONGEST_RETURN_MS) endOutage(edit)
}

function tellStuck(edit: OutageEdit, missing: readonly HostProgress[]): void {
  if (edit.outage.toldNotBack === true) return
  edit.set({ toldNotBack: true })
  const stuck = [
    ...missing.map((host) => `${host.host} ${isSettled(host) ? waitsFor(edit, host) : 'is not alive'}`),
    ...Object.values(edit.outage.clusters).flatMap(({ cluster, ha, ceph, haAsk, cephAsk }) => [
      ...(ha === 'quiet' || ha === 'arming' ? [`HA of ${cluster} is not armed${because(haAsk.lastError)}`] : []),
      ...(ceph === 'clear' ? [] : [`the flags of Ceph in ${cluster} are still set${because(cephAsk.lastError)}`]),
    ]),
    ...Object.values(edit.outage.guests)
      .filter(({ step }) => step !== 'running')
      .map(({ name, guest, ask }) => `${name} (${guest}) does not run${because(ask.lastError)}`),
  ]
  edit.tell(
    'power-return-stuck',
    `The cluster is not back whole: ${stuck.length === 0 ? 'replication has not caught up' : list(stuck.slice(0, 8))}. It is tried on.`,
  )
}

function waitsFor(edit: OutageEdit, { fed }: HostProgress): string {
  if (mayStart(edit, fed)) return 'waits for those before it'
  return `waits until UPS ${list(fed.units)} is on mains and has ${edit.policy.returnChargePercent} % charge`
}

function because(error: string | undefined): string {
  return error === undefined ? '' : ` (${clause(error)})`
}
