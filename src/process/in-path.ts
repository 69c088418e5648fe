import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether a program of this name can be seen in any directory of `path`. The system says EACCES for a program that is
 * nowhere as soon as one directory of the PATH is closed to us, as after `su` from root.
 */
export function inPath(program: string, path: string): boolean {
  return path.split(':').some((directory) => existsSync(join(directory === '' ? '.' : directory, program)))
}
