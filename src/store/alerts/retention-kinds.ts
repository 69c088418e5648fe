/** One kind of rows that is removed when it is over and old, and what goes with it. */
export type Kind = {
  readonly table: string
  /** When a row was made. With the ids this tells in which order they came, whatever the clocks said. */
  readonly madeMs: string
  /** When it was last of use. */
  readonly lastMs: string
  /** What is not over stays, whatever its age and number. */
  readonly over: string
  /** Rows that belong to it. */
  readonly along?: { readonly table: string; readonly column: string }
}

/** What tells a channel or a receiver that it knows of an alert stays as long as that fires. */
const knownFiring = (table: string, of: string) =>
  `exists (
     select 1 from ${table} join incident on incident.id = ${table}.incident
     where ${table}.${of} = ${of}.id and ${table}.kind in ('firing', 'escalated') and incident.status = 'firing'
   )`

/** In this order: an incident goes after the deliveries that may still be replayed. */
export const KINDS: readonly Kind[] = [
  {
    table: 'delivery',
    madeMs: 'created_ms',
    lastMs: 'coalesce(delivered_ms, due_ms)',
    over: `state not in ('queued', 'sending') and not ${knownFiring('delivery_event', 'delivery')}`,
    along: { table: 'delivery_event', column: 'delivery' },
  },
  {
    table: 'notification',
    madeMs: 'created_ms',
    lastMs: 'created_ms',
    over: `state <> 'open' and not exists (select 1 from delivery where delivery.notification = notification.id)
           and not ${knownFiring('notification_event', 'notification')}`,
    along: { table: 'notification_event', column: 'notification' },
  },
  {
    table: 'message',
    madeMs: 'at_ms',
    lastMs: 'at_ms',
    over: `not exists (
             select 1 from message_incident join incident on incident.id = message_incident.incident
             where message_incident.message = message.id and incident.status = 'firing'
           )`,
    along: { table: 'message_incident', column: 'message' },
  },
  {
    table: 'incident',
    madeMs: 'made_ms',
    lastMs: 'updated_ms',
    over: `status <> 'firing' and not exists (select 1 from held where held.incident = incident.id)
           and not exists (
             select 1 from notification_event join notification on notification.id = notification_event.notification
             where notification_event.incident = incident.id and notification.state = 'open'
           )
           and not exists (
             select 1 from delivery_event join delivery on delivery.id = delivery_event.delivery
             where delivery_event.incident = incident.id and delivery.state in ('queued', 'sending', 'dead')
           )`,
    along: { table: 'timeline', column: 'incident' },
  },
]
