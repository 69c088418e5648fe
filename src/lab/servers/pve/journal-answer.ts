import { hash } from '../../world/cluster/journal.ts'
import type { Boot, JournalEntry } from '../../world/cluster/types.ts'
import { type Answer, Beside, type Call } from './call.ts'
import { Refusal } from './refusal.ts'

type Line = { readonly entry: JournalEntry; readonly boot: Boot }

/**
 * Cursor, lines, cursor; between two boots stands `-- Reboot --`. `since` and `startcursor` exclude each other, and
 * where nothing is new there is the cursor alone.
 */
export const journal: Answer = (call) => {
  const { since, until, lastentries, startcursor, endcursor } = call.parameters
  if (startcursor !== undefined && since !== undefined) {
    throw new Refusal(500, 'cannot use startcursor together with since')
  }
  if (lastentries !== undefined && (since !== undefined || startcursor !== undefined)) {
    throw new Refusal(500, 'cannot use lastentries together with a range')
  }
  const all = linesOf(call)
  let lines = all
  const { wall, node } = call
  if (since !== undefined) lines = lines.filter(({ entry }) => wall.s(entry.atMs, node) >= Number(since))
  if (until !== undefined) lines = lines.filter(({ entry }) => wall.s(entry.atMs, node) <= Number(until))
  if (startcursor !== undefined) lines = lines.filter(({ entry }) => entry.serial > serialOf(startcursor))
  if (endcursor !== undefined) lines = lines.filter(({ entry }) => entry.serial <= serialOf(endcursor))
  if (lastentries !== undefined && Number(lastentries) > 0) lines = lines.slice(-Number(lastentries))
  const [first, last] = [lines[0], lines.at(-1)]
  if (first === undefined || last === undefined) {
    const end = all.at(-1)
    return beside(startcursor !== undefined ? [startcursor] : end === undefined ? [] : [cursor(call, end)])
  }
  return beside([cursor(call, first), ...written(call, lines), cursor(call, last)])
}

/** What is streamed from a program is wrapped once more. */
function beside(lines: readonly string[]): Beside {
  return new Beside(lines, { success: 1 })
}

function linesOf({ node, world, faults }: Call): Line[] {
  const lines = node.boots.flatMap((boot) => boot.lines.map((entry) => ({ entry, boot })))
  const [first] = lines
  if (faults.journalPadding === 0 || first === undefined) return lines
  const text = `${'a line of a very long journal, '.repeat(6)}of which there is no end`
  const entry = { serial: 0, atMs: Math.min(first.entry.atMs, world.nowMs), who: 'pvestatd[128]', text }
  return [...Array.from({ length: faults.journalPadding }, () => ({ entry, boot: first.boot })), ...lines]
}

function written({ wall, node }: Call, lines: readonly Line[]): string[] {
  let boot = lines[0]?.boot
  return lines.flatMap((line) => {
    const { atMs, who, text } = line.entry
    const written = `${wall.stamp(atMs, node)} ${node.name} ${who}: ${text}`
    if (line.boot === boot) return [written]
    boot = line.boot
    return ['-- Reboot --', written]
  })
}

function cursor({ wall, node }: Call, { entry, boot }: Line): string {
  const file = [0, 1, 2, 3].map((part) => hash(`${node.name}/journal/${part}`).toString(16).padStart(8, '0')).join('')
  const mono = Math.max(0, Math.floor((wall.ms(entry.atMs) - wall.ms(boot.startMs)) * 1000))
  const real = Math.floor(wall.ms(entry.atMs, node) * 1000)
  const check = hash(`${node.name}/${entry.serial}`).toString(16)
  const parts = { s: file, i: hex(entry.serial), b: boot.id, m: hex(mono), t: hex(real), x: check }
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}

function serialOf(given: string): number {
  const serial = /(?:^|;)i=([0-9a-f]+)(?:;|$)/.exec(given)?.[1]
  if (serial === undefined) throw new Refusal(500, `failed to seek to cursor: ${given}`)
  return Number.parseInt(serial, 16)
}

function hex(value: number): string {
  return value.toString(16)
}
