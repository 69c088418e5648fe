import { withoutParts } from '../../core/alerts/delivery/outcome.ts'
import { incidentsOf } from '../../core/alerts/delivery/worth-telling.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import { addLines } from './lines.ts'
import type { Work } from './work.ts'

/** Puts dead letters back into their queues, to be told whole and as things are now. Answers how many. */
export function replayLetters(work: Work, letters: readonly Delivery[], by: string): number {
  const { rows, nowMs, setup } = work
  let count = 0
  for (const { id } of letters) {
    const [letter] = rows.deliveries([id])
    if (letter?.state !== 'dead' || !setup.isThere(letter.channel)) continue
    rows.updateDelivery({
      ...withoutParts(letter),
      state: 'queued',
      dueMs: nowMs,
      expiresMs: nowMs + setup.policy.expireAfterMs,
      attempts: 0,
      plain: false,
    })
    const sentence = `${by} put it back into the queue of ${letter.channel}.`
    addLines(work, incidentsOf(rows.deliveryEvents(id)), [{ kind: 'note', sentence }])
    work.after(() => work.hands.wakeChannel(letter.channel, true))
    count += 1
  }
  return count
}
