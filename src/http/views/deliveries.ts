import type { Delivery as DeliveryView } from '../../api/deliveries.ts'
import type { Delivery } from '../../core/alerts/types.ts'
import type { At } from '../../core/time.ts'
import { maybe, wallFuture, wallPast } from './moments.ts'

/** Without `frozen` and `progress`: they are the notifier's own, and may be large. */
export function deliveryOf(delivery: Delivery, now: At): DeliveryView {
  const { id, channel, receiver, step, severity, state, attempts, plain, digest, lastError } = delivery
  const waits = state === 'queued' || state === 'sending'
  return {
    id,
    channel,
    receiver,
    step,
    severity,
    state,
    created: wallPast(delivery.createdMs, now),
    due: waits ? wallFuture(delivery.dueMs, now) : undefined,
    expires: waits ? wallFuture(delivery.expiresMs, now) : undefined,
    attempts,
    plain,
    digest,
    delivered: maybe(delivery.deliveredMs, (ms) => wallPast(ms, now)),
    lastError: maybe(lastError, ({ code, sentence }) => ({ code, sentence })),
  }
}
