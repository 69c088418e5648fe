import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The project's own files by their path from the root: in the repository, or new and not ignored. Undefined without git. */
export function ownFiles(): string[] | undefined {
  try {
    const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const listed = execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return [...new Set(listed.split('\0'))].filter((path) => path !== '' && isFile(path)).sort()
  } catch {
    return undefined
  }
}

export function text(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export function lineCount(path: string): number {
  return text(path).replace(/\n$/, '').split('\n').length
}

/** Places where `pattern` occurs, as `path:line`. */
export function places(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) => {
    return text(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : []))
  })
}

/** A file that is listed may have been removed without the repository being told yet. */
function isFile(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false
}
