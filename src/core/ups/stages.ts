import { list, spell } from '../phrase.ts'
import { elapsedMs } from '../time.ts'
import { batteryOf } from './battery.ts'
import { type Due, dueFor } from './due.ts'
import { carriesUs, isIdle, isSettled } from './host-step.ts'
import { hurryOf, isOrderedDown } from './hurry.ts'
import { guestKey } from './learned.ts'
import type { OutageEdit } from './outage-edit.ts'
import { shutHostDown } from './shutting-down.ts'
import { shedGuests, stopGroups } from './stop-guests.ts'
import type { HostProgress } from './types.ts'

/** One step of the plan while the battery carries the site, or while a stage that was committed is finished. */
export function runStages(edit: OutageEdit): void {
  noteUrgency(edit)
  edit.outage.stages.forEach((_stage, index) => {
    runStage(edit, index)
  })
  if (edit.outage.dryRun) return
  stopShed(edit)
  for (const host of edit.hosts()) shutHostDown(edit, host.host)
  finishStages(edit)
  forgetOrders(edit)
}

/** A low battery, or a forced shutdown that was seen to come: told once, while it lasts. */
function noteUrgency(edit: OutageEdit): void {
  const { state, policy, outage, now } = edit
  for (const host of edit.hosts()) {
    if (host.stage < 0 || isSettled(host)) continue
    const hurry = hurryOf(state, policy, outage, host.fed, now)
    if (hurry === undefined) continue
    if (outage.urgent?.code === hurry.because) return
    edit.set({ urgent: { at: now, code: hurry.because, sentence: hurry.sentence } })
    const what = outage.dryRun ? 'In mode act everything that is left would be' : 'Everything that is left is'
    return edit.tell('power-outage-urgent', `${what} shut down now, in order: ${hurry.sentence}.`)
  }
}

function runStage(edit: OutageEdit, index: number): void {
  const stage = edit.outage.stages[index]
  if (stage === undefined || !isTurnOf(edit, index)) return
  const due = edit
    .hosts()
    .map((host) => ({ host, due: dueIn(edit, host, index) }))
    .filter((one): one is { host: HostProgress; due: Due } => one.due !== undefined)
  const own = due.filter(({ host }) => host.stage === index && host.step === 'running')
  const isShedding = stage.plan.shedTags.length > 0 && due.length > 0 && stage.begunAt === undefined
  if (own.length === 0 && !isShedding) return
  const first = own[0]?.due ?? due[0]?.due
  if (first !== undefined && stage.begunAt === undefined) beginStage(edit, index, first, own)
  if (edit.outage.dryRun) return
  if (isShedding) shedGuests(edit, stage.plan.shedTags)
  for (const { host } of own) prepare(edit, index, host)
}

function dueIn(edit: OutageEdit, host: HostProgress, index: number): Due | undefined {
  // One that is in no stage stays up, and its guests may be shed.
  if (host.stage >= 0 && host.stage < index) return undefined
  return dueFor({ state: edit.state, policy: edit.policy, outage: edit.outage, host, now: edit.now }, index)
}

/** Stages go one after the other; in a hurry all prepare at once, and only the nodes themselves go in order. */
function isTurnOf(edit: OutageEdit, index: number): boolean {
  const { state, policy, outage, now } = edit
  const isInHurry = edit.hosts().some((host) => hurryOf(state, policy, outage, host.fed, now) !== undefined)
  return (
    isInHurry ||
    edit.hosts().every((host) => host.stage >= index || isSettled(host) || isIdle(host) || waits(edit, host))
  )
}

/** It waits for later stages itself: for the last one, or because it carries us. */
function waits({ state, outage }: OutageEdit, host: HostProgress): boolean {
  return host.step === 'preparing' && (carriesUs(state, host) || outage.stages[host.stage]?.deferred !== undefined)
}

function beginStage(edit: OutageEdit, index: number, due: Due, own: readonly { host: HostProgress }[]): void {
  const stage = edit.outage.stages[index]
  if (stage === undefined) return
  edit.setStage(index, { begunAt: edit.now, why: due.sentence })
  const names = own.map(({ host }) => host.host)
  const shed = stage.plan.shedTags
  const what = [
    ...(shed.length === 0 ? [] : [`guests tagged ${list(shed)} are shut down`]),
    ...(names.length === 0 ? [] : [`${list(names)} ${names.length === 1 ? 'goes' : 'go'} down, guests first`]),
  ].join('; ')
  if (due.because === 'budget' && stage.plan.afterMs !== undefined) {
    edit.tell(
      'power-stage-moved',
      `The stage ${stage.name} begins before its ${spell(stage.plan.afterMs)}: ${due.sentence}.`,
    )
  }
  if (edit.outage.dryRun) {
    edit.tell('power-stage-would-begin', `In mode act the stage ${stage.name} would begin (${due.sentence}): ${what}.`)
  } else edit.tell('power-stage-begun', `The stage ${stage.name} begins (${due.sentence}): ${what}.`)
}

function prepare(edit: OutageEdit, index: number, host: HostProgress): void {
  const { ha } = edit.cluster(host.cluster)
  // What was refused in an earlier stage may be granted now.
  if (ha === 'refused') edit.setCluster(host.cluster, { ha: 'armed', haSince: edit.now })
  edit.setHost(host.host, { step: 'preparing', since: edit.now })
  edit.setStage(index, { finishedAt: undefined })
}

/** Those that are only shed are stopped by themselves; the others with their node. */
function stopShed(edit: OutageEdit): void {
  const shed = Object.values(edit.outage.guests).filter(({ shed, step }) => shed && step !== 'running')
  const powered = shed.filter((guest) => {
    const host = guest.host === undefined ? undefined : edit.outage.hosts[guest.host]
    if (host === undefined || host.step !== 'running') return false
    if (guest.step !== 'to-stop' || batteryOf(edit.state, edit.policy, edit.outage, host.fed, edit.now)) return true
    // Mains is back before it was asked: it never stopped.
    edit.setGuest(guestKey(guest), { ...guest, step: 'running' })
    return false
  })
  stopGroups(edit, powered)
}

function finishStages(edit: OutageEdit): void {
  edit.outage.stages.forEach((stage, index) => {
    if (stage.begunAt === undefined || stage.finishedAt !== undefined) return
    const own = edit.hosts().filter((host) => host.stage === index)
    const isOver = own.every((host) => isSettled(host) || isIdle(host))
    const isShedding = Object.values(edit.outage.guests).some(
      ({ shed, step }) => shed && (step === 'to-stop' || step === 'stopping'),
    )
    if (!isOver || (own.length === 0 && isShedding)) return
    edit.setStage(index, { finishedAt: edit.now })
    const off = own.filter(({ step }) => step === 'off').map(({ host }) => host)
    const took = spell(elapsedMs(stage.begunAt, edit.now))
    const result = off.length === 0 ? '' : `: ${list(off)} ${off.length === 1 ? 'is' : 'are'} off`
    edit.tell('power-stage-finished', `The stage ${stage.name} is finished after ${took}${result}.`)
  })
}

/** An order that was carried out is a latch from then on: what boots later does not shut down again because of it. */
function forgetOrders(edit: OutageEdit): void {
  for (const row of Object.values(edit.state.upsUnits)) {
    if (row.fsd !== 'ordered') continue
    const fed = edit.hosts().filter(({ fed: { units }, stage }) => stage >= 0 && units.includes(row.unit))
    const isDone = fed.every((host) => isSettled(host) || !isOrderedDown(edit.state, host.fed))
    if (isDone) edit.draft.put('upsUnits', row.unit, { ...row, fsd: 'latched' })
  }
}
