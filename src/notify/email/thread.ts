import { createHash } from 'node:crypto'
import type { Message } from '../../ports/notifier.ts'

const SAFE = /^[A-Za-z0-9-]{1,120}$/

export type Ids = {
  /** The same for every try of a message: whoever gets it twice can tell. */
  readonly messageId: string
  /**
   * The same for all messages of a thread. No message has it: which of them arrives first is not known, and mail
   * programs gather those that refer to the same one, whether they have it or not (RFC 5256, REFERENCES).
   */
  readonly threadId: string
}

/** Message-IDs (RFC 5322, 3.6.4) at the domain of the sender. */
export function idsOf({ key, thread }: Pick<Message, 'key' | 'thread'>, from: string): Ids {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return { messageId: `<${word(key)}@${domain}>`, threadId: `<thread-${word(thread)}@${domain}>` }
}

function word(text: string): string {
  return SAFE.test(text) ? text : createHash('sha256').update(text).digest('hex').slice(0, 32)
}
