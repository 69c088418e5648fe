import { spell } from '../../phrase.ts'
import type { At } from '../../time.ts'
import { fingerprintOf } from '../fingerprint.ts'
import type { AlertUpdate } from '../types.ts'
import { nameOf } from './condition.ts'
import { conditionOf, type Known } from './conditions.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'
import type { AlertRecord } from './types.ts'
import { firing, isDisabled, labelsOf, resolved } from './update.ts'

/** An alert that came and went so often within an hour keeps firing until it was quiet for long. */
const FLAPS = 3
const FLAPS_WITHIN_MS = 3_600_000
const QUIET_AFTER_FLAPS_MS = 600_000

/** What the alerts of one decision come to, in the order in which they are told. */
export type Steps = { readonly fired: AlertUpdate[]; readonly ended: AlertUpdate[] }

/** A condition that was found to hold: it waits for its time, which may be now. */
export function open(sight: Sight, name: ConditionName, subject: string): void {
  const key = `${name}/${subject}`
  const known = sight.state.alerts[key]
  if ((known !== undefined && known.state !== 'quiet') || isDisabled(sight, name)) return
  sight.draft.put('alerts', key, pending(sight, name, subject, known))
}

function pending(sight: Sight, name: ConditionName, subject: string, known: AlertRecord | undefined): AlertRecord {
  const before = known === undefined ? {} : { resolvedAt: known.resolvedAt, fired: known.fired }
  return { key: `${name}/${subject}`, name, subject, state: 'pending', since: sight.now, ...before }
}

/** Somebody says that it holds. */
export function raise(sight: Sight, name: ConditionName, subject: string, sentence: string): void {
  const key = `${name}/${subject}`
  const known = sight.state.alerts[key]
  if (isDisabled(sight, name)) return
  const raised = { holds: true, sentence }
  if (known === undefined || known.state === 'quiet') {
    sight.draft.put('alerts', key, { ...pending(sight, name, subject, known), raised })
  } else if (known.raised?.holds !== true || (known.state === 'pending' && known.raised.sentence !== sentence)) {
    sight.draft.put('alerts', key, { ...known, raised })
  }
}

/** Somebody says that it holds no longer; `sentence` may be empty. */
export function lower(sight: Sight, name: ConditionName, subject: string, sentence: string): void {
  const known = sight.state.alerts[`${name}/${subject}`]
  if (known?.raised?.holds !== true) return
  sight.draft.put('alerts', known.key, { ...known, raised: { holds: false, sentence } })
}

/** Lets an alert take its next step: to its firing, to its end, or out of memory. */
export function step(sight: Sight, record: AlertRecord, steps: Steps): void {
  if (record.state === 'quiet') return forget(sight, record)
  const known = conditionOf(record.name)
  if (known === undefined) return
  if (isSteady(sight, known, record)) return
  const judged = isDisabled(sight, known.name) ? 'ended' : known.condition.judge(sight, record.subject, record)
  if (judged === 'unsure') return
  if (record.state === 'pending') {
    if (judged === 'holds') waitOrFire(sight, known, record, steps)
    else drop(sight, record)
  } else if (judged === 'holds') {
    if (record.overSince !== undefined) put(sight, { ...record, overSince: undefined })
  } else if (judged === 'ended')
    resolve(sight, known, { ...record, overSince: sight.now }, whyEnded(sight, known, record), steps)
  else waitOrResolve(sight, known, record, steps)
}

/** It fires, and nothing that could end it has changed in this decision. */
function isSteady({ before, draft, anew }: Sight, { condition }: Known, record: AlertRecord): boolean {
  if (record.state !== 'firing' || record.overSince !== undefined || anew) return false
  const { state } = draft
  const isSame = state.alerts === before.alerts || before.alerts[record.key] === record
  return isSame && !condition.isTouched(before, state, record.subject)
}

