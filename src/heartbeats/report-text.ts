import type { HeartbeatReport } from '../ports/heartbeat.ts'

/** The report as a few lines: `pve-watch: all is well`, or what is wrong, a line each. */
export function reportText({ well, reasons, sender }: HeartbeatReport): string {
  if (well) return `${oneLine(sender)}: all is well`
  return [`${oneLine(sender)}: not well`, ...reasons.map((reason) => `- ${oneLine(reason)}`)].join('\n')
}

/** The report as one line, for a query. */
export function reportLine({ well, reasons, sender }: HeartbeatReport): string {
  return oneLine(well ? `${sender}: all is well` : `${sender}: ${reasons.join(' ') || 'not well'}`)
}

/** At most `most` bytes of UTF-8, never half a character, with an ellipsis where something was cut. */
export function cutBytes(text: string, most: number): string {
  const whole = text.toWellFormed()
  if (Buffer.byteLength(whole) <= most) return whole
  const ellipsis = '…'
  const left = Math.max(0, most - Buffer.byteLength(ellipsis))
  // A character that was cut through decodes to U+FFFD at the end.
  const cut = Buffer.from(whole)
    .subarray(0, left)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
  return left === 0 ? '' : `${cut}${ellipsis}`
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
