import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { syncDirectory } from './state-directory.ts'

export type BackupOutcome = { readonly ok: true; readonly file: string } | StoreFailure

/**
 * Copies the state to the new file `file` (0640) by SQLite's backup API, as it is at one moment, while commits go on.
 * Written under another name, checked and synced, then put in its place: what bears the name is a whole backup.
 * An existing file is never overwritten (`exists`). Never rejects.
 */
export async function backupTo(database: DatabaseSync, file: string): Promise<BackupOutcome> {
  const target = resolve(file)
  const draft = `${target}.partial-${randomBytes(4).toString('hex')}`
  if (existsSync(target)) return inTheWay(target)
  try {
    closeSync(openSync(draft, 'wx', 0o640))
  } catch (error) {
    return failureOf(error, `The backup ${target} cannot be written`)
  }
  try {
    await backup(database, draft)
    const trouble = troubleIn(draft)
    if (trouble !== undefined) return failure('corrupt', `The backup ${target} was given up: ${trouble}.`)
    return place(draft, target)
  } catch (error) {
    return failureOf(error, `The backup ${target} cannot be written`)
  } finally {
    removeDraft(draft)
  }
}

function removeDraft(draft: string): void {
  try {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true })
  } catch {
    // Its name says that it is no backup.
  }
}

function inTheWay(target: string): StoreFailure {
  return failure('exists', `The backup ${target} exists already and is not overwritten.`)
}

function troubleIn(draft: string): string | undefined {
  const copy = new DatabaseSync(draft)
  try {
    // No shared-memory file, and none of the journal's files left beside the copy.
    copy.exec('pragma locking_mode = exclusive')
    const found = copy.prepare('pragma quick_check(1)').get()?.quick_check
    return found === 'ok' ? undefined : String(found)
  } finally {
    copy.close()
  }
}

function place(draft: string, target: string): BackupOutcome {
  const fd = openSync(draft, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  try {
    // Unlike a rename, a link never replaces what came into being meanwhile.
    linkSync(draft, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return inTheWay(target)
    // A file system without hard links, such as that of a memory stick.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error
    if (existsSync(target)) return inTheWay(target)
    renameSync(draft, target)
  }
  syncDirectory(dirname(target))
  return { ok: true, file: target }
}
