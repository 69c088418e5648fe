import { z } from 'zod'
import { NAMED } from './named.ts'

/** One row of a table in the reference. */
export type Field = { readonly path: string; readonly type: string; readonly needed: boolean; readonly says: string }

type Json = {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  description?: string
  format?: string
  default?: unknown
  properties?: Record<string, Json>
  required?: string[]
  items?: Json
  anyOf?: Json[]
  oneOf?: Json[]
  allOf?: Json[]
  name?: string
}

/** The fields of an object schema, nested ones with their path (`round.number`, `storms[].cluster`). */
export function fieldsOf(schema: z.ZodType, io: 'input' | 'output'): Field[] {
  return walk(jsonOf(schema, io), '')
}

/** The forms that a body can take, one for each alternative of a union. */
export function formsOf(schema: z.ZodType, io: 'input' | 'output'): Field[][] {
  const json = jsonOf(schema, io)
  return (json.oneOf ?? json.anyOf ?? [json]).map((form) => walk(form, ''))
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  return z.toJSONSchema(schema, {
    io,
    reused: 'inline',
    override: (context) => {
      if (context.zodSchema === (schema as unknown)) return
      const found = Object.entries(NAMED).find(([, named]) => named === (context.zodSchema as unknown))
      if (found !== undefined) (context.jsonSchema as Json).name = found[0]
    },
  }) as Json
}

function walk(json: Json, prefix: string): Field[] {
  const fields: Field[] = []
  for (const [name, value] of Object.entries(json.properties ?? {})) {
    const path = `${prefix}${name}`
    fields.push({
      path,
      type: typeOf(value),
      needed: json.required?.includes(name) === true,
      says: [
        value.description ?? '',
        value.default === undefined ? '' : `Default: \`${JSON.stringify(value.default)}\`.`,
      ]
        .filter((part) => part !== '')
        .join('. '),
    })
    if (value.name !== undefined) continue
    if (value.properties !== undefined) fields.push(...walk(value, `${path}.`))
    if (value.items?.properties !== undefined && value.items.name === undefined) {
      fields.push(...walk(value.items, `${path}[].`))
    }
  }
  return fields
}

function typeOf(json: Json): string {
  if (json.name !== undefined) return `[${json.name}](#${json.name.toLowerCase()})`
  if (json.const !== undefined) return `\`${JSON.stringify(json.const)}\``
  if (json.enum !== undefined) return json.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  const alternatives = json.anyOf ?? json.oneOf
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' or ')
  if (json.type === 'array') return `list of ${typeOf(json.items ?? {})}`
  if (json.format === 'date-time') return 'time'
  return Array.isArray(json.type) ? json.type.join(' or ') : (json.type ?? 'anything')
}
