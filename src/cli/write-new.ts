import { writeFileSync } from 'node:fs'
import type { Exit } from './exit-codes.ts'

/** Writes a file that must not exist yet: nothing of a person's is ever overwritten. */
export function writeNew(
  file: string,
  text: string,
): { readonly ok: true } | { readonly ok: false; readonly exit: Exit; readonly sentence: string } {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o640 })
    return { ok: true }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'EEXIST'
        ? 'it exists already, and is not overwritten'
        : code === 'ENOENT'
          ? 'its folder does not exist'
          : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
            ? 'this user may not write there'
            : `${code ?? error}`
    return { ok: false, exit: 'cannotCreate', sentence: `${file} cannot be written: ${why}.` }
  }
}
