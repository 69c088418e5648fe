import { LONGEST_WAIT_MS } from '../../core/alerts/delivery/retry.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
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
    rows.clampDue(nowMs, mostAheadMs(work))
    return { channels: new Map(rows.kept('channel')), drill: rows.kept('drill')[0]?.[1], setup: work.setup }
  })
  if (!done.ok) return undefined
  const { channels, drill, setup } = done.value
  for (const { channel, queued } of store.queues()) if (queued > 0 && !setup.isThere(channel)) gone.add(channel)
  return { channels, drill }
}

/** The furthest that anything can be due: the end of the quiet hours, a reminder, a next step, a wait that was asked for. */
function mostAheadMs({ setup }: Work): number {
  const { policy } = setup
  return Math.max(
    QUIET_MS,
    LONGEST_WAIT_MS,
    2 * policy.remindEveryMs,
    ...policy.receivers.map(({ escalateAfterMs }) => escalateAfterMs),
  )
}
