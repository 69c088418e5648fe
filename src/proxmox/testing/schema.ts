import { readFileSync } from 'node:fs'

type Property = {
  readonly type?: string
  readonly optional?: 0 | 1
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
}
type Method = { readonly parameters: { readonly properties?: Readonly<Record<string, Property>> } }
type Schema = Readonly<Record<string, Readonly<Record<string, Method>>>>

const file = new URL('../../../test/fixtures/pve/api-9.2.json', import.meta.url)
const schema: Schema = JSON.parse(readFileSync(file, 'utf8'))
const FORMATS: Readonly<Record<string, RegExp>> = {
  'pve-node': /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
  'pve-vmid': /^[1-9][0-9]{2,8}$/,
  'pve-storage-id': /^[A-Za-z][A-Za-z0-9\-_.]*[A-Za-z0-9]$/,
}

/** What the schema of Proxmox VE 9.2 has against a request; `path` is without `/api2/json`, `params` decoded. */
export function violations(method: string, path: string, params: Readonly<Record<string, string>>): string[] {
  const found = template(path)
  const properties = found === undefined ? undefined : schema[found.path]?.[method]?.parameters
  if (found === undefined || properties === undefined) return [`${method} ${path} is not in the schema`]
  const declared = properties.properties ?? {}
  const all = { ...params, ...found.values }
  const wrong = Object.entries(all).flatMap(([name, value]) => {
    const property = declared[name]
    if (property === undefined) return [`${method} ${found.path} has no parameter ${name}`]
    return complaints(property, value).map((why) => `${method} ${found.path}: ${name}=${value} ${why}`)
  })
  const missing = Object.entries(declared)
    .filter(([name, property]) => property.optional !== 1 && !(name in all))
    .map(([name]) => `${method} ${found.path} needs ${name}`)
  return [...wrong, ...missing]
}

function template(path: string): { readonly path: string; readonly values: Record<string, string> } | undefined {
  const parts = path.split('/')
  const fits = Object.keys(schema).flatMap((candidate) => {
    const wanted = candidate.split('/')
    if (wanted.length !== parts.length) return []
    const values: Record<string, string> = {}
    for (const [i, part] of wanted.entries()) {
      const given = decodeURIComponent(parts[i] ?? '')
      if (part.startsWith('{')) values[part.slice(1, -1)] = given
      else if (part !== given) return []
    }
    return [{ path: candidate, values }]
  })
  return fits.sort((a, b) => Object.keys(a.values).length - Object.keys(b.values).length)[0]
}

function complaints(property: Property, value: string): string[] {
  const wrong: string[] = []
  const { type, minimum, maximum, maxLength, pattern, format } = property
  if (type === 'integer' && !/^-?\d+$/.test(value)) wrong.push('is no integer')
  if (type === 'boolean' && !/^[01]$/.test(value)) wrong.push('is no boolean')
  if (minimum !== undefined && Number(value) < minimum) wrong.push(`is below ${minimum}`)
  if (maximum !== undefined && Number(value) > maximum) wrong.push(`is above ${maximum}`)
  if (maxLength !== undefined && value.length > maxLength) wrong.push(`is longer than ${maxLength}`)
  if (property.enum !== undefined && !property.enum.includes(value)) wrong.push('is none of the choices')
  // Perl writes its flags before a group.
  if (pattern !== undefined && !new RegExp(`^(?:${pattern.replaceAll('(?^:', '(?:')})$`).test(value)) {
    wrong.push('does not match the pattern')
  }
  const form = format === undefined ? undefined : FORMATS[format]
  if (form?.test(value) === false) wrong.push(`is no ${format}`)
  return wrong
}
