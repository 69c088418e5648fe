import type { DeliveryState } from '../../core/alerts/types.ts'
import type { Work } from './work.ts'

const MOST_LOOKED_AT = 100
const HAS: readonly DeliveryState[] = ['delivered', 'merged']

/** The keys of what a channel has, or is to have, of an incident. `only`: what has arrived there. */
export function keysOn(
  { rows, listDeliveries }: Work,
  channel: string,
  incident: number,
  only?: 'arrived',
): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const delivery of listDeliveries({ channel, incident, limit: MOST_LOOKED_AT })) {
    if (only === 'arrived' && !HAS.includes(delivery.state)) continue
    // What was merged is told by another delivery; its own notification still says what it was about.
    const told =
      delivery.state === 'merged' ? rows.notificationEvents(delivery.notification) : rows.deliveryEvents(delivery.id)
    for (const { key } of told) keys.add(key)
  }
  return keys
}
