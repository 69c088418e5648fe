/** How loud an alert is. `emergency` is louder than critical: it goes to everybody at once, whatever the hour. */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical', 'emergency'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

export type Labels = Readonly<Record<string, string>>

/** Where an alert came from. `own`: decided here. The others came in by a hook or by the dead man's switch. */
export const ALERT_SOURCES = ['own', 'alertmanager', 'proxmox', 'generic', 'deadman', 'drill', 'test'] as const
export type AlertSource = (typeof ALERT_SOURCES)[number]

/**
 * What a source says of one alert, in one common form. Written to the inbox before it is acknowledged. Times are wall
 * clock milliseconds, because they come from and go to other machines.
 */
export type AlertUpdate = {
  readonly kind: 'alert'
  readonly source: AlertSource
  /** `notice`: something that happened and is over; it is told once and never resolves. */
  readonly status: 'firing' | 'resolved' | 'notice'
  /** 16 hex digits over the labels, as Prometheus computes them: `fingerprintOf`. */
  readonly fingerprint: string
  /** Always with `alertname`; `severity` where the source gave one. */
  readonly labels: Labels
  /** `summary`, `description`, `runbook_url` are what messages show; others are kept. */
  readonly annotations: Labels
  readonly severity: AlertSeverity
  readonly startsMs: number
  /** Only with `resolved`. */
  readonly endsMs?: number
  /** A page about it, where the source gave one. */
  readonly link?: string
  /** Whatever else the source sent, kept as it was: unknown fields of a payload. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** A line for the timeline of every active incident of ours about that host or device; never a message of its own. */
export type AlertNote = {
  readonly kind: 'note'
  readonly host?: string
  readonly device?: string
  readonly code: string
  readonly sentence: string
  readonly atMs: number
}

/** What goes through the inbox. */
export type Incoming = AlertUpdate | AlertNote

/** One alert from its firing to its end. Its rows stay on disk; only those that are looked at come into memory. */
export type Incident = {
  readonly id: number
  readonly fingerprint: string
  readonly source: AlertSource
  readonly status: 'firing' | 'resolved' | 'notice'
  readonly severity: AlertSeverity
  readonly labels: Labels
  readonly annotations: Labels
  readonly link?: string
  readonly extra?: Readonly<Record<string, unknown>>
  readonly startsMs: number
  readonly endsMs?: number
  /** When it was last heard of. */
  readonly updatedMs: number
  readonly acknowledged?: { readonly by: string; readonly atMs: number; readonly comment: string }
  /** Why it is told to nobody now: a silence (its id) or another incident that folds it (its id). */
  readonly muted?: { readonly by: 'silence' | 'inhibition'; readonly id: number; readonly sinceMs: number }
  /** Whether a message about it was ever put on its way: what was never told need not be told as resolved. */
  readonly told: boolean
  /** When it is told again if it still fires then. */
  readonly remindAtMs?: number
}

export type TimelineKind =
  | 'fired'
  | 'changed'
  | 'escalated'
  | 'note'
  | 'muted'
  | 'unmuted'
  | 'acknowledged'
  | 'sent'
  | 'failed'
  | 'resolved'
export type TimelineEntry = {
  readonly incident: number
  readonly atMs: number
  readonly kind: TimelineKind
  readonly sentence: string
}

/** A silence or a maintenance by label match: what it matches is recorded and told to nobody, until it expires. */
export type Silence = {
  readonly id: number
  /** All of them must match. */
  readonly matchers: readonly string[]
  readonly startsMs: number
  readonly endsMs: number
  readonly by: string
  readonly comment: string
}

/** Something about an incident that somebody must be told. */
export const ALERT_EVENT_KINDS = ['firing', 'escalated', 'reminder', 'resolved', 'notice', 'update'] as const
export type AlertEventKind = (typeof ALERT_EVENT_KINDS)[number]

export type AlertEvent = {
  readonly incident: number
  /** `update`: only changes a message that is there already; a channel that cannot edit does nothing. */
  readonly kind: AlertEventKind
  readonly atMs: number
  /**
   * The same for the same fact whoever tells it: fingerprint, kind and begin. A channel never gets one twice; two relays
   * that got the same hook agree on it.
   */
  readonly key: string
}

/** An event that waits for a receiver: for its group, for the morning, or for the other relay. */
export type HeldEvent = AlertEvent & {
  readonly id: number
  readonly receiver: string
  readonly group: string
  readonly severity: AlertSeverity
  readonly why: 'group' | 'quiet-hours' | 'relay'
  readonly heldAtMs: number
  readonly dueMs: number
}

/** A group of events on its way along a receiver's chain of channels. */
export type Notification = {
  readonly id: number
  readonly receiver: string
  readonly group: string
  /** The step of the chain that has the word now. */
  readonly step: number
  readonly severity: AlertSeverity
  readonly digest: boolean
  readonly createdMs: number
  /** When the next step takes over, unless it was confirmed before; missing where there is none. */
  readonly nextStepMs?: number
  readonly state: 'open' | 'confirmed' | 'exhausted'
}

export const DELIVERY_STATES = ['queued', 'sending', 'delivered', 'merged', 'dropped', 'dead'] as const
/**
 * `sending` at a start: it may have arrived. `merged`: an earlier message of the channel said it too. `dropped`: the
 * other relay delivered it, or it was an update that nobody needs any more. `dead`: refused for good, or expired.
 */
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One message for one channel. */
export type Delivery = {
  readonly id: number
  readonly notification: number
  readonly channel: string
  readonly receiver: string
  readonly step: number
  readonly severity: AlertSeverity
  /** Lower goes first. */
  readonly priority: number
  readonly state: DeliveryState
  readonly createdMs: number
  readonly dueMs: number
  readonly expiresMs: number
  readonly attempts: number
  /** The channel refused the rich form: plain text from now on. */
  readonly plain: boolean
  readonly digest: boolean
  /** What a notifier has already got through of a message of several parts; opaque to everybody else. */
  readonly progress?: string
  /** The message as it was when its first part left: later tries say the same. */
  readonly frozen?: string
  readonly lastError?: { readonly code: string; readonly sentence: string }
  readonly deliveredMs?: number
}
