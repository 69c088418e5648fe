import type { Message } from '../../ports/notifier.ts'
import type { Setup } from './setup.ts'

const WORDS = {
  drill: 'Drill: the alert path is tried; nothing has happened',
  test: 'Test message: somebody tries this channel',
} as const

/** A marked message that tells of nothing. `id`: letters and digits; the same is never used twice. */
export function canaryMessage(kind: 'drill' | 'test', id: string, { speaker }: Setup, nowMs: number): Message {
  const { sender, timeZone } = speaker
  return {
    key: `${kind}-${id}`,
    thread: kind,
    kind,
    status: 'notice',
    severity: 'info',
    title: WORDS[kind],
    alerts: [],
    createdMs: nowMs,
    sender,
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}
