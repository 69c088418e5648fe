import { accessSync, closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failure, failureOf, type StoreFailure } from './failure.ts'

export const stateFile = (directory: string): string => join(directory, 'state.sqlite')

/** Makes renames, new names and removals in `directory` survive a power cut. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Creates `directory` (mode 0750) where it is missing; throws the system's error. */
export function ensureDirectory(directory: string): void {
  const created = mkdirSync(directory, { recursive: true, mode: 0o750 })
  if (created !== undefined) syncDirectory(dirname(created))
}

/** Creates the state directory where it is missing, and makes sure that we may write in it. */
export function prepareDirectory(directory: string): { readonly ok: true } | StoreFailure {
  const what = `The state directory ${directory} cannot be used`
  try {
    ensureDirectory(directory)
    if (!statSync(directory).isDirectory()) return failure('not-a-directory', `${what}: it is not a directory.`)
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return { ok: true }
  } catch (error) {
    return failureOf(error, what)
  }
}
