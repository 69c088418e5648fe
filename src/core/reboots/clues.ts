import { type JournalLine, parseLine } from './journal-line.ts'
import { type ClueKind, KERNEL, PATTERNS } from './patterns.ts'

export type Clue = { readonly kind: ClueKind; readonly line: JournalLine; readonly index: number }

/** Every clue in the lines of one boot, in their order. Times are not looked at: the clock may have jumped. */
export function cluesIn(lines: readonly string[]): Clue[] {
  const clues: Clue[] = []
  lines.forEach((text, index) => {
    const line = parseLine(text)
    if (line === undefined) return
    // Any program may log under the kernel's name, but then its number stands beside it.
    if (line.identifier === KERNEL && line.pid !== undefined) return
    const kind = kindOf(line.identifier, line.message)
    if (kind !== undefined) clues.push({ kind, line, index })
  })
  return clues
}

function kindOf(identifier: string, message: string): ClueKind | undefined {
  return PATTERNS.find(({ by, says }) => by.test(identifier) && says.test(message))?.kind
}

/** `[ 5401.1] words`, with the caller where the kernel is built so: `[ 5401.1][ T1] words`. */
const PLAIN = /^\[\s*\d+\.\d+\](?:\[[^\]]*\])? ?/
/** `2,471,28773688,-;words`, or with the kernel's release before it. The first number: level and 8 times the facility. */
const EXTENDED = /^(?:[^,;\s]+,)?(\d+),\d+,\d+,[^;]*;/
/** From here on it is not the kernel who speaks, but a program that writes to /dev/kmsg. */
const FIRST_OF_PROGRAMS = 8

/** The same in netconsole, whose lines are the kernel's: plain, or extended (`2,471,28773688,-;softdog: ...`). */
export function netconsoleClues(lines: readonly string[]): { readonly kind: ClueKind; readonly text: string }[] {
  return lines.flatMap((text) => {
    const header = EXTENDED.exec(text)
    if (header !== null && Number(header[1]) >= FIRST_OF_PROGRAMS) return []
    const kind = kindOf(KERNEL, text.slice((header ?? PLAIN.exec(text) ?? [''])[0].length))
    return kind === undefined ? [] : [{ kind, text }]
  })
}

export function last(clues: readonly Clue[], ...kinds: readonly ClueKind[]): Clue | undefined {
  return clues.findLast(({ kind }) => kinds.includes(kind))
}
