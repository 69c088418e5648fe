import type { Configuration } from './configuration.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Written } from './load.ts'
import { isMap, type Path } from './path.ts'
import { alternatives } from './schema-walk.ts'
import { formatDuration } from './values.ts'

export type Completed = {
  /** In the form of a file: durations as text, secrets as references. */
  readonly data: Record<string, unknown>
  /** What was not written in the file, and where it came from. */
  readonly remarks: readonly { readonly path: Path; readonly remark: string }[]
}

/** What was written, with everything that holds by default filled in, so that it says all that is in force. */
export function complete(configuration: Configuration, written: Written, schema: JsonSchema): Completed {
  const remarks: { path: Path; remark: string }[] = []
  const walk = (value: unknown, described: JsonSchema, path: Path): unknown => {
    const variable = written.origins.exactly(path)
    if (variable !== undefined) remarks.push({ path, remark: `from ${variable}` })
    const items = described.items
    if (Array.isArray(value)) return value.map((item, index) => (items ? walk(item, items, [...path, index]) : item))
    if (!isMap(value)) return value
    const fitting = alternatives(described, value)
    const properties = fitting.length === 1 ? (fitting[0]?.properties ?? {}) : {}
    const full: Record<string, unknown> = {}
    for (const key of keysInOrder(value, properties, path)) {
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined
      const at = [...path, key]
      if (Object.hasOwn(value, key)) full[key] = known === undefined ? value[key] : walk(value[key], known, at)
      else if (known !== undefined && !isEmpty(known)) {
        const value = byDefault(known, at)
        // A section of lists of which none was written says nothing.
        if (!isMap(value) || Object.keys(value).length > 0) full[key] = value
      }
    }
    return full
  }
  const byDefault = (described: JsonSchema, path: Path): unknown => {
    if (isMap(described.default)) return walk(described.default, described, path)
    remarks.push({ path, remark: 'default' })
    return described.default
  }
  const data = walk(written.data, schema, []) as Record<string, unknown>
  addComputed(data, configuration, remarks)
  return { data, remarks }
}

/** The sections in the order of the schema; entries of lists as they were written, defaults after them. */
function keysInOrder(value: Record<string, unknown>, properties: Record<string, JsonSchema>, path: Path): string[] {
  const written = Object.keys(value)
  const known = Object.keys(properties)
  return [...new Set(path.some((step) => typeof step === 'number') ? [...written, ...known] : [...known, ...written])]
}

/** Nothing to show: no default, or that there is none of something. A section counts by what is in it. */
function isEmpty(schema: JsonSchema): boolean {
  if (schema.default === undefined) return true
  if (Array.isArray(schema.default)) return schema.default.length === 0
  return isMap(schema.default) && Object.keys(schema.default).length === 0 && schema.properties === undefined
}

/** Defaults that follow from other values; the schema cannot know them. */
function addComputed(
  data: Record<string, unknown>,
  { recovery, stateDirectory }: Configuration,
  remarks: { path: Path; remark: string }[],
): void {
  const section = data.recovery as Record<string, unknown>
  const computed = { bootGrace: recovery.bootGraceMs, startupGrace: recovery.startupGraceMs }
  for (const [key, ms] of Object.entries(computed)) {
    if (section[key] !== undefined) continue
    section[key] = formatDuration(ms)
    const remark = key === 'bootGrace' ? 'default: offHold' : 'default: interval times failureThreshold'
    remarks.push({ path: ['recovery', key], remark })
  }
  // Relative paths depend on the place of the file; this text may end up elsewhere.
  data.stateDirectory = stateDirectory
}
