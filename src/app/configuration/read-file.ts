import { closeSync, openSync, readSync } from 'node:fs'
import { LARGEST_FILE_BYTES } from '../../config/document.ts'

export type ReadFile = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly sentence: string }

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a symbolic link to itself',
}

/** The text of a file, no more of it than a configuration can have. Never throws. */
export function readConfigurationFile(file: string): ReadFile {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    const bytes = readUpTo(descriptor, LARGEST_FILE_BYTES + 1)
    // A wrong encoding would otherwise turn into names with replacement characters.
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { ok: false, sentence: 'it is not text in UTF-8' }
    return { ok: false, sentence: REASONS[code] ?? `reading it failed (${code || String(error)})` }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function readUpTo(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit)
  let length = 0
  while (length < limit) {
    const count = readSync(descriptor, buffer, length, limit - length, null)
    if (count === 0) break
    length += count
  }
  return buffer.subarray(0, length)
}
