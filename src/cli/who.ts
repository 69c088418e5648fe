import { userInfo } from 'node:os'

/** Who gives an order, for the history: `cli:anna`; behind sudo the person, not root. */
export function who(env: NodeJS.ProcessEnv): string {
  const name = env.SUDO_USER || nameOfUser()
  return `cli:${name.replaceAll(/[^\w.@-]/g, '-').slice(0, 48)}`
}

function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a user that no file knows.
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
