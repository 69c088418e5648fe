import { readFileSync } from 'node:fs'
import { splitBoots } from '../core/reboots/boots.ts'
import { classifyReboot } from '../core/reboots/classify.ts'
import type { BootRecord, RebootVerdict } from '../core/reboots/types.ts'

export type RebootFiles = {
  /** The boot that ended; with several boots in it the last but one, and the last is the next. `-` for standard input. */
  readonly journal: string
  /** The boot after it. */
  readonly current?: string
  readonly netconsole?: string
}

type Judged =
  | { readonly ok: true; readonly node: string; readonly verdict: RebootVerdict }
  | { readonly ok: false; readonly sentence: string }

/** Why a machine rebooted, by files alone: as `journalctl -b -1 -o short-iso-precise` and others write them. */
export function judgeFiles(files: RebootFiles, node: string | undefined): Judged {
  const journal = linesOf(files.journal)
  if (!journal.ok) return journal
  const current = files.current === undefined ? undefined : linesOf(files.current)
  if (current?.ok === false) return current
  const netconsole = files.netconsole === undefined ? undefined : linesOf(files.netconsole)
  if (netconsole?.ok === false) return netconsole
  const boots = splitBoots(journal.lines)
  const name = node ?? nodeOf(journal.lines) ?? 'the node'
  if (boots.length === 0 || nodeOf(journal.lines) === undefined) {
    return {
      ok: false,
      sentence: `${nameOf(files.journal)} holds no line of a journal: write it with journalctl -b -1.`,
    }
  }
  const next = current?.lines ?? (boots.length > 1 ? boots.at(-1) : undefined)
  const previous = (current === undefined && boots.length > 1 ? boots.at(-2) : boots.at(-1)) ?? []
  const verdict = classifyReboot({
    node: name,
    previous: record(previous),
    ...(next === undefined ? {} : { current: record(next) }),
    also: netconsole === undefined ? {} : { netconsole: netconsole.lines },
  })
  return { ok: true, node: name, verdict }
}

const record = (lines: readonly string[]): BootRecord => ({ lines, endMissing: false })

/** Who wrote it: `2026-11-20T19:19:22.498656+0000 pve2 ...`, `Nov 20 18:58:44 pve3 ...`. */
const SPEAKER = /^(?:\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\S*) (\S+) [^\s:]+: /

function nodeOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const found = SPEAKER.exec(line)?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

const nameOf = (file: string) => (file === '-' ? 'standard input' : file)

type Read = { readonly ok: true; readonly lines: readonly string[] } | { readonly ok: false; readonly sentence: string }

function linesOf(file: string): Read {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8')
    return { ok: true, lines: text.split(/\r?\n/).filter((line) => line.trim() !== '') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return { ok: false, sentence: `${nameOf(file)} cannot be read (${code}).` }
  }
}
