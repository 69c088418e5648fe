import { eventKey } from '../../core/alerts/incidents/event-key.ts'
import { takeNote } from '../../core/alerts/incidents/take-note.ts'
import { takeUpdate } from '../../core/alerts/incidents/take-update.ts'
import type { AlertUpdate, Incoming } from '../../core/alerts/types.ts'
import type { InboxRow } from '../../ports/alert-store.ts'
import type { Work } from './work.ts'
import { writeStep } from './write-step.ts'

const STORY_LINES = 50

/** Turns a row of the inbox into incidents and what is to be told of them, and removes it. */
export function takeRow(work: Work, row: InboxRow): void {
  const heardMs = Math.min(row.receivedMs, work.nowMs)
  for (const incoming of row.incoming) takeIncoming(work, incoming, heardMs)
  work.rows.removeInbox([row.id])
}

export function takeIncoming(work: Work, incoming: Incoming, heardMs: number): void {
  const { rows } = work
  if (incoming.kind === 'note') {
    const { host, device } = incoming
    const about = rows.ownIncidentsAbout({
      ...(host === undefined ? {} : { host }),
      ...(device === undefined ? {} : { device }),
    })
    for (const step of takeNote(incoming, about)) writeStep(work, step, heardMs)
    return
  }
  if (incoming.source === 'drill') return work.after(() => work.hands.canaryReturned(incoming))
  for (const step of stepsOf(work, incoming, heardMs)) writeStep(work, step, heardMs)
}

function stepsOf(work: Work, update: AlertUpdate, heardMs: number) {
  const { rows, setup } = work
  const { fingerprint, status } = update
  const known = {
    firing: rows.firingIncident(fingerprint),
    last: rows.lastIncident(fingerprint),
    wasTold: () => {
      const key = eventKey({ ...update, id: 0 }, status, heardMs)
      return setup.routing.receivers.some((receiver) => rows.knowsEvent(receiver, key))
    },
    story: (incident: number) => rows.timeline(incident, STORY_LINES),
  }
  return takeUpdate(update, known, heardMs)
}
