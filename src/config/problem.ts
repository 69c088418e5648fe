/** One thing that is wrong with a configuration. Never holds the value of a secret. */
export type Problem = {
  /** The file as it was named, or `environment`; missing where neither is to blame. */
  readonly file?: string
  /** From 1, both or neither. */
  readonly line?: number
  readonly column?: number
  /** `rounds.interval`, `hosts[1].power[0].outlet`, or the name of a variable; empty for the file as a whole. */
  readonly path: string
  /** The offending value as text, shortened; missing where it could be a secret or is no scalar. */
  readonly value?: string
  readonly message: string
  readonly suggestion?: string
}

/** Something that was loaded but is worth a look. */
export type Warning = { readonly code: string; readonly sentence: string }

const MOST_PROBLEMS_TOLD = 50

/** `FILE:LINE:COL: path: message (found VALUE); did you mean "X"?`, one line. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`
  const parts = [
    problem.file === undefined ? '' : `${problem.file}${place}: `,
    problem.path === '' ? '' : `${problem.path}: `,
    problem.message,
    problem.value === undefined ? '' : ` (found ${problem.value})`,
    problem.suggestion === undefined ? '' : `; did you mean "${problem.suggestion}"?`,
  ]
  return parts.join('')
}

/** All problems in the order of the file, one a line; a hopeless file is cut short. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, MOST_PROBLEMS_TOLD).map(formatProblem)
  if (problems.length > MOST_PROBLEMS_TOLD) lines.push(`... and ${problems.length - MOST_PROBLEMS_TOLD} more problems`)
  return lines.join('\n')
}

/** By position; what has none comes last. The same problem twice is told once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const at = (problem: Problem) => [problem.line ?? Number.MAX_SAFE_INTEGER, problem.column ?? 0] as const
  const seen = new Set<string>()
  return [...problems]
    .sort((a, b) => at(a)[0] - at(b)[0] || at(a)[1] - at(b)[1])
    .filter((problem) => {
      const key = formatProblem(problem)
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}
