import { spell } from '../../phrase.ts'
import type { Delivery } from '../types.ts'

const LATE_MS = 300_000

/** A sentence where a message comes much later than it was made: `Delivered 3 h late: the connection failed.` */
export function lateSentence(
  { createdMs, lastError }: Pick<Delivery, 'createdMs' | 'lastError'>,
  nowMs: number,
): string | undefined {
  const lateMs = nowMs - createdMs
  if (lateMs < LATE_MS) return undefined
  const why = lastError?.sentence.replace(/\.$/, '') ?? 'it waited for its turn'
  return `Delivered ${spell(Math.round(lateMs / 60_000) * 60_000)} late: ${why}.`
}
