import { readFileSync } from 'node:fs'
import type { ProxmoxVersion } from '../../world/index.ts'
import { Refusal } from './refusal.ts'

type Property = {
  readonly type?: string
  readonly optional?: number
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly minLength?: number
  readonly format?: string
}
export type Permission = string | readonly unknown[]
export type Method = {
  readonly parameters: Readonly<Record<string, Property>>
  readonly permissions?: Permission
  readonly proxyto?: string
}

/** What the recorded schema of 9.2 says of the paths that the lab serves. */
export const SCHEMA = JSON.parse(readFileSync(new URL('./api-schema.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, Method>>>
>

/** Parameters that older releases do not know. */
const SINCE_9: Readonly<Record<string, readonly string[]>> = {
  '/nodes/{node}/journal': ['identifiers', 'kernel', 'priority', 'service', 'structured', 'unit', 'units'],
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  'pve-node': /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
  'pve-storage-id': /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
  'pve-vmid-list': /^\d+([,; ]+\d+)*$/,
  'pve-task-status-type-list': /^(ok|error|warning|unknown)([,; ]+(ok|error|warning|unknown))*$/,
}

export type Parameters = Readonly<Record<string, string>>

/** As strict as Proxmox: what is not in the schema is refused, as is what is missing or of another type. */
export function checkParameters(path: string, method: Method, given: Parameters, version: ProxmoxVersion): void {
  const unknown = version === '9.2' ? [] : (SINCE_9[path] ?? [])
  const errors: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    const property = Object.hasOwn(method.parameters, name) ? method.parameters[name] : undefined
    const trouble =
      property === undefined || unknown.includes(name)
        ? 'property is not defined in schema and the schema does not allow additional properties'
        : troubleOf(property, value)
    if (trouble !== undefined) errors[name] = trouble
  }
  for (const [name, { optional }] of Object.entries(method.parameters)) {
    if (optional !== 1 && !Object.hasOwn(given, name)) errors[name] = 'property is missing and it is not optional'
  }
  if (Object.keys(errors).length > 0) throw new Refusal(400, 'Parameter verification failed.', { errors })
}

function troubleOf(property: Property, value: string): string | undefined {
  const { type, minimum, maximum, maxLength } = property
  if (type === 'integer' || type === 'number') {
    const shape = type === 'integer' ? /^[+-]?\d+$/ : /^[+-]?\d+(\.\d+)?$/
    if (!shape.test(value)) return `type check ('${type}') failed - got '${value}'`
    if (minimum !== undefined && Number(value) < minimum) return `value must have a minimum value of ${minimum}`
    if (maximum !== undefined && Number(value) > maximum) return `value must have a maximum value of ${maximum}`
    return undefined
  }
  if (type === 'boolean') {
    return /^(0|1|on|off|yes|no|true|false)$/i.test(value)
      ? undefined
      : `type check ('boolean') failed - got '${value}'`
  }
  if (property.enum !== undefined && !property.enum.includes(value)) {
    return `value '${value}' does not have a value in the enumeration '${property.enum.join(', ')}'`
  }
  if (maxLength !== undefined && value.length > maxLength) return `value may only be ${maxLength} characters long`
  if (property.pattern !== undefined && !new RegExp(`^(?:${property.pattern})$`).test(value)) {
    return 'value does not match the regex pattern'
  }
  const format = FORMATS[property.format ?? '']
  if (format !== undefined && !format.test(value)) {
    return `invalid format - value does not look like a valid ${property.format}`
  }
  return undefined
}
