import { createHash } from 'node:crypto'
import {
  closeSync,
  type Dirent,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Breadcrumb, Breadcrumbs, CommitOutcome } from '../ports/journal.ts'
import { failure, failureOf } from './failure.ts'
import { ensureDirectory, syncDirectory } from './state-directory.ts'

const markSchema = z.looseObject({
  intent: z.string(),
  target: z.string(),
  device: z.string(),
  outlet: z.string(),
  deviceId: z.string().optional(),
  reason: z.string(),
  offAtWallMs: z.number(),
  bootId: z.string(),
  offAtMonoMs: z.number(),
  holdMs: z.number(),
})

/** More than any mark of ours. */
const MAX_MARK_BYTES = 64 * 1024

/**
 * The marks in `breadcrumbs/` of the state directory: one JSON file for each intent and outlet, independent of the
 * database. A mark is complete under its name or not there at all; what a power cut left of one that was being written
 * bears a temporary name and means nothing, because no OFF was sent.
 */
export function breadcrumbsIn(stateDirectory: string): Breadcrumbs {
  const folder = join(stateDirectory, 'breadcrumbs')
  return {
    put: (mark) => put(stateDirectory, folder, mark),
    remove: (intent) => remove(folder, intent),
    list: () => list(folder),
  }
}

/**
 * Names made of letters and digits only, whatever the configuration calls its devices; `.` ends the intent's part, so
 * that no intent's name begins with another's.
 */
function intentPart(intent: string): string {
  return /^[A-Za-z0-9_-]{1,80}$/.test(intent) ? `i-${intent}.` : `h-${digest(intent)}.`
}

function fileName(mark: Breadcrumb): string {
  return `${intentPart(mark.intent)}${digest(JSON.stringify([mark.device, mark.outlet]))}.json`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** A mark that was there stays whole if the new one cannot be written: it may stand for an OFF that was sent. */
function put(stateDirectory: string, folder: string, mark: Breadcrumb): CommitOutcome {
  const what = `The breadcrumb of ${mark.device} outlet ${mark.outlet} cannot be written`
  if (!markSchema.safeParse(mark).success) return failure('invalid', `${what}: it could not be read back.`)
  const name = fileName(mark)
  const draft = join(folder, `.${name}.draft`)
  try {
    ensureDirectory(folder)
    // Each time: we may have been killed between creating the folder and syncing its name.
    syncDirectory(stateDirectory)
    const fd = openSync(draft, 'w', 0o640)
    try {
      writeFileSync(fd, `${JSON.stringify(mark)}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, join(folder, name))
    syncDirectory(folder)
    return { ok: true }
  } catch (error) {
    tryRemove(draft)
    return failureOf(error, what)
  }
}

function tryRemove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Drafts mean nothing; the next mark of this name replaces it.
  }
}

/** By name, and by content where somebody renamed the file. */
function remove(folder: string, intent: string): CommitOutcome {
  const part = intentPart(intent)
  try {
    const ours = entries(folder).filter(({ name }) => {
      if (name.startsWith(part) || name.startsWith(`.${part}`)) return true
      return !name.startsWith('.') && read(folder, name)?.intent === intent
    })
    for (const { name } of ours) rmSync(join(folder, name), { force: true })
    if (ours.length > 0) syncDirectory(folder)
    return { ok: true }
  } catch (error) {
    return failureOf(error, `The breadcrumbs of intent ${intent} cannot be removed`)
  }
}

function list(folder: string): ReturnType<Breadcrumbs['list']> {
  const marks: Breadcrumb[] = []
  const unreadable: string[] = []
  let found: Dirent[]
  try {
    found = entries(folder)
  } catch {
    return { marks, unreadable: [folder] }
  }
  for (const { name } of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (name.startsWith('.')) continue
    const mark = read(folder, name)
    if (mark === undefined) unreadable.push(name)
    else marks.push(mark)
  }
  return { marks, unreadable }
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Undefined where it is no mark: damaged, too long, or (a pipe would wait for ever) no plain file. */
function read(folder: string, name: string): Breadcrumb | undefined {
  const file = join(folder, name)
  try {
    const stat = statSync(file)
    if (!stat.isFile() || stat.size > MAX_MARK_BYTES) return undefined
    const parsed = markSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
