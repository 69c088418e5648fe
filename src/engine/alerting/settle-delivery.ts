import { afterTry, keptParts, withoutParts } from '../../core/alerts/delivery/outcome.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import type { SendOutcome } from '../../ports/notifier.ts'
import { bury } from './bury.ts'
import { addLines } from './lines.ts'
import type { Merged, Sent } from './prepare-delivery.ts'
import { reviewNotification } from './review-notification.ts'
import type { Work } from './work.ts'

export type Settled = {
  /** Tries in a row that have failed now. */
  readonly failures: number
  readonly pauseMs: number
  /** The service itself asked for the pause. */
  readonly asked: boolean
}

/** Writes down what came of a try. */
export function settleDelivery(
  work: Work,
  delivery: Delivery,
  sent: Sent,
  outcome: SendOutcome,
  channel: { readonly failures: number; readonly random: number },
): Settled {
  const { rows, nowMs } = work
  const after = afterTry(delivery, outcome, { ...channel, nowMs, sent: JSON.stringify(sent) })
  if (outcome.ok) arrived(work, after.delivery, sent, outcome)
  else {
    if (outcome.advice === 'anew' && sent.edit !== undefined) rows.forgetMessage(delivery.channel, sent.edit)
    if (after.delivery.state === 'dead') bury(work, after.delivery, outcome.code, outcome.sentence)
    else {
      rows.updateDelivery(after.delivery)
      // The first failure only: what is tried for three days would fill the story.
      if (delivery.attempts === 1) {
        const sentence = `It could not be delivered by ${delivery.channel} yet: ${outcome.sentence}`
        addLines(work, sent.incidents, [{ kind: 'failed', sentence }])
      }
    }
  }
  return { failures: after.failures, pauseMs: after.pauseMs, asked: after.asked }
}

/** The try was given up because we stop: the next process goes on. */
export function giveBack(work: Work, delivery: Delivery, sent: Sent, progress: string | undefined): void {
  const back: Delivery = { ...delivery, state: 'queued', dueMs: work.nowMs }
  work.rows.updateDelivery(keptParts(back, progress, JSON.stringify(sent)))
}

function arrived(work: Work, delivery: Delivery, sent: Sent, outcome: Extract<SendOutcome, { ok: true }>): void {
  const { rows, nowMs } = work
  const { channel } = delivery
  rows.updateDelivery(withoutParts(delivery))
  const ref = outcome.ref ?? sent.edit
  if (ref !== undefined) {
    if (sent.edit !== undefined && sent.edit !== ref) rows.forgetMessage(channel, sent.edit)
    rows.putMessage(channel, ref, sent.incidents, nowMs)
  }
  const how = sent.edit === undefined ? 'Told by' : 'Its message was changed:'
  const note = outcome.note === undefined ? '.' : `, but not wholly: ${outcome.note}`
  addLines(work, sent.incidents, [{ kind: 'sent', sentence: `${how} ${channel}${note}` }])
  for (const merged of sent.merged) merge(work, merged, delivery.id)
  reviewNotification(work, delivery.notification)
}

/** Another delivery of the channel whose incidents were told with this one. */
function merge(work: Work, { delivery: id, incidents }: Merged, into: number): void {
  const { rows } = work
  const [other] = rows.deliveries([id])
  if (other?.state !== 'queued' || other.progress !== undefined) return
  if (rows.removeDeliveryEvents(id, incidents, into) > 0) return
  rows.updateDelivery({ ...other, state: 'merged', deliveredMs: work.nowMs })
  reviewNotification(work, other.notification)
}
