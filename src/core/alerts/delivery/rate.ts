import type { Rate } from '../policy.ts'

/** How many messages a channel may be given at `atMs`, of a clock that nobody sets. */
export type Bucket = { readonly tokens: number; readonly atMs: number }

export function fullBucket({ burst }: Rate, nowMs: number): Bucket {
  return { tokens: Math.max(1, burst), atMs: nowMs }
}

/** How long until one more may leave; 0: now. */
export function untilFreeMs(bucket: Bucket, rate: Rate, nowMs: number): number {
  const { tokens } = refilled(bucket, rate, nowMs)
  return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * rate.refillMs)
}

export function takeOne(bucket: Bucket, rate: Rate, nowMs: number): Bucket {
  const { tokens } = refilled(bucket, rate, nowMs)
  return { tokens: Math.max(0, tokens - 1), atMs: nowMs }
}

function refilled({ tokens, atMs }: Bucket, { burst, refillMs }: Rate, nowMs: number): Bucket {
  const most = Math.max(1, burst)
  const more = refillMs <= 0 ? most : Math.max(0, nowMs - atMs) / refillMs
  return { tokens: Math.min(most, tokens + more), atMs: nowMs }
}
