import type { At } from '../../src/core/time.ts'

export const BOOT = 'boot-1'
/** 2025-03-01 12:00:00 UTC, an hour after boot. */
export const NOON: At = { wallMs: Date.UTC(2025, 2, 1, 12), bootId: BOOT, monoMs: 3_600_000 }

export function ago(ms: number): At {
  return { wallMs: NOON.wallMs - ms, bootId: BOOT, monoMs: NOON.monoMs - ms }
}

export function ahead(ms: number): At {
  return ago(-ms)
}

export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
