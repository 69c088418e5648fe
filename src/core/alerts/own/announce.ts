import { outletKey } from '../../power/types.ts'
import type { Draft } from '../../state/draft.ts'
import type { Event, State, Told } from '../../state/types.ts'
import { discover, discoverAll } from './discover.ts'
import { lower, raise, type Steps, step } from './lifecycle.ts'
import { notesOf } from './notes.ts'
import { noticesOf } from './notices.ts'
import { ORPHAN } from './plan-conditions.ts'
import { Sight } from './sight.ts'
import { OWN_ALERTS } from './table.ts'
import type { AlertRecord } from './types.ts'
import { isDisabled } from './update.ts'

/**
 * The last slice of a decision: what begins or ends to hold by it is announced in its own transaction. `before` is the
 * state that the decision is made from.
 */
export function announce(draft: Draft, before: State, event: Event): void {
  const anew = event.kind === 'started' || event.kind === 'configured'
  const sight = new Sight(draft, before, anew)
  if (event.kind === 'started') forgetProcess(sight)
  if (event.kind === 'observed') observe(sight, event)
  for (const told of draft.told) takeTold(sight, told)
  if (anew) discoverAll(sight)
  else discover(sight)
  // Before the alerts take their steps: what ends in this very decision is noted to, as well.
  const records = Object.values(draft.state.alerts)
  const notes = notesOf(sight, records)
  const steps = stepAll(sight, records)
  const notices = noticesOf(sight)
  const { incoming } = draft
  // What begins goes before what is noted to it, and that before its end.
  if (steps !== undefined) incoming.push(...steps.fired)
  if (notices !== undefined) incoming.push(...notices)
  if (notes !== undefined) incoming.push(...notes)
  if (steps !== undefined) incoming.push(...steps.ended)
}

/** What an earlier process was told and nobody has written down: whoever knows will say it again. */
function forgetProcess(sight: Sight): void {
  for (const { name, subject } of Object.values(sight.state.alerts)) {
    const isOrphan = name === 'ProxmoxOutletNotOn' && subject.startsWith(ORPHAN)
    if (isOrphan) lower(sight, 'ProxmoxOutletNotOn', subject, '')
    else if (name === 'WatchdogConfigurationRefused' || name === 'WatchdogHttpUnavailable') lower(sight, name, '', '')
  }
}

function observe(sight: Sight, { name, subject, holds, sentence }: Extract<Event, { kind: 'observed' }>): void {
  if (OWN_ALERTS[name]?.kind !== 'observed' || isDisabled(sight, name)) return
  const before = sight.state.alerts[`${name}/${subject}`]?.raised?.holds === true
  if (holds) raise(sight, name, subject, sentence)
  else lower(sight, name, subject, sentence)
  if (before === holds) return
  const severity = OWN_ALERTS[name].severity
  sight.draft.tell(holds ? 'trouble-observed' : 'trouble-over', sentence, holds ? { severity } : {})
}

/** What happened and is not to be read off the state afterwards. */
function takeTold(sight: Sight, { code, sentence, host, device, outlet }: Told): void {
  switch (code) {
    case 'cycle-failed':
      if (host !== undefined && sight.host(host) !== undefined) raise(sight, 'ProxmoxPowerCycleFailed', host, sentence)
      return
    case 'breadcrumb-orphaned': {
      const key = device === undefined ? '' : outletKey({ device, outlet: outlet ?? '' })
      return raise(sight, 'ProxmoxOutletNotOn', `${ORPHAN}${key}`, sentence)
    }
    case 'configuration-refused':
      return raise(sight, 'WatchdogConfigurationRefused', '', sentence)
    case 'configuration-loaded':
      return lower(sight, 'WatchdogConfigurationRefused', '', '')
    case 'http-unavailable':
      return raise(sight, 'WatchdogHttpUnavailable', '', sentence)
    case 'http-available':
      return lower(sight, 'WatchdogHttpUnavailable', '', sentence)
  }
}

function stepAll(sight: Sight, records: readonly AlertRecord[]): Steps | undefined {
  if (records.length === 0) return undefined
  const steps: Steps = { fired: [], ended: [] }
  for (const record of records) step(sight, record, steps)
  return steps
}
