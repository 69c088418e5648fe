import type { ChildOutcome } from '../../process/run-child.ts'

const MAX_SHOWN = 240

/** Lines that say nothing of the cause: Python's own warnings with the line of code below them, and the call to read the help. */
const NOISE = /DeprecationWarning|SyntaxWarning|^\s*from \w+ import |Please use '-h' for usage|^\s*$/
const PREFIX = /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:(?:ERROR|WARNING|CRITICAL|INFO):\s*)?(?:root:)?\s*/

/**
 * What an agent said of its failure, as one line for people: the last error on stderr, else the last line of anything.
 * No secret is in it, in none of the spellings that agents and the programs they run are known to use. Empty where it
 * said nothing.
 */
export function lastWords(outcome: ChildOutcome, secrets: readonly string[]): string {
  const cut = outcome.truncated || outcome.timedOut || outcome.aborted
  const lines = [outcome.stdout, outcome.stderr]
    .flatMap((text) => wholeLines(text, cut))
    .filter((line) => !NOISE.test(line))
  const line = lines.findLast((text) => /ERROR|Error:/.test(text)) ?? lines.at(-1) ?? ''
  const clean = withoutSecrets(withoutOptionValue(line), secrets)
    .replace(PREFIX, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a program's output may hold terminal escapes
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
  return clean.length > MAX_SHOWN ? `${clean.slice(0, MAX_SHOWN)}…` : clean
}

/** Of output that was cut short not the last, unfinished line: the first half of a secret is not found by its whole. */
function wholeLines(text: string, cut: boolean): string[] {
  return text.split('\n').slice(0, cut ? -1 : undefined)
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest spelling first, so that no part of it is left behind when a shorter one is replaced.
  const spellings = secrets.flatMap(spellingsOf).sort((a, b) => b.length - a.length)
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text)
}

/** An option that the agent does not know is repeated with its value, which may be a mistyped password's. */
function withoutOptionValue(line: string): string {
  return line.replace(/(Ignoring unknown option '[^=']*)=.*/, "$1'")
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
    inJson,
    inXml,
    encodeURIComponent(secret.toWellFormed()),
    // As Python prints a text, and as its shlex.quote puts one into a command line.
    secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    secret.replaceAll("'", `'"'"'`),
    Buffer.from(secret).toString('base64'),
  ]
  return [...new Set(spellings)].filter((spelling) => spelling !== '')
}

/** The options that the agent said it does not know. */
export function unknownOptions(stderr: string): string[] {
  return [...stderr.matchAll(/Ignoring unknown option '([^=']*)/g)].map(([, name]) => name as string)
}
