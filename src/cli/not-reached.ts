import type { Exit } from './exit-codes.ts'

/** Why nobody was reached on the control socket, in words for whoever typed the command. */
export function notReached(
  path: string,
  error: NodeJS.ErrnoException,
): { readonly ok: false; readonly exit: Exit; readonly sentence: string } {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
      return {
        ok: false,
        exit: 'unavailable',
        sentence: `No watchdog answers on ${path}: it does not run, or keeps its state elsewhere (--state-directory DIR, --config FILE).`,
      }
    case 'EACCES':
    case 'EPERM':
      return {
        ok: false,
        exit: 'noPermission',
        sentence: `This user may not open ${path}: use sudo, or join the group of that file.`,
      }
    case 'ETIMEDOUT':
      return {
        ok: false,
        exit: 'unavailable',
        sentence: `The watchdog on ${path} took the call and does not answer: it hangs, or is very busy.`,
      }
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return {
        ok: false,
        exit: 'usage',
        sentence: `${path} is too long for the name of a socket: choose a shorter state directory.`,
      }
    default:
      return {
        ok: false,
        exit: 'unavailable',
        sentence: `The watchdog on ${path} went away in the middle of its answer (${error.code ?? error.message}).`,
      }
  }
}
