export type Named = { readonly name: string; readonly why: string }

/** What came of a test run. Skipped tests are told with their reason; failed ones by name. */
export type Summary = {
  readonly passed: number
  readonly failed: readonly Named[]
  readonly skipped: readonly Named[]
}

/** Passed to the reporter, which lives in another process: where it writes the summary. */
export const SUMMARY_FILE = 'TEST_SUMMARY_FILE'

/** The closing lines of `npm test`: what failed, what was skipped and why, and the counts alone on the last line. */
export function closingLines(summary: Summary): string[] {
  const lines: string[] = ['']
  for (const { name, why } of summary.skipped) lines.push(`skipped: ${name} (${why})`)
  for (const { name, why } of summary.failed) lines.push(`failed: ${name}${why === '' ? '' : ` (${why})`}`)
  lines.push(`${summary.passed} passed, ${summary.failed.length} failed, ${summary.skipped.length} skipped`)
  return lines
}
