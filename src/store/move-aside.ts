import { existsSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { failureOf, type StoreFailure } from './failure.ts'
import { syncDirectory } from './state-directory.ts'

/** What SQLite keeps beside a database file. Under the same prefix, the moved file can still be opened with them. */
const COMPANIONS = ['-wal', '-shm', '-journal']

/**
 * Renames a state file that cannot be used, with everything beside it, to `FILE.corrupt-TIME`; nothing is ever deleted
 * or overwritten. The database goes first: were we killed in between, its journal without it would be found and moved
 * too, whereas a database without its journal would pass for an older state.
 */
export function moveAside(
  file: string,
  wallMs: number,
): { readonly ok: true; readonly movedTo: string } | StoreFailure {
  const movedTo = freeName(file, wallMs)
  try {
    for (const suffix of ['', ...COMPANIONS]) {
      if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix)
    }
    syncDirectory(dirname(file))
    return { ok: true, movedTo }
  } catch (error) {
    return failureOf(error, `The state file ${file} cannot be used and cannot be moved aside`)
  }
}

function freeName(file: string, wallMs: number): string {
  const stamp = new Date(wallMs).toISOString().replace(/[-:]|\.\d+/g, '')
  for (let count = 1; ; count += 1) {
    const name = `${file}.corrupt-${stamp}${count === 1 ? '' : `-${count}`}`
    if (!['', ...COMPANIONS].some((suffix) => existsSync(name + suffix))) return name
  }
}
