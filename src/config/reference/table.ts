import type { JsonSchema } from '../json-schema.ts'
import { typeWords } from './type-words.ts'

/** A Markdown table of the keys of a map; keys in `first` lead, the rest follow as the schema has them. */
export function keyTable(schema: JsonSchema, first: readonly string[] = [], without: readonly string[] = []): string {
  const properties = schema.properties ?? {}
  const keys = [...new Set([...first.filter((key) => key in properties), ...Object.keys(properties)])]
  const rows = keys
    .filter((key) => !without.includes(key))
    .map((key) => {
      const property = properties[key] as JsonSchema
      return [
        `\`${key}\``,
        typeWords(property),
        defaultWords(property, schema.required?.includes(key) ?? false),
        property.description ?? '',
      ]
    })
  return table(['Key', 'Type', 'Default', 'Meaning'], rows)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function defaultWords(schema: JsonSchema, required: boolean): string {
  if (required) return 'required'
  const value = schema.default
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return entries.length === 0 ? '' : `\`{ ${entries.map(([key, one]) => `${key}: ${one}`).join(', ')} }\``
  }
  return `\`${value}\``
}
