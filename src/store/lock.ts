import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failure, failureOf, type StoreFailure } from './failure.ts'
import { prepareDirectory } from './state-directory.ts'

export type StateLock = {
  /** Lets another instance in. The end of the process does the same, however it ends. */
  release(): void
}

export type LockOutcome =
  | { readonly ok: true; readonly lock: StateLock }
  | (StoreFailure & { /** Of the instance that has it, where known. */ readonly pid?: number })

/** Two instances that start in the same moment each step back once; then one of them gets through. */
const CONTENTION_MS = 500

/** Locks of this process. A handle that nobody refers to would be collected and closed, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Makes this process the only one on the state in `directory`, or names the one that is (`in-use`).
 *
 * Node has no flock(2), so SQLite holds the lock: an exclusive transaction on an empty database file is a lock of the
 * kernel on that file, which is gone in the moment the process is, even by SIGKILL, and cannot be mistaken for that of
 * another process that got the same pid. Nothing is ever written to the file, so a full disk does not matter.
 * The pid in `lock.pid` serves the sentence only.
 *
 * Never open `lock.sqlite` in any other way: closing a second descriptor of it would drop the lock (POSIX).
 */
export function acquireLock(directory: string): LockOutcome {
  const prepared = prepareDirectory(directory)
  if (!prepared.ok) return prepared
  const pidFile = join(directory, 'lock.pid')
  const lockFile = join(directory, 'lock.sqlite')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(lockFile, { timeout: CONTENTION_MS })
    // The transaction would open a journal on the disk otherwise.
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    if (database?.isOpen) database.close()
    return refusal(failureOf(error, `The lock ${lockFile} cannot be taken`), directory, lockFile, pidFile)
  }
  held.add(database)
  notePid(pidFile)
  return { ok: true, lock: lockOf(database, pidFile) }
}

function lockOf(database: DatabaseSync, pidFile: string): StateLock {
  return {
    release() {
      if (!held.delete(database)) return
      forgetPid(pidFile)
      database.close()
    },
  }
}

function refusal(why: StoreFailure, directory: string, lockFile: string, pidFile: string): LockOutcome {
  if (why.code === 'corrupt') {
    return failure('corrupt', `The lock ${lockFile} is not ours: it should be empty. Remove it if no watchdog runs.`)
  }
  if (why.code !== 'in-use') return why
  const pid = readPid(pidFile)
  const who = pid === undefined ? 'Another watchdog' : `Another watchdog (pid ${pid})`
  const sentence = `${who} already runs on the state in ${directory}, and two would fight over the outlets: stop it first, or give this one a state directory of its own.`
  return { ...failure('in-use', sentence), pid }
}

function forgetPid(pidFile: string): void {
  try {
    rmSync(pidFile, { force: true })
  } catch {
    // The lock does not depend on it.
  }
}

/** Removed first: on a full disk nothing can be written, and no pid is better than that of somebody else. */
function notePid(pidFile: string): void {
  forgetPid(pidFile)
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o640 })
  } catch {
    // The lock does not depend on it.
  }
}

function readPid(pidFile: string): number | undefined {
  try {
    const text = readFileSync(pidFile, 'utf8').trim()
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}
