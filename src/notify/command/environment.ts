import type { Message } from '../../ports/notifier.ts'
import { cutBytes, plainText, titleLine } from '../wording.ts'

/** Linux takes 128 KiB in one variable; what does not fit is on the standard input. */
const TEXT_MOST_BYTES = 32 * 1024

/** What a program sees of a message without reading JSON. No value holds a NUL byte, which a variable cannot. */
export function environmentOf(message: Message): Readonly<Record<string, string>> {
  const { status, severity, kind, key } = message
  return {
    WATCHDOG_ALERT_TITLE: titleLine(message),
    WATCHDOG_ALERT_STATUS: status,
    WATCHDOG_ALERT_SEVERITY: severity,
    WATCHDOG_ALERT_KIND: kind,
    WATCHDOG_ALERT_KEY: key,
    WATCHDOG_ALERT_TEXT: cutBytes(plainText(message), TEXT_MOST_BYTES),
  }
}
