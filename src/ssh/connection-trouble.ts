import type { ShellFailure, ShellFailureCode } from '../ports/node-shell.ts'

/** Words of OpenSSH 8 to 10 on standard error, with LC_ALL=C. */
const KNOWN: readonly (readonly [RegExp, ShellFailureCode, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/i,
    'host-key',
    'shows another host key than the one that is known: if it was installed anew, remove its lines from the known hosts',
  ],
  [
    /UNPROTECTED PRIVATE KEY|bad permissions/i,
    'unauthorized',
    'was not asked: others may read the private key: chmod 600',
  ],
  [
    /Permission denied|Too many authentication failures|no mutual signature/i,
    'unauthorized',
    'does not accept our key',
  ],
  [
    /Connection refused|timed out|No route to host|Network is unreachable|Could not resolve|Connection (?:closed|reset)|Connection to .* closed/i,
    'unreachable',
    'cannot be reached by SSH',
  ],
]

/** ssh ends with 255 for all that is its own. `place`: the node with its address. */
export function connectionTrouble(place: string, words: string): ShellFailure {
  for (const [pattern, code, sentence] of KNOWN) {
    // A connection may also break in the middle of what was asked.
    if (pattern.test(words)) {
      const detail = code === 'unreachable' && words !== '' ? ` (${words})` : ''
      return { ok: false, code, sentence: `${place} ${sentence}${detail}.`, mayHaveHappened: code === 'unreachable' }
    }
  }
  const sentence = `${place} cannot be asked by SSH${words === '' ? '' : `: ${words}`}.`
  return { ok: false, code: 'failed', sentence, mayHaveHappened: true }
}
