import { VARIABLES } from '../environment/variables.ts'
import { configurationJsonSchema, type JsonSchema } from '../json-schema.ts'
import type { Registries } from '../registry.ts'
import { keyTable, table } from './table.ts'

const MADE = '<!-- Made by `npm run generate` from the schema. Changes belong there. -->'

/** docs/configuration.md. */
export function renderReference(registries: Registries): string {
  const schema = configurationJsonSchema(registries)
  const parts = [
    '# Configuration',
    MADE,
    INTRODUCTION,
    '## The file',
    keyTable(schema),
    ...sections(schema),
    ...devices(schema, registries),
    ...hosts(schema),
    ...probes(schema, registries),
    ...environment(),
  ]
  return `${parts.join('\n\n')}\n`
}

const INTRODUCTION = `One YAML file says everything. Without \`--config FILE\` it is the one that \`PROXMOX_WATCHDOG_CONFIG\` names, else
\`./proxmox-watchdog.yaml\`, else \`/etc/proxmox-watchdog/config.yaml\`. The folder \`examples/\` has complete ones.

- \`proxmox-watchdog config check\` tells everything that is wrong with it, by line and column, and what is risky.
- \`proxmox-watchdog config show\` prints what is in force, defaults and environment included.
- \`proxmox-watchdog config schema\` prints the JSON Schema, by which editors complete and check the file.

A file with a mistake is refused as a whole. \`SIGHUP\` loads it again; a wrong one then changes nothing.

**duration**: a number with a unit, such as \`500ms\`, \`30s\`, \`10m\`, \`2h\`, \`90d\` or \`1h30m\`.
**secret**: \`{ env: NAME }\` or \`{ file: PATH }\`, never the value itself. It is read at each use and never shown.`

function sections(schema: JsonSchema): string[] {
  return ['http', 'log', 'history', 'rounds', 'recovery'].flatMap((name) => {
    const section = schema.properties?.[name] ?? {}
    return [`## ${name}`, section.description ?? '', keyTable(section)]
  })
}

function entry(schema: JsonSchema, list: string): JsonSchema {
  return schema.properties?.[list]?.items ?? {}
}

function devices(schema: JsonSchema, registries: Registries): string[] {
  const own = ['name', 'driver', 'outlets']
  const variants = entry(schema, 'powerDevices').oneOf ?? [entry(schema, 'powerDevices')]
  const [first = {}] = variants
  const properties = Object.fromEntries(own.map((key) => [key, first.properties?.[key] ?? {}]))
  const drivers = Object.keys(registries.drivers)
  const common: JsonSchema = {
    properties: { ...properties, driver: { ...properties.driver, const: undefined, enum: drivers } },
    required: ['name', 'driver'],
  }
  return [
    '## powerDevices',
    'A list. Each device has these keys and those of its driver:',
    keyTable(common),
    '### Outlets of a device',
    keyTable(first.properties?.outlets?.items ?? {}),
    ...variants.flatMap((variant) => [`### Driver ${variant.properties?.driver?.const}`, keyTable(variant, [], own)]),
  ]
}

function hosts(schema: JsonSchema): string[] {
  const host = entry(schema, 'hosts')
  return [
    '## hosts',
    'A list of:',
    keyTable(host),
    '### Entries of power and fallback',
    keyTable(host.properties?.power?.items ?? {}),
    '## references',
    'A list of:',
    keyTable(entry(schema, 'references')),
  ]
}

function probes(schema: JsonSchema, registries: Registries): string[] {
  const forms = entry(schema, 'hosts').properties?.probes?.items?.anyOf ?? []
  const settings = forms.find((form) => form.properties !== undefined)?.properties ?? {}
  return [
    '## Probes',
    'In a list of probes, a name such as `icmp` stands for the kind with its defaults; `{ https: { port: 443 } }` gives settings.',
    ...Object.keys(registries.probes).flatMap((kind) => {
      const known = settings[kind] ?? {}
      const hasKeys = Object.keys(known.properties ?? {}).length > 0
      return [`### Probe ${kind}`, hasKeys ? keyTable(known) : 'No settings.']
    }),
  ]
}

function environment(): string[] {
  return [
    '## Environment',
    `These variables are enough without a file; the mode is then \`act\` and the strip is called \`strip\`. Where there is a file,
they override it. Times are seconds as plain numbers, or durations. A variable that is set to nothing counts as not set.`,
    table(
      ['Variable', 'Sets', 'Example', 'Meaning'],
      VARIABLES.map(({ name, sets, example, meaning }) => [`\`${name}\``, sets, `\`${example}\``, meaning]),
    ),
    '`STATE_DIRECTORY`, which systemd sets, is the state directory where the file does not name one.',
  ]
}
