import { dead } from '../../core/alerts/delivery/outcome.ts'
import { incidentsOf } from '../../core/alerts/delivery/worth-telling.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import { addLines } from './lines.ts'
import { reviewNotification } from './review-notification.ts'
import type { Work } from './work.ts'

/** A delivery ends among the dead letters: it is told there why, and the next step of the chain takes over. */
export function bury(work: Work, delivery: Delivery, code: string, sentence: string): void {
  work.rows.updateDelivery(dead(delivery, code, sentence))
  const line = `It could not be delivered by ${delivery.channel}: ${sentence}`
  addLines(work, incidentsOf(work.rows.deliveryEvents(delivery.id)), [{ kind: 'failed', sentence: line }])
  const { channel } = delivery
  work.after(() =>
    work.hands.observe({ code: 'dead-letter', channel, sentence: deadLetterSentence(channel, sentence) }),
  )
  reviewNotification(work, delivery.notification)
}

function deadLetterSentence(channel: string, why: string): string {
  return `A message could not be delivered by ${channel} and is among the dead letters: ${why}`
}
