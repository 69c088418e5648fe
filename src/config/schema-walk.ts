import type { JsonSchema } from './json-schema.ts'
import { isMap, type Path, valueAt } from './path.ts'

/** The schemas that may describe `value` at this place: a union is opened, by its constant keys where they decide. */
export function alternatives(schema: JsonSchema, value: unknown): JsonSchema[] {
  const options = schema.oneOf ?? schema.anyOf
  if (options === undefined) return [schema]
  const fitting = options.filter((option) => fits(option, value))
  return (fitting.length > 0 ? fitting : options).flatMap((option) => alternatives(option, value))
}

function fits(option: JsonSchema, value: unknown): boolean {
  if (isMap(value) && option.properties === undefined && option.additionalProperties === undefined && !option.anyOf) {
    return false
  }
  if (!isMap(value)) return true
  return Object.entries(option.properties ?? {}).every(([key, { const: wanted }]) => {
    return wanted === undefined || value[key] === wanted
  })
}

/** Every schema that may describe what stands at `path` in `data`. */
export function schemasAt(root: JsonSchema, data: unknown, path: Path): JsonSchema[] {
  let found = alternatives(root, data)
  for (let length = 1; length <= path.length; length++) {
    const step = path[length - 1] as string | number
    const value = valueAt(data, path.slice(0, length))
    found = found.flatMap((schema) => child(schema, step)).flatMap((schema) => alternatives(schema, value))
  }
  return found
}

function child(schema: JsonSchema, step: string | number): JsonSchema[] {
  if (typeof step === 'number') return schema.items === undefined ? [] : [schema.items]
  const properties = schema.properties ?? {}
  if (Object.hasOwn(properties, step)) return [properties[step] as JsonSchema]
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []
}

/** The keys that a map at `path` may have. */
export function keysAt(root: JsonSchema, data: unknown, path: Path): string[] {
  return [...new Set(schemasAt(root, data, path).flatMap((schema) => Object.keys(schema.properties ?? {})))]
}

/** The sections of the file, by name, in which `key` would be at home: one level down, not within lists. */
export function sectionsWith(root: JsonSchema, key: string): string[] {
  return Object.entries(root.properties ?? {})
    .filter(([, section]) => Object.hasOwn(section.properties ?? {}, key))
    .map(([name]) => name)
}