function waitOrFire(sight: Sight, known: Known, record: AlertRecord, steps: Steps): void {
  const leftMs = known.alert.forMs - sight.sinceMs(record.since)
  if (leftMs > 0) return sight.draft.wakeIn(leftMs)
  const { name, condition } = known
  const labels = labelsOf(sight, name, record.subject)
  const flapping = known.alert.everyTime !== true && flaps(sight, record)
  const fired = {
    labels,
    fingerprint: fingerprintOf(labels),
    summary: condition.summary(sight, record.subject),
    startsMs: beginOf(sight, record),
  }
  put(sight, { ...record, state: 'firing', fired, ...(flapping ? { flapping } : {}) })
  const why = condition.why(sight, record.subject, record)
  steps.fired.push(firing(fired, flapping ? `${why} ${DAMPED}` : why))
}

const DAMPED = `It came and went ${FLAPS} times within an hour: it keeps firing until it was quiet for ${spell(QUIET_AFTER_FLAPS_MS)}.`

function flaps(sight: Sight, { resolvedAt = [] }: AlertRecord): boolean {
  return resolvedAt.filter((at) => sight.sinceMs(at) < FLAPS_WITHIN_MS).length >= FLAPS
}

/** By its begin one firing is told from the next: never the same as that of the last one. */
function beginOf({ now }: Sight, { fired }: AlertRecord): number {
  const nowMs = Math.round(now.wallMs)
  return fired?.startsMs === nowMs ? nowMs + 1 : nowMs
}

function waitOrResolve(sight: Sight, known: Known, record: AlertRecord, steps: Steps): void {
  const needMs = record.flapping === true ? QUIET_AFTER_FLAPS_MS : known.alert.keepFiringMs
  const overSince = record.overSince ?? sight.now
  const leftMs = needMs - sight.sinceMs(overSince)
  const over = { ...record, overSince }
  if (leftMs <= 0) return resolve(sight, known, over, known.condition.end(sight, record.subject, over), steps)
  if (record.overSince === undefined) put(sight, over)
  sight.draft.wakeIn(leftMs)
}

function resolve(sight: Sight, known: Known, record: AlertRecord, sentence: string, steps: Steps): void {
  if (record.fired !== undefined) {
    steps.ended.push(resolved(record.fired, sentence, record.overSince?.wallMs ?? sight.now.wallMs))
  }
  if (known.alert.everyTime === true) sight.draft.put('alerts', record.key, undefined)
  else rest(sight, record, [...(record.resolvedAt ?? []), sight.now].slice(-FLAPS))
}

/** What never fired leaves nothing behind but how often it did before. */
function drop(sight: Sight, record: AlertRecord): void {
  if (record.resolvedAt === undefined) sight.draft.put('alerts', record.key, undefined)
  else rest(sight, record, record.resolvedAt)
}

function rest(sight: Sight, { key, name, subject, fired }: AlertRecord, resolvedAt: readonly At[]): void {
  put(sight, {
    key,
    name,
    subject,
    state: 'quiet',
    since: sight.now,
    resolvedAt,
    ...(fired === undefined ? {} : { fired }),
  })
}

function forget(sight: Sight, { key, resolvedAt }: AlertRecord): void {
  const last = resolvedAt?.at(-1)
  if (last === undefined || sight.sinceMs(last) >= FLAPS_WITHIN_MS) sight.draft.put('alerts', key, undefined)
}

function put(sight: Sight, record: AlertRecord): void {
  sight.draft.put('alerts', record.key, record)
}

function whyEnded(sight: Sight, { name, alert }: Known, { subject }: AlertRecord): string {
  if (isDisabled(sight, name)) return 'This alert is disabled now.'
  const host = alert.about === 'host' ? sight.host(subject) : undefined
  if (host !== undefined) return `${subject} is in somebody’s hands: in maintenance, being updated, or off on order.`
  return `${alert.about === 'outlet' ? 'The limit of outlet ' : ''}${nameOf(subject)} is no longer configured.`
}
