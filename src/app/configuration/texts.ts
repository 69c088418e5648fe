import type { Configuration } from '../../config/configuration.ts'
import { configurationJsonSchema } from '../../config/json-schema.ts'
import type { Written } from '../../config/load.ts'
import { renderReference } from '../../config/reference/reference.ts'
import { showConfiguration as show } from '../../config/show.ts'
import { REGISTRIES } from '../registry/registries.ts'

/** `config schema`, and `examples/proxmox-watchdog.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(configurationJsonSchema(REGISTRIES), null, 2)}\n`
}

/** `config show`: what is in force, as YAML, with secrets as references. */
export function showConfiguration(loaded: {
  readonly configuration: Configuration
  readonly written: Written
}): string {
  return show(loaded.configuration, loaded.written, REGISTRIES)
}

/** The files that are made from the schema, by their path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'examples/proxmox-watchdog.schema.json': schemaText(),
    'docs/configuration.md': renderReference(REGISTRIES),
  }
}
