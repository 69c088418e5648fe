import { hash } from './journal.ts'

const DAY_S = 86_400
const MINUTE_S = 60

/**
 * How busy something is at a second of virtual time, from 0 to 1: a day's wave with some noise, the same in every run.
 */
export function loadAt(name: string, atS: number): number {
  const wave = Math.sin((2 * Math.PI * atS) / DAY_S + (hash(name) % 628) / 100)
  const noise = (hash(`${name}@${Math.floor(atS / MINUTE_S)}`) % 1000) / 1000
  return 0.05 + 0.15 * (1 + wave) + 0.15 * noise
}

/** What a thing has sent or received until then, in bytes: grows with time. */
export function bytesUntil(name: string, uptimeS: number): number {
  return Math.floor(Math.max(0, uptimeS) * (20_000 + (hash(name) % 80_000)))
}
