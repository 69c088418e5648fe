import type { ChannelStatus } from '../../ports/alerting.ts'
import type { SendOutcome } from '../../ports/notifier.ts'
import type { AlertObservation } from './parts.ts'

/** How a channel has fared: kept on disk, so that a restart neither forgets a failure nor the patience it was asked for. */
export type ChannelHealth = {
  readonly failures: number
  readonly failingSinceMs?: number
  readonly lastDeliveredMs?: number
  readonly lastError?: { readonly code: string; readonly sentence: string }
  /** Wall clock; it is left alone until then. */
  readonly pausedUntilMs?: number
  /** It was told that the channel fails. */
  readonly told?: boolean
}

export const UNTRIED: ChannelHealth = { failures: 0 }

/** A channel that has failed for so long is told. */
export const FAILING_MS = 900_000

/** Failures that are the message's, not the channel's. */
const OF_THE_MESSAGE: readonly string[] = ['rejected', 'too-large', 'aborted']

export type Fared = { readonly health: ChannelHealth; readonly observation?: AlertObservation }

export function afterOutcome(
  channel: string,
  before: ChannelHealth,
  outcome: SendOutcome,
  { nowMs, failures, pauseMs }: { readonly nowMs: number; readonly failures: number; readonly pauseMs: number },
): Fared {
  if (outcome.ok) {
    const { lastError } = before
    const health = { failures: 0, lastDeliveredMs: nowMs, ...(lastError === undefined ? {} : { lastError }) }
    if (before.told !== true) return { health }
    return { health, observation: { code: 'channel-works', channel, sentence: `The channel ${channel} works again.` } }
  }
  const { code, sentence } = outcome
  const failing = !OF_THE_MESSAGE.includes(code)
  const failingSinceMs = before.failingSinceMs ?? (failing ? nowMs : undefined)
  const isLong = failingSinceMs !== undefined && nowMs - failingSinceMs >= FAILING_MS
  const health: ChannelHealth = {
    ...before,
    failures,
    lastError: { code, sentence },
    ...(failingSinceMs === undefined ? {} : { failingSinceMs }),
    ...(pauseMs > 0 ? { pausedUntilMs: nowMs + pauseMs } : {}),
    ...(isLong ? { told: true } : {}),
  }
  if (!isLong || before.told === true) return { health }
  return {
    health,
    observation: { code: 'channel-failing', channel, sentence: `The channel ${channel} fails: ${sentence}` },
  }
}

/** What an earlier process kept; anything else counts as untried. A pause from a clock that stood wrong is cut short. */
export function keptHealth(value: unknown, nowMs: number, longestPauseMs: number): ChannelHealth {
  if (typeof value !== 'object' || value === null) return UNTRIED
  const { failures, failingSinceMs, lastDeliveredMs, lastError, pausedUntilMs, told } = value as Partial<ChannelHealth>
  if (typeof failures !== 'number') return UNTRIED
  const paused = typeof pausedUntilMs === 'number' && pausedUntilMs - nowMs <= longestPauseMs
  return {
    failures,
    ...(typeof failingSinceMs === 'number' ? { failingSinceMs } : {}),
    ...(typeof lastDeliveredMs === 'number' ? { lastDeliveredMs } : {}),
    ...(typeof lastError?.code === 'string' && typeof lastError.sentence === 'string' ? { lastError } : {}),
    ...(paused ? { pausedUntilMs } : {}),
    ...(told === true ? { told } : {}),
  }
}

export function statusOfHealth(
  health: ChannelHealth,
): Pick<ChannelStatus, 'lastDeliveredMs' | 'failingSinceMs' | 'lastError'> {
  const { lastDeliveredMs, failingSinceMs, lastError } = health
  return {
    ...(lastDeliveredMs === undefined ? {} : { lastDeliveredMs }),
    ...(failingSinceMs === undefined ? {} : { failingSinceMs }),
    ...(lastError === undefined ? {} : { lastError }),
  }
}
