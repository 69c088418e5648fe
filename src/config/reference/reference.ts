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
    ...proxmox(schema),
    ...ups(schema),
    ...channels(schema),
    ...alerting(schema),
    ...heartbeats(schema),
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

/** The variants of a list whose entries differ by `type`: the keys that all have, then those of each. */
function byType(schema: JsonSchema, list: string, own: readonly string[], word: string): string[] {
  const variants = entry(schema, list).oneOf ?? [entry(schema, list)]
  const [first = {}] = variants
  const types = variants.map((variant) => variant.properties?.type?.const)
  const shared = Object.fromEntries(own.map((key) => [key, first.properties?.[key] ?? {}]))
  const common: JsonSchema = {
    properties: { ...shared, type: { ...shared.type, const: undefined, enum: types } },
    required: ['name', 'type'],
  }
  return [
    keyTable(common),
    ...variants.flatMap((variant) => [`### ${word} ${variant.properties?.type?.const}`, keyTable(variant, [], own)]),
  ]
}

function proxmox(schema: JsonSchema): string[] {
  const cluster = entry(schema, 'proxmox')
  const sections = ['guests', 'netconsole'].flatMap((name) => {
    const section = schema.properties?.[name] ?? {}
    return [`## ${name}`, section.description ?? '', keyTable(section)]
  })
  return [
    '## proxmox',
    'A list of:',
    keyTable(cluster),
    '### Entries of proxmox.endpoints',
    keyTable(cluster.properties?.endpoints?.items ?? {}),
    ...sections,
  ]
}

function ups(schema: JsonSchema): string[] {
  const section = schema.properties?.ups ?? {}
  const lists = ['units', 'hosts', 'phases'].flatMap((list) => [
    `### Entries of ups.${list}`,
    keyTable(section.properties?.[list]?.items ?? {}),
  ])
  return ['## ups', section.description ?? '', keyTable(section), ...lists]
}

function channels(schema: JsonSchema): string[] {
  return [
    '## channels',
    'A list: ways to tell a person. Each has these keys and those of its type:',
    ...byType(schema, 'channels', ['name', 'type', 'local', 'rate'], 'Channel'),
  ]
}

function alerting(schema: JsonSchema): string[] {
  const alerts = schema.properties?.alerts ?? {}
  const lists = ['receivers', 'routes', 'inhibit'].flatMap((list) => [
    `### Entries of alerts.${list}`,
    keyTable(alerts.properties?.[list]?.items ?? {}),
  ])
  const rest = ['hooks', 'relay'].flatMap((name) => {
    const section = schema.properties?.[name] ?? {}
    return [`## ${name}`, section.description ?? '', keyTable(section)]
  })
  return ['## alerts', alerts.description ?? '', keyTable(alerts), ...lists, ...rest]
}

function heartbeats(schema: JsonSchema): string[] {
  const deadman = schema.properties?.deadman ?? {}
  return [
    '## heartbeats',
    'A list: who notices when we fall silent. Each has these keys and those of its type:',
    ...byType(schema, 'heartbeats', ['name', 'type', 'every'], 'Heartbeat'),
    '## deadman',
    deadman.description ?? '',
    '### Entries of deadman.expect',
    keyTable(deadman.properties?.expect?.items ?? {}),
    '### Entries of deadman.probe',
    keyTable(deadman.properties?.probe?.items ?? {}),
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
