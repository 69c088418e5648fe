import type { HappeningCode } from '../../codes.ts'
import { list } from '../../phrase.ts'
import { hostsOn, outletOf } from '../../power/outlets.ts'
import { type Intent, outletKey } from '../../power/types.ts'
import type { Told } from '../../state/types.ts'
import type { AlertUpdate, Labels } from '../types.ts'
import { nameOf } from './condition.ts'
import { partsOf } from './device-conditions.ts'
import { hasCut } from './plan-conditions.ts'
import type { Sight } from './sight.ts'
import { type NoticeName, OWN_ALERTS } from './table.ts'
import { isDisabled, labelsOf, notice } from './update.ts'

/** What of what was told is a notice of its own. */
const TOLD: Partial<Record<HappeningCode, NoticeName>> = {
  'switched-on': 'ProxmoxSwitchedOn',
  'cycle-done': 'ProxmoxSwitchedOn',
  'cycle-cut-short': 'ProxmoxPowerCycleCutShort',
  'cycle-fallback': 'ProxmoxPowerCycleFallback',
  'breadcrumb-honoured': 'ProxmoxBreadcrumbHonoured',
  'person-switched-on': 'OutletSwitchedByPerson',
  'power-outage-begun': 'PowerFailure',
  'power-outage-urgent': 'PowerFailure',
  'power-returning': 'PowerFailure',
  'power-relapsed': 'PowerFailure',
  'power-stage-begun': 'PowerFailureStage',
  'power-stage-would-begin': 'PowerFailureStage',
  'power-stage-moved': 'PowerFailureStage',
  'power-stage-deferred': 'PowerFailureStage',
  'power-node-shutting-down': 'PowerFailureHost',
  'power-node-back': 'PowerFailureHost',
  'power-ha-refused': 'PowerFailureTrouble',
  'power-guest-left': 'PowerFailureTrouble',
  'power-guest-not-back': 'PowerFailureTrouble',
  'power-outage-over': 'PowerFailureOver',
  'ups-forced-shutdown': 'UpsForcedShutdown',
  'ups-fsd-latched': 'UpsForcedShutdownLatched',
  'watchdog-late': 'WatchdogLate',
  'watchdog-late-exit': 'WatchdogLate',
  'watchdog-suspended': 'WatchdogLate',
}

/** What happened to power in this decision and is told once: each switching, with its reason. */
export function noticesOf(sight: Sight): AlertUpdate[] | undefined {
  const { before } = sight
  const { intents, outlets } = sight.state
  if (sight.draft.told.length === 0 && intents === before.intents && outlets === before.outlets) return undefined
  const notices: AlertUpdate[] = []
  for (const told of sight.draft.told) {
    const name = TOLD[told.code]
    if (name !== undefined && isNews(sight, told)) add(sight, notices, name, subjectOf(told), sentenceOf(sight, told))
  }
  for (const plan of Object.values(intents)) {
    if (turnsOff(plan) && !turnsOff(before.intents[plan.id])) {
      add(sight, notices, 'ProxmoxSwitchedOff', plan.target, whyOff(sight, plan))
    }
  }
  if (outlets !== before.outlets) addPersons(sight, notices)
  return notices
}

/** A cycle's own alert says how it ended; what a mark had turned on was never begun by an alert. */
function isNews(sight: Sight, { code, intent }: Told): boolean {
  if (code === 'watchdog-late' || code === 'watchdog-suspended') return takesTurn(sight, code)
  if (code !== 'switched-on' && code !== 'cycle-done') return true
  const plan = intent === undefined ? undefined : sight.before.intents[intent]
  return plan?.kind !== 'cycle' || plan.claim.id.startsWith('breadcrumb:')
}

/** What comes again and again is told once in a while; when it was told last is kept as a quiet alert. */
function takesTurn(sight: Sight, code: HappeningCode): boolean {
  const key = `WatchdogLate/${code}`
  const last = sight.state.alerts[key]?.resolvedAt?.at(-1)
  if (last !== undefined && sight.sinceMs(last) < OWN_ALERTS.WatchdogLate.keepFiringMs) return false
  const { now } = sight
  const row = { key, name: 'WatchdogLate', subject: code, state: 'quiet', since: now, resolvedAt: [now] } as const
  sight.draft.put('alerts', key, row)
  return true
}

