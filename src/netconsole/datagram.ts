/** One datagram of netconsole (Documentation/networking/netconsole.rst of the kernel). */
export type Datagram =
  | { readonly kind: 'plain'; readonly lines: readonly string[] }
  | {
      readonly kind: 'extended'
      readonly header: Header
      /** The message and, behind a line end, its dictionary; of a fragment a part of that. */
      readonly body: Buffer
      /** Where a message that was too long for one datagram was cut, in bytes of its body. */
      readonly fragment?: { readonly offset: number; readonly total: number }
    }

export type Header = {
  /** Level and 8 times the facility; the kernel's own facility is 0. */
  readonly priority: number
  readonly sequence: string
  readonly timeUs: number
}

/** `2,471,28773688,-;`, or `6.14.8-2-pve,2,471,28773688,-,ncfrag=0/1135;` */
const HEADER = /^(?:[^,;\s]{1,64},)?(\d{1,5}),(\d{1,20}),(\d{1,17}),([^;\n]{0,400});/
const FRAGMENT = /(?:^|,)ncfrag=(\d{1,6})\/(\d{1,6})(?:,|$)/
const LONGEST_HEADER = 512
const FIRST_OF_PROGRAMS = 8

export function readDatagram(bytes: Buffer): Datagram {
  const header = HEADER.exec(bytes.toString('latin1', 0, LONGEST_HEADER))
  if (header === null) return { kind: 'plain', lines: linesOf(bytes.toString('utf8')) }
  const [all, priority, sequence = '', timeUs, more = ''] = header
  const fragment = FRAGMENT.exec(more)
  const read = {
    kind: 'extended' as const,
    header: { priority: Number(priority), sequence, timeUs: Number(timeUs) },
    body: bytes.subarray(all.length),
  }
  if (fragment === null) return read
  return { ...read, fragment: { offset: Number(fragment[1]), total: Number(fragment[2]) } }
}

/** The message without its dictionary, as the kernel prints it to a console. */
export function textOf({ priority, timeUs }: Header, body: Buffer): string {
  const end = body.indexOf('\n')
  const message = body.subarray(0, end < 0 ? body.length : end).toString('utf8')
  // What a program wrote to /dev/kmsg must not pass for the kernel's own words.
  const by = priority < FIRST_OF_PROGRAMS ? '' : '(a program) '
  return oneLine(`[${(timeUs / 1_000_000).toFixed(6).padStart(12)}] ${by}${message}`)
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map(oneLine)
    .filter((line) => line.trim() !== '')
}

const LONGEST_LINE = 1_024

/** Nothing in it that a terminal would take for a command, and no end of a line. */
export function oneLine(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd()
  return clean.length <= LONGEST_LINE ? clean : `${clean.slice(0, LONGEST_LINE - 1)}…`
}
