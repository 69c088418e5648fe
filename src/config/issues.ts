import type { z } from 'zod'
import type { JsonSchema } from './json-schema.ts'
import { nearest } from './nearest.ts'
import { type Places, problemAt } from './origins.ts'
import { isMap, type Path, valueAt } from './path.ts'
import type { Problem } from './problem.ts'
import { keysAt, sectionsWith } from './schema-walk.ts'
import { NO_FORM_FITS, oneOf } from './sentences.ts'
import { mayBeSecret, nearestBoolean, nearestDuration, shownValue } from './shown-value.ts'
import { DURATION_EXPECTED, SECRET_EXPECTED } from './values.ts'

type Issue = z.core.$ZodIssue
type Context = { readonly data: unknown; readonly places: Places; readonly schema: () => JsonSchema }

/** What the schema found, as problems with places, values and suggestions. */
export function issueProblems(
  issues: readonly Issue[],
  data: unknown,
  places: Places,
  schema: () => JsonSchema,
): Problem[] {
  const context = { data, places, schema }
  return issues.flatMap((issue) => translate(issue, [], context))
}

function translate(issue: Issue, base: Path, context: Context): Problem[] {
  const path = [...base, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, context))
  if (issue.code === 'invalid_union') {
    if ('discriminator' in issue) return [unknownVariant(issue, path, context)]
    if (issue.message === NO_FORM_FITS) return closestForm(issue.errors, path, context)
  }
  return [plainProblem(issue, path, context)]
}

/** Of several forms, the one of the kind that was written (text, map); its complaints are the useful ones. */
function closestForm(forms: readonly (readonly Issue[])[], path: Path, context: Context): Problem[] {
  const value = valueAt(context.data, path)
  const isText = typeof value === 'string'
  const isOtherKind = (issue: Issue) =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || (issue.code === 'invalid_value' && !isText))
  const written = forms.find((issues) => !issues.some(isOtherKind))
  if (written !== undefined && value !== null) return written.flatMap((issue) => translate(issue, path, context))
  const messages = new Set(forms.flat().map((issue) => issue.message.replace(/ is expected$/, '')))
  messages.delete(NO_FORM_FITS)
  const message = messages.size === 0 ? NO_FORM_FITS : `${[...messages].join(' or ')} is expected`
  return [problemOf(message, path, context)]
}

function unknownKey(key: string, path: Path, context: Context): Problem {
  const candidates = keysAt(context.schema(), context.data, path)
  const inProbes = path.at(-2) === 'probes'
  const suggestion = nearest(key, candidates)
  const home = suggestion === undefined ? sectionsWith(context.schema(), key) : []
  const message = inProbes ? `there is no probe kind \`${key}\`` : `\`${key}\` is not a known key`
  const more =
    home.length > 0
      ? `; it belongs under \`${home.join('` or `')}\``
      : suggestion === undefined && candidates.length > 0
        ? ` (known: ${candidates.join(', ')})`
        : ''
  return problemAt(
    context.places,
    [...path, key],
    { message: message + more, ...(suggestion === undefined ? {} : { suggestion }) },
    'key',
  )
}

function unknownVariant(issue: Issue, path: Path, context: Context): Problem {
  const options = ((issue as { options?: readonly unknown[] }).options ?? []).map(String)
  const given = valueAt(context.data, path)
  if (given === undefined || given === null) {
    return problemAt(context.places, path, { message: `\`${path.at(-1)}\` is required: ${oneOf(options)}` })
  }
  const message = `there is no such ${path.at(-1)}: ${oneOf(options)}`
  return problemOf(message, path, context, {
    suggestion: typeof given === 'string' ? nearest(given, options) : undefined,
  })
}

function plainProblem(issue: Issue, path: Path, context: Context): Problem {
  const value = valueAt(context.data, path)
  const isDuration = issue.message === DURATION_EXPECTED
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number' && !isDuration) {
    return problemOf(`${issue.message}; put the number in quotes`, path, context)
  }
  return problemOf(issue.message, path, context, {
    suggestion: suggestionFor(issue, value),
    // A rule over several keys may point to one that is not there; that does not make it a required one.
    required: issue.code !== 'custom',
    // That it is a list is news only where none was expected.
    showShape: issue.code === 'invalid_type',
  })
}

function suggestionFor(issue: Issue, value: unknown): string | undefined {
  if (issue.message === DURATION_EXPECTED) return nearestDuration(value)
  if (issue.code === 'invalid_type' && issue.expected === 'boolean') return nearestBoolean(value)
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return undefined
  return nearest(value, issue.values.map(String))
}

type Details = {
  readonly suggestion?: string | undefined
  readonly required?: boolean
  readonly showShape?: boolean
}

function problemOf(message: string, path: Path, context: Context, details: Details = {}): Problem {
  const { suggestion, required = true, showShape = true } = details
  const value = valueAt(context.data, path)
  const missing = value === undefined && required && isMap(valueAt(context.data, path.slice(0, -1)))
  const secret = message === SECRET_EXPECTED || mayBeSecret(path)
  const shown = secret || (typeof value === 'object' && !showShape) ? undefined : shownValue(value)
  const prefix = missing ? `\`${path.at(-1)}\` is required: ` : value === null ? 'no value is given: ' : ''
  return problemAt(context.places, path, {
    message: prefix + message,
    ...(shown === undefined ? {} : { value: shown }),
    ...(suggestion === undefined || secret ? {} : { suggestion }),
  })
}
