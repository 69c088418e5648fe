import type { ObservedName } from '../../core/alerts/own/table.ts'
import type { Event } from '../../core/state/types.ts'
import type { AlertObservation } from '../../engine/alerting/parts.ts'

type Meaning = { readonly name: ObservedName; readonly holds: boolean }

/** What the alert path notices about itself, as an alert of ours that begins or ends. */
const MEANINGS: Readonly<Partial<Record<AlertObservation['code'], Meaning>>> = {
  'channel-failing': { name: 'WatchdogChannelFailing', holds: true },
  'channel-works': { name: 'WatchdogChannelFailing', holds: false },
  'dead-letter': { name: 'WatchdogDeadLetters', holds: true },
  'uplink-down': { name: 'WatchdogUplinkDown', holds: true },
  'uplink-back': { name: 'WatchdogUplinkDown', holds: false },
  'drill-failed': { name: 'WatchdogDrillFailed', holds: true },
  'drill-passed': { name: 'WatchdogDrillFailed', holds: false },
}

/** Undefined for what is logged and no alert. */
export function observedEvent({ code, sentence, channel }: AlertObservation): Event | undefined {
  const meaning = MEANINGS[code]
  if (meaning === undefined) return undefined
  return { kind: 'observed', ...meaning, subject: channel ?? '', sentence }
}

/** No dead letter is left in a channel: what was told about them is over. */
export function lettersGone(channel: string): Event {
  const sentence = `No dead letter of ${channel} is left.`
  return { kind: 'observed', name: 'WatchdogDeadLetters', subject: channel, holds: false, sentence }
}
