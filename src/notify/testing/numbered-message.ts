import type fc from 'fast-check'
import type { Message } from '../../ports/notifier.ts'
import { hostileMessage } from './hostile-message.ts'

/** How the summary of the alert numbered `nth` begins, by which it is found again whatever is escaped or cut. */
export function tokenOf(nth: number): string {
  return `alert${nth}of`
}

/** The tokens in what was sent, in its order. */
export function tokensIn(sent: unknown): string[] {
  return JSON.stringify(sent).match(/\balert\d+of\b/g) ?? []
}

/** Messages as bad as they get, whose alerts can be told apart. */
export const numberedMessage: fc.Arbitrary<Message> = hostileMessage.map((message) => ({
  ...message,
  alerts: message.alerts.map((alert, nth) => ({ ...alert, summary: `${tokenOf(nth)} ${alert.summary}` })),
}))
