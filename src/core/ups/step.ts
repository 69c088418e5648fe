import type { Draft } from '../state/draft.ts'
import type { Event } from '../state/types.ts'
import { takeAnswer } from './answers.ts'
import { beginOutage } from './begin.ts'
import { endLeases, renewLeases } from './leases.ts'
import { meterUnits } from './metering.ts'
import { OutageEdit } from './outage-edit.ts'
import { comeBack, followMains } from './returning.ts'
import { runStages } from './stages.ts'
import { liveOutage } from './supply.ts'
import { takeOverOutage } from './take-over.ts'
import { watchUnits } from './watch-units.ts'

/**
 * The plan for power failures: it shuts down in stages what the battery cannot carry and brings it back. Runs before
 * claims are judged, so that its leases are renewed before anybody takes their place.
 */
export function stepPower(draft: Draft, event: Event): void {
  const { ups } = draft.state.policy
  if (ups === undefined) return event.kind === 'configured' || event.kind === 'started' ? abandon(draft) : undefined
  watchUnits(draft, ups)
  const live = liveOutage(draft.state)
  const edit = live === undefined ? beginOutage(draft, ups) : new OutageEdit(draft, ups, live)
  if (edit === undefined) return
  if (event.kind === 'started') takeOverOutage(edit)
  if (event.kind === 'errand-result') takeAnswer(edit, event.errand, event.result)
  meterUnits(edit)
  followMains(edit)
  if (edit.outage.phase === 'on-battery') runStages(edit)
  else if (edit.outage.phase === 'returning') comeBack(edit)
  renewLeases(edit)
  edit.save()
}

/** Without a UPS in the configuration there is no plan that could go on. What is off is told by its own alerts. */
function abandon(draft: Draft): void {
  const live = liveOutage(draft.state)
  if (live === undefined) return
  draft.put('powerOutages', live.id, { ...live, phase: 'over', endedAt: draft.now })
  endLeases(draft)
  draft.tell(
    'power-outage-over',
    'No UPS is configured any more: the plan for the power failure ends where it stands. What it shut down is started by hand.',
    { severity: 'critical' },
  )
}
