import type { AlertStore, MostAhead } from '../../ports/alert-store.ts'
import type { GoneChannels } from './gone-channels.ts'
import type { Ledger } from './ledger.ts'
import type { Work } from './work.ts'

export type KeptState = { readonly channels: ReadonlyMap<string, unknown>; readonly drill: unknown }

const QUIET_MS = 90_000_000

/**
 * What an earlier process left: what it was sending is sent again, and nothing waits longer than it rightly can. Undefined
 * where that cannot be written yet.
 */
export function takeUpState(ledger: Ledger, store: AlertStore, gone: GoneChannels): KeptState | undefined {
  const done = ledger.run((work) => {
    const { rows, nowMs } = work
    rows.requeueSending(nowMs)
    rows.clampDue(nowMs, mostAhead(work))
    return { channels: new Map(rows.kept('channel')), drill: rows.kept('drill')[0]?.[1], setup: work.setup }
  })
  if (!done.ok) return undefined
  const { channels, drill, setup } = done.value
  for (const { channel, queued } of store.queues()) if (queued > 0 && !setup.isThere(channel)) gone.add(channel)
  return { channels, drill }
}

/**
 * How far ahead anything can rightly be due. A message is tried at once, since a clock that was set back while nobody ran
 * would hold it back; the patience that a channel asked for is kept with the channel.
 */
function mostAhead({ setup }: Work): MostAhead {
  const { policy, relayWaitMs } = setup
  return {
    deliveryMs: 0,
    heldMs: Math.max(policy.groupWaitMs, relayWaitMs),
    quietMs: QUIET_MS + relayWaitMs,
    stepMs: Math.max(0, ...policy.receivers.map(({ escalateAfterMs }) => escalateAfterMs)),
    reminderMs: Math.max(QUIET_MS, 2 * policy.remindEveryMs),
  }
}
