/**
 * Why the state could not be opened, read or written.
 * `full`: no room. `io`: the disk or the file system failed. `corrupt`: the file holds nonsense. `closed`: after `close`.
 * `permission`, `read-only`: not ours to write. `not-a-directory`, `not-a-file`: the path is something else.
 * `in-use`: another process has it. `newer-schema`, `older-schema`: written by another version. `foreign`: a database of
 * another program. `migration`: the schema could not be brought up to date. `invalid`: what was to be written or read
 * has not the shape it must have. `exists`: a file is in the way that is not overwritten. `missing`: nothing is there.
 * `busy`: too much waits to be written already.
 */
export type StoreFailureCode =
  | 'full'
  | 'io'
  | 'corrupt'
  | 'closed'
  | 'permission'
  | 'read-only'
  | 'not-a-directory'
  | 'not-a-file'
  | 'in-use'
  | 'newer-schema'
  | 'older-schema'
  | 'foreign'
  | 'migration'
  | 'invalid'
  | 'exists'
  | 'missing'
  | 'busy'

export type StoreFailure = { readonly ok: false; readonly code: StoreFailureCode; readonly sentence: string }

export function failure(code: StoreFailureCode, sentence: string): StoreFailure {
  return { ok: false, code, sentence }
}

/**
 * An error of SQLite or of the file system as a value. `what` begins the sentence: `The state cannot be written`.
 * The numbers are SQLite's result codes (https://www.sqlite.org/rescode.html).
 */
export function failureOf(error: unknown, what: string): StoreFailure {
  const { errcode, code, message } = error as { errcode?: number; code?: string; message?: string }
  const [kind, why] =
    typeof errcode === 'number'
      ? sqliteReason(errcode, message ?? '')
      : systemReason(code ?? '', String(message ?? error))
  return failure(kind, `${what}: ${why}.`)
}

/** Read past the end, a checksum that does not match, or the file system's own word for corruption. */
const CORRUPT_READS = [522, 8202, 8458]
/** The shared-memory file could not be grown. */
const NO_ROOM_FOR_SHARED_MEMORY = 4874

function sqliteReason(errcode: number, message: string): [StoreFailureCode, string] {
  if (errcode === NO_ROOM_FOR_SHARED_MEMORY) return ['full', 'the disk is full']
  if (CORRUPT_READS.includes(errcode)) return ['corrupt', `the file is damaged (${message}, SQLite ${errcode})`]
  switch (errcode & 0xff) {
    case 3:
    case 23:
      return ['permission', 'access is denied']
    case 5:
    case 6:
      return ['in-use', 'another process is using it']
    case 8:
      return ['read-only', 'it cannot be written to']
    case 11:
    case 26:
      return ['corrupt', `the file is damaged (${message})`]
    case 13:
      return ['full', 'the disk is full']
    case 18:
    case 19:
    case 20:
      return ['invalid', message]
    default:
      return ['io', `${message} (SQLite ${errcode})`]
  }
}

function systemReason(code: string, message: string): [StoreFailureCode, string] {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['full', 'the disk is full']
    case 'EACCES':
    case 'EPERM':
      return ['permission', 'access is denied']
    case 'EROFS':
      return ['read-only', 'the file system is read-only']
    case 'ENOTDIR':
    case 'EEXIST':
      return ['not-a-directory', 'something that is not a directory is in the way']
    case 'ENOENT':
      return ['missing', 'no such file or directory']
    default:
      return code.startsWith('ERR_') || code === '' ? ['invalid', message] : ['io', code]
  }
}
