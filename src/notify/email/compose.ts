import type { Message } from '../../ports/notifier.ts'
import { cutBytes, oneLine, plainText, titleLine } from '../wording.ts'
import { htmlOf } from './html.ts'
import type { EmailSettings } from './settings.ts'
import { idsOf } from './thread.ts'

/** Longer subjects are cut by mail programs anyway. */
const MOST_SUBJECT = 180
/** Of the plain form, which is what is tried where the server said that a message is too large. */
const MOST_PLAIN_BYTES = 64 * 1024

/** The whole message, MIME and all, ready for DATA. `plain`: without the HTML, and cut where it is very long. */
export async function compose(
  message: Message,
  { from, to }: Pick<EmailSettings, 'from' | 'to'>,
  plain: boolean,
): Promise<Buffer> {
  // Not before the first message: a watchdog without e-mail never has it in memory.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const { messageId, threadId } = idsOf(message, from)
  const text = `${titleLine(message)}\n\n${plainText(message)}\n\n-- \n${oneLine(message.sender)}\n`
  const composer = new MailComposer({
    from: { name: oneLine(message.sender), address: from },
    to: [...to],
    subject: titleLine(message, MOST_SUBJECT),
    text: plain ? cutBytes(text, MOST_PLAIN_BYTES) : text,
    ...(plain ? {} : { html: htmlOf(message) }),
    messageId,
    inReplyTo: threadId,
    references: [threadId],
    date: new Date(message.createdMs),
    headers: headersOf(message),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return new Promise((resolve, reject) => {
    composer.compile().build((error, bytes) => (error === null ? resolve(bytes) : reject(error)))
  })
}

function urgent({ kind, status, severity }: Message): boolean {
  return kind === 'alerts' && status === 'firing' && (severity === 'critical' || severity === 'emergency')
}

/** RFC 3834: nobody's absence note answers it. `Importance` is of RFC 2156; the others are for the rules of mail programs. */
function headersOf(message: Message): Record<string, string> {
  const { kind, status, severity } = message
  return {
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
    ...(urgent(message) ? { Importance: 'high', 'X-Priority': '1 (Highest)' } : {}),
    'X-Watchdog-Kind': kind,
    'X-Watchdog-Status': status,
    'X-Watchdog-Severity': severity,
  }
}
