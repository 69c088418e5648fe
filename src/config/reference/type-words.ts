import type { JsonSchema } from '../json-schema.ts'

const MOST_SHOWN_LIMIT = 1_000_000_000

/** What may stand at a key, in a few words for a table. */
export function typeWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' or ')
  if (isSecret(schema)) return 'secret'
  const forms = schema.anyOf ?? schema.oneOf
  if (forms !== undefined) return [...new Set(forms.map(typeWords))].join(' or ')
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type
  switch (type) {
    case 'string':
      return isDuration(schema) ? 'duration' : 'text'
    case 'integer':
      return `whole number${limits(schema)}`
    case 'number':
      return 'number'
    case 'boolean':
      return '`true` or `false`'
    case 'array':
      return `list of ${schema.items === undefined ? 'anything' : plural(typeWords(schema.items))}`
    default:
      return mapWords(schema)
  }
}

function mapWords(schema: JsonSchema): string {
  const keys = Object.keys(schema.properties ?? {})
  if (keys.length === 1) return `\`{ ${keys[0]}: ... }\``
  return 'map'
}

export function isDuration({ type, pattern }: JsonSchema): boolean {
  return type === 'string' && pattern !== undefined && pattern.includes('(?:ms|s|m|h|d)')
}

export function isSecret(schema: JsonSchema): boolean {
  const keys = schema.anyOf?.map((form) => Object.keys(form.properties ?? {}).join())
  return keys !== undefined && keys.length === 2 && keys.includes('env') && keys.includes('file')
}

function limits({ minimum, maximum }: JsonSchema): string {
  const low = minimum !== undefined && minimum > -MOST_SHOWN_LIMIT ? minimum : undefined
  const high = maximum !== undefined && maximum < MOST_SHOWN_LIMIT ? maximum : undefined
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`
  return low === undefined ? '' : `, from ${low}`
}

function plural(words: string): string {
  return words === 'map' ? 'maps' : words
}
