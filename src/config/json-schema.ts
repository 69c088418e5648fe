import { z } from 'zod'
import type { Registries } from './registry.ts'
import { configurationSchema } from './schema/configuration.ts'
import { formatDuration } from './values.ts'

/** The part of JSON Schema (2020-12) that our schemas turn into. Plain data. */
export type JsonSchema = {
  type?: string | string[]
  description?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  minimum?: number
  maximum?: number
  pattern?: string
  [other: string]: unknown
}

/** The schema of the configuration file as it is written: for editors, the reference in docs/, and suggestions. */
export function configurationJsonSchema(registries: Registries): JsonSchema {
  const schema = z.toJSONSchema(configurationSchema(registries), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => mendDefault(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema
  for (const section of Object.values(schema.properties ?? {})) {
    // `hosts:` with nothing but comments under it is how a file begins; an editor should not complain of that.
    if (section.type === 'array' || section.type === 'object') section.type = [section.type, 'null']
  }
  return schema
}

/** A default that a schema declares in the program's units (milliseconds) is shown as it would be written. */
function mendDefault(declared: z.core.$ZodTypes, schema: JsonSchema): void {
  const { def } = declared._zod
  if (def.type !== 'default' || typeof def.defaultValue !== 'number' || schema.type !== 'string') return
  schema.default = formatDuration(def.defaultValue)
}
