/**
 * One journal line in its parts. `identifier` is who said it, such as `watchdog-mux`. `timeMs` is good for differences
 * within one record only: the short form tells no year.
 */
export type JournalLine = {
  readonly text: string
  readonly timeMs: number
  readonly identifier: string
  /** What the kernel says has none: with one it is a program that calls itself `kernel`. */
  readonly pid?: number
  readonly message: string
}

/** `2026-11-20T19:19:22.498656+0000 pve2 watchdog-mux[168]: ...` (journalctl -o short-iso-precise). */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([+-]\d\d):?(\d\d) \S+ ([^\s:[]+)(?:\[(\d+)\])?: (.*)$/
/** `Nov 20 18:58:44.164566 pve3 corosync[70]: ...` (syslog, and what the API gives). */
const SHORT = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? \S+ ([^\s:[]+)(?:\[(\d+)\])?: (.*)$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A leap year, so that every day of the short form exists. */
const SOME_YEAR = 2000

/** Undefined for what is no line of a journal: `-- Boot ... --`, a blank one. */
export function parseLine(text: string): JournalLine | undefined {
  const iso = ISO.exec(text)
  if (iso !== null) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = iso.slice(1, 7).map(Number)
    const sign = iso[8]?.startsWith('-') ? -1 : 1
    const zone = sign * (Math.abs(Number(iso[8])) * 60 + Number(iso[9]))
    const timeMs = timeOf(year, month, day, (hour * 60 + minute - zone) * 60 + second, iso[7])
    return { text, timeMs, ...sayer(iso[10], iso[11], iso[12]) }
  }
  const short = SHORT.exec(text)
  if (short === null) return undefined
  const [day = 0, hour = 0, minute = 0, second = 0] = short.slice(2, 6).map(Number)
  const month = MONTHS.indexOf(short[1] ?? '') + 1
  if (month === 0) return undefined
  const timeMs = timeOf(SOME_YEAR, month, day, (hour * 60 + minute) * 60 + second, short[6])
  return { text, timeMs, ...sayer(short[7], short[8], short[9]) }
}

/** The first of these that is a line of a journal. */
export function firstLine(lines: readonly string[]): JournalLine | undefined {
  for (const text of lines) {
    const line = parseLine(text)
    if (line !== undefined) return line
  }
  return undefined
}

export function lastLine(lines: readonly string[]): JournalLine | undefined {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = parseLine(lines[index] ?? '')
    if (line !== undefined) return line
  }
  return undefined
}

function sayer(identifier: string | undefined, pid: string | undefined, message: string | undefined) {
  return { identifier: identifier ?? '', ...(pid === undefined ? {} : { pid: Number(pid) }), message: message ?? '' }
}

/** A year of the short form, which tells none. */
const YEAR_MS = 366 * 86_400_000
const HALF_A_YEAR_MS = YEAR_MS / 2

/** From one line of a record to another, in milliseconds; negative where the clock ran backwards. */
export function betweenMs(from: JournalLine, to: JournalLine): number {
  const ms = to.timeMs - from.timeMs
  // In the short form the first of January is long before the last of December.
  return ms < -HALF_A_YEAR_MS ? ms + YEAR_MS : ms
}

/** Days from 1970 by the civil calendar (Howard Hinnant's days_from_civil): the core has no Date. */
function timeOf(year: number, month: number, day: number, seconds: number, fraction: string | undefined): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  const days = era * 146_097 + dayOfEra - 719_468
  return (days * 86_400 + seconds) * 1000 + Number(`0.${fraction ?? '0'}`) * 1000
}
