import type { ChildOutcome } from './run-child.ts'

const MAX_SHOWN = 240

/**
 * What a program said of its failure, as one line for people: the line that `choose` picks of its stdout and then its
 * stderr, by default the last. No secret is in it, in none of the spellings that programs are known to use, and no
 * control character. Empty where it said nothing.
 */
export function lastWords(
  outcome: ChildOutcome,
  secrets: readonly string[],
  choose: (lines: readonly string[]) => string | undefined = (lines) => lines.at(-1),
): string {
  const cut = outcome.truncated || outcome.timedOut || outcome.aborted
  const lines = [outcome.stdout, outcome.stderr].flatMap((text) => wholeLines(text, cut))
  const line = withoutSecrets(choose(lines.filter((text) => text.trim() !== '')) ?? '', secrets)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a program's output may hold terminal escapes
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest spelling first, so that no part of it is left behind when a shorter one is replaced.
  const spellings = secrets.flatMap(spellingsOf).sort((a, b) => b.length - a.length)
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text)
}

/** Of output that was cut short not the last, unfinished line: the first half of a secret is not found by its whole. */
function wholeLines(text: string, cut: boolean): string[] {
  return text.split('\n').slice(0, cut ? -1 : undefined)
}

function spellingsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  const inXml = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
  const spellings = [
    secret,
    secret.trim(),
    ...secret.split(/\r?\n/),
    inJson,
    inXml,
    encodeURIComponent(secret.toWellFormed()),
    // As Python prints a text, and as its shlex.quote puts one into a command line.
    secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    secret.replaceAll("'", `'"'"'`),
    Buffer.from(secret).toString('base64'),
  ]
  return [...new Set(spellings)].filter((spelling) => spelling.trim() !== '')
}
