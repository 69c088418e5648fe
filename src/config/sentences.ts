import type { z } from 'zod'

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text is expected',
  number: 'a number is expected',
  int: 'a whole number is expected',
  boolean: 'true or false is expected',
  object: 'a map of settings is expected',
  record: 'a map is expected',
  array: 'a list is expected',
}

/** What is said of a union none of whose forms fits and which has no sentence of its own. */
export const NO_FORM_FITS = 'this has none of the expected forms'

/** Our sentence for what the schema found, where the schema itself has none. Never holds the value. */
export function sentenceOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected as string] ?? `${issue.expected} is expected`
    case 'invalid_value':
      return oneOf(issue.values as readonly unknown[])
    case 'too_small':
    case 'too_big':
      return bound(issue.code === 'too_small', issue)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor} is expected`
    case 'invalid_format':
      return 'this has not the expected form'
    case 'invalid_union':
      return NO_FORM_FITS
    case 'custom':
      return typeof issue.message === 'string' ? issue.message : 'this is not acceptable'
    default:
      return 'this is not acceptable'
  }
}

export function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? `${values[0]} is expected` : `one of ${values.join(', ')} is expected`
}

function bound(low: boolean, issue: z.core.$ZodRawIssue): string {
  const limit = Number(low ? issue.minimum : issue.maximum)
  if (issue.origin === 'string')
    return low && limit === 1 ? 'this may not be empty' : `${word(low)} ${limit} letters are expected`
  if (issue.origin === 'array') return `${word(low)} ${limit} ${limit === 1 ? 'entry is' : 'entries are'} expected`
  // A bound of JavaScript's numbers says nothing to anybody.
  if (Math.abs(limit) >= Number.MAX_SAFE_INTEGER) return 'a smaller number is expected'
  const exclusive = issue.inclusive === false
  if (exclusive) return `${low ? 'more' : 'less'} than ${limit} is expected`
  return `${word(low)} ${limit} is expected`
}

const word = (low: boolean) => (low ? 'at least' : 'at most')
