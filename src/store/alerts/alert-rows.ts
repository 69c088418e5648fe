import type { AlertRows } from '../../ports/alert-store.ts'
import { deliveryRows } from './deliveries.ts'
import { queueRows } from './delivery-queue.ts'
import { dueTimeRows } from './due-times.ts'
import { heldRows } from './held.ts'
import { inboxRows } from './inbox.ts'
import { incidentRows } from './incidents.ts'
import { keptRows } from './kept.ts'
import { messageRows } from './messages.ts'
import { notificationRows } from './notifications.ts'
import { silenceRows } from './silences.ts'
import type { AlertSql } from './sql.ts'
import { timelineRows } from './timeline.ts'

/** Every row of the alert path. Throws SQLite's error, which the transaction around it answers. */
export function alertRows(sql: AlertSql): AlertRows {
  return {
    ...inboxRows(sql),
    ...incidentRows(sql),
    ...timelineRows(sql),
    ...silenceRows(sql),
    ...heldRows(sql),
    ...notificationRows(sql),
    ...deliveryRows(sql),
    ...queueRows(sql),
    ...messageRows(sql),
    ...keptRows(sql),
    ...dueTimeRows(sql),
  }
}
