import { alertingMistakes } from './checks/alerting.ts'
import { strangeClusters } from './checks/clusters.ts'
import { duplicateNames } from './checks/duplicates.ts'
import type { Finding } from './checks/finding.ts'
import { inlineSecrets } from './checks/inline-secrets.ts'
import { mappingMistakes } from './checks/mapping.ts'
import { sketch } from './checks/sketch.ts'
import type { Configuration } from './configuration.ts'
import { readDocument, type SourceDocument } from './document.ts'
import { overlayEnvironment } from './environment/overlay.ts'
import type { Environment } from './environment/variables.ts'
import { issueProblems } from './issues.ts'
import { configurationJsonSchema, type JsonSchema } from './json-schema.ts'
import { type Origins, type Places, placeWords, problemAt } from './origins.ts'
import { isMap } from './path.ts'
import { type Problem, sortProblems, type Warning } from './problem.ts'
import type { Registries } from './registry.ts'
import { resolveConfiguration } from './resolve.ts'
import { configurationSchema } from './schema/configuration.ts'
import { sentenceOf } from './sentences.ts'

/** What was written, file and environment merged, in the form of a file; secrets are references in it too. */
export type Written = { readonly data: Record<string, unknown>; readonly origins: Origins }

export type Loaded =
  | {
      readonly ok: true
      readonly configuration: Configuration
      readonly warnings: readonly Warning[]
      readonly written: Written
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export type Source = {
  /** Name of the file, for messages and for relative paths; missing where the environment must be enough. */
  readonly file?: string
  /** Content of the file; missing together with `file`. */
  readonly text?: string
  readonly env: Environment
}

/**
 * Loads a configuration: everything wrong with it at once, or all of it. Pure: the text is given, and secrets are not
 * looked at. Never throws for what a file or the environment may hold.
 */
export function loadConfiguration({ file, text, env }: Source, registries: Registries): Loaded {
  const read = text === undefined ? { problems: [] } : readDocument(text, file ?? 'configuration')
  const document: SourceDocument | undefined = 'document' in read ? read.document : undefined
  if (text !== undefined && document === undefined) return { ok: false, problems: sortProblems(read.problems) }
  const overlaid = overlayEnvironment(withoutEmptySections(document?.data), env)
  const places: Places = { document, origins: overlaid.origins }
  const parsed = composedFor(registries).schema.safeParse(overlaid.data, { error: sentenceOf })
  const findings = findContradictions(overlaid.data, registries)
  const problems = [...read.problems, ...overlaid.problems]
  if (parsed.success) {
    const resolved = resolveConfiguration(parsed.data, overlaid.data, registries, file)
    findings.push(...resolved.findings)
    if (findings.length + problems.length === 0) {
      const written = { data: overlaid.data as Record<string, unknown>, origins: overlaid.origins }
      return { ok: true, configuration: resolved.configuration, warnings: overlaid.warnings, written }
    }
  } else {
    problems.push(
      ...issueProblems(parsed.error.issues, overlaid.data, places, () => composedFor(registries).described()),
    )
  }
  problems.push(...findings.map((finding) => findingProblem(finding, places)))
  return { ok: false, problems: sortProblems(problems) }
}

/** `hosts:` with nothing but comments under it means none, as in any file that is being written. */
function withoutEmptySections(data: unknown): unknown {
  if (!isMap(data)) return data
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null))
}

function findContradictions(data: unknown, registries: Registries): Finding[] {
  const drawn = sketch(data)
  return [
    ...duplicateNames(drawn),
    ...alertingMistakes(drawn),
    ...strangeClusters(drawn),
    ...mappingMistakes(drawn, registries),
    ...inlineSecrets(data),
  ]
}

function findingProblem(finding: Finding, places: Places): Problem {
  const { path, first, message, ...rest } = finding
  const words = first === undefined ? undefined : placeWords(places, first)
  return problemAt(places, path, { ...rest, message: words === undefined ? message : `${message} (${words})` })
}

type Composed = { readonly schema: ReturnType<typeof configurationSchema>; readonly described: () => JsonSchema }

const composed = new WeakMap<Registries, Composed>()

/** Composing takes milliseconds and is the same each time. The JSON Schema serves suggestions: only when needed. */
function composedFor(registries: Registries): Composed {
  const known = composed.get(registries)
  if (known !== undefined) return known
  let described: JsonSchema | undefined
  const made: Composed = {
    schema: configurationSchema(registries),
    described: () => {
      described ??= configurationJsonSchema(registries)
      return described
    },
  }
  composed.set(registries, made)
  return made
}
