import { lastWords } from '../../process/last-words.ts'
import type { ChildOutcome } from '../../process/run-child.ts'

/** Lines that say nothing of the cause: Python's own warnings with the line of code below them, and the call to read the help. */
const NOISE = /DeprecationWarning|SyntaxWarning|^\s*from \w+ import |Please use '-h' for usage/
const PREFIX = /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:(?:ERROR|WARNING|CRITICAL|INFO):\s*)?(?:root:)?\s*/

/** What an agent said of its failure: the last error, else the last line of anything. Holds no secret. */
export function agentWords(outcome: ChildOutcome, secrets: readonly string[]): string {
  return lastWords(outcome, secrets, (lines) => {
    const telling = lines.filter((line) => !NOISE.test(line))
    const line = telling.findLast((text) => /ERROR|Error:/.test(text)) ?? telling.at(-1)
    return line && withoutOptionValue(line).replace(PREFIX, '')
  })
}

/** An option that the agent does not know is repeated with its value, which may be a mistyped password's. */
function withoutOptionValue(line: string): string {
  return line.replace(/(Ignoring unknown option '[^=']*)=.*/, "$1'")
}

/** The options that the agent said it does not know. */
export function unknownOptions(stderr: string): string[] {
  return [...stderr.matchAll(/Ignoring unknown option '([^=']*)/g)].map(([, name]) => name as string)
}