function subjectOf({ code, host, device, outlet }: Told): string {
  if (code === 'person-switched-on') return `${device}/${outlet}`
  return host ?? ''
}

/** With its reason, where the word itself has none. */
function sentenceOf({ before }: Sight, { code, intent, sentence }: Told): string {
  const plan = code === 'switched-on' && intent !== undefined ? before.intents[intent] : undefined
  return plan === undefined ? sentence : `${sentence} The reason for it was: ${plan.reason}.`
}

function turnsOff(plan: Intent | undefined): boolean {
  return plan !== undefined && plan.kind === 'off' && hasCut(plan)
}

function whyOff({ state }: Sight, plan: Intent): string {
  const by = state.claims[plan.claim.id]?.by ?? plan.purpose
  return `Outlet ${list(plan.legs.map(({ ref }) => outletKey(ref)))} of ${nameOf(plan.target)} is being turned off on order of ${by}: ${plan.reason}.`
}

/** An outlet that nothing is known of but that it is off is nobody's news. */
function addPersons(sight: Sight, notices: AlertUpdate[]): void {
  const { before } = sight
  for (const { collection, key } of sight.draft.changes) {
    if (collection !== 'outlets' || before.outlets[key]?.personOffSince !== undefined) continue
    if (sight.state.outlets[key]?.personOffSince === undefined) continue
    const host = hostsOn(sight.state, partsOf(key))[0]?.name
    if (host === undefined && outletOf(sight.state, partsOf(key)) === undefined) continue
    const of = host === undefined ? '' : ` of ${host}`
    const why = `Outlet ${key}${of} is off and we did not do it: it is left alone.`
    add(sight, notices, 'OutletSwitchedByPerson', key, why)
  }
}

function add(sight: Sight, notices: AlertUpdate[], name: NoticeName, subject: string, sentence: string): void {
  if (isDisabled(sight, name)) return
  const labels = withHost(sight, name, subject, labelsOf(sight, name, subject))
  let atMs = Math.round(sight.now.wallMs)
  const made = notice(labels, SUMMARIES[name](subject, sentence), sentence, atMs)
  // By its time one is told from the next.
  while (notices.some(({ fingerprint, startsMs }) => fingerprint === made.fingerprint && startsMs === atMs)) atMs += 1
  notices.push({ ...made, startsMs: atMs })
}

function withHost(sight: Sight, name: NoticeName, subject: string, labels: Labels): Labels {
  if (OWN_ALERTS[name].about !== 'outlet') return labels
  const host = hostsOn(sight.state, partsOf(subject))[0]
  return host === undefined ? labels : { ...labels, host: host.name, cluster: host.cluster }
}

const MOST_SUMMARY = 120

/** The first part of what was told, as one line. */
function firstOf(sentence: string): string {
  const first = sentence.split(/[:.](?: |$)/)[0] ?? sentence
  return first.length <= MOST_SUMMARY ? first : `${first.slice(0, MOST_SUMMARY - 1)}…`
}

const SUMMARIES: Record<NoticeName, (subject: string, sentence: string) => string> = {
  ProxmoxSwitchedOff: (target) => `${nameOf(target)} is being switched off on order`,
  ProxmoxSwitchedOn: (target) => `${nameOf(target)} is switched on`,
  ProxmoxPowerCycleCutShort: (target) => `The switching of ${nameOf(target)} is ended early`,
  ProxmoxPowerCycleFallback: (target) => `The next power device of ${nameOf(target)} takes over`,
  ProxmoxBreadcrumbHonoured: (target) => `${nameOf(target)} was off without a plan: it is turned on`,
  OutletSwitchedByPerson: (outlet, sentence) =>
    `Outlet ${outlet} was switched ${sentence.includes(' is on again') ? 'on' : 'off'} by somebody else`,
  WatchdogLate: () => 'The watchdog is late',
  PowerFailure: (_, sentence) => firstOf(sentence),
  PowerFailureStage: (_, sentence) => firstOf(sentence),
  PowerFailureHost: (host, sentence) =>
    sentence.includes('alive again')
      ? `${host} is back after the power failure`
      : `${host} is shut down: power failure`,
  PowerFailureTrouble: (_, sentence) => firstOf(sentence),
  PowerFailureOver: () => 'The power failure is over',
  UpsForcedShutdown: (_, sentence) => firstOf(sentence),
  UpsForcedShutdownLatched: (_, sentence) => firstOf(sentence),
}
