import { type Clue, cluesIn } from './clues.ts'
import { betweenMs, lastLine, parseLine } from './journal-line.ts'
import type { BootRecord, LineSource, ProofLine, RebootEvidence } from './types.ts'

/** Everything that is recorded of the end of one boot, as one list, oldest first. */
export type BootEnd = {
  readonly lines: readonly string[]
  readonly endMissing: boolean
  readonly clues: readonly Clue[]
  readonly sourceOf: (index: number) => LineSource
  /** Milliseconds between a clue and the last line; undefined where the clock ran backwards in between. */
  readonly beforeEndMs: (clue: Clue) => number | undefined
}

/** Lines are written a moment after they were said. */
const OUT_OF_ORDER_MS = 1_000

/**
 * What is on the node's disk, and after that what our copy has besides: the last half minute seldom reaches the disk. A
 * copy that ends before the disk's record does adds nothing, and must not be taken for an end. Undefined without a line.
 */
export function oneRecord({ previous, copy }: RebootEvidence): BootEnd | undefined {
  const disk = isEmpty(previous) ? undefined : previous
  const ours = isEmpty(copy) ? undefined : copy
  if (disk === undefined) return ours && bootEnd(ours.lines, ours.endMissing, 0)
  const more = ours === undefined ? [] : beyond(disk.lines, ours.lines)
  const endMissing = more.length > 0 && ours !== undefined ? disk.endMissing && ours.endMissing : disk.endMissing
  return bootEnd([...disk.lines, ...more], endMissing, disk.lines.length)
}

function isEmpty(record: BootRecord | undefined): boolean {
  return record === undefined || record.lines.length === 0
}

/** What the copy has after the last line of the disk. */
function beyond(disk: readonly string[], copy: readonly string[]): readonly string[] {
  const end = disk.at(-1) ?? ''
  const at = copy.lastIndexOf(end)
  if (at >= 0) return copy.slice(at + 1)
  const diskEnd = lastLine(disk)
  if (diskEnd === undefined || disk.includes(copy.at(-1) ?? '')) return []
  return copy.filter((text) => {
    const line = parseLine(text)
    return line !== undefined && betweenMs(diskEnd, line) > 0
  })
}

function bootEnd(lines: readonly string[], endMissing: boolean, diskLines: number): BootEnd {
  const end = lastLine(lines)
  return {
    lines,
    endMissing,
    clues: cluesIn(lines),
    sourceOf: (index) => (index < diskLines ? 'previous' : 'copy'),
    beforeEndMs: ({ line }) => {
      const ms = end === undefined ? 0 : betweenMs(line, end)
      return ms >= -OUT_OF_ORDER_MS ? Math.max(0, ms) : undefined
    },
  }
}

/** The lines of these clues, with where each was read. */
export function proof({ sourceOf }: BootEnd, ...clues: readonly (Clue | undefined)[]): ProofLine[] {
  return clues.flatMap((clue) => (clue === undefined ? [] : [{ source: sourceOf(clue.index), text: clue.line.text }]))
}
