import { describe, expect, it } from 'vitest'
import { configurationJsonSchema, type JsonSchema } from '../../config/json-schema.ts'
import { POWER_DRIVERS } from './power-devices.ts'
import { PROBES } from './probes.ts'
import { REGISTRIES } from './registries.ts'

describe('the registries', () => {
  it('file everything under its own name', () => {
    for (const [kind, probe] of Object.entries(PROBES)) expect(probe.kind).toBe(kind)
    for (const [name, { driver }] of Object.entries(POWER_DRIVERS)) expect(driver).toBe(name)
  })

  it('hold schemas that refuse unknown keys and describe every key', () => {
    const bare: string[] = []
    const loose: string[] = []
    const walk = (schema: JsonSchema, path: string) => {
      if (schema.properties !== undefined && schema.additionalProperties !== false) loose.push(path)
      for (const [key, property] of Object.entries(schema.properties ?? {})) {
        // The forms of a union are described by the key that holds them.
        const withinForm = path.includes('|')
        const isKind = path.endsWith('probes[]|')
        if (property.description === undefined && (!withinForm || isKind) && !isKind) bare.push(`${path}.${key}`)
        walk(property, `${path}.${key}`)
      }
      if (schema.items) walk(schema.items, `${path}[]`)
      for (const form of schema.anyOf ?? []) walk(form, `${path}|`)
      for (const form of schema.oneOf ?? []) walk(form, path)
    }
    walk(configurationJsonSchema(REGISTRIES), '')
    expect({ bare, loose }).toEqual({ bare: [], loose: [] })
  })
})
