import { posix } from 'node:path'

/** Folders of `src` that are no adapters. Every other one is: what a new integration adds is held to the rules unasked. */
const INNER = new Set([
  'core',
  'ports',
  'engine',
  'config',
  'api',
  'app',
  'cli',
  'lab',
  'tls',
  'process',
  'http-client',
  'main.ts',
])
/** Their subfolders are adapters of their own. */
const FAMILIES = new Set(['power-devices', 'notify', 'heartbeats'])
/** What adapters may share, besides core and ports. */
const LEAVES = ['config/secret.ts', 'config/values.ts', 'tls/', 'process/', 'http-client/', 'api/']

/** The specifiers that a source file imports or re-exports from, types included. */
export function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] as string))
}

/** Why `path` (`src/...`, not a test) may not import `specifier`; undefined where it may. */
export function forbidden(path: string, specifier: string): string | undefined {
  const own = path.slice('src/'.length)
  const from = part(own)
  if (!specifier.startsWith('.')) return forbiddenPackage(from, specifier)
  const target = posix.join(posix.dirname(own), specifier)
  if (target.startsWith('../')) return 'src imports nothing outside itself'
  const to = part(target)
  if (to === from) return undefined
  if (to === 'main.ts') return 'nothing imports main'
  if (to === 'cli') return from === 'main.ts' ? undefined : 'only main imports cli'
  switch (from) {
    case 'core':
      return 'core imports nothing outside itself'
    case 'ports':
      return to === 'core' ? undefined : 'ports import core only'
    case 'engine':
      return ['core', 'ports'].includes(to) ? undefined : 'engine imports core and ports only'
    case 'api':
      return to === 'core' ? undefined : 'api imports core only'
    case 'config':
      return isAdapter(to) || ['app', 'engine', 'lab'].includes(to) ? 'config knows no adapter' : undefined
    case 'tls':
    case 'process':
    case 'http-client':
      return ['core', 'config', 'tls', 'process', 'http-client'].includes(to) ? undefined : 'a leaf imports core only'
    case 'lab':
      return /^(?:power-devices|proxmox|nut|notify|heartbeats)\b/.test(to)
        ? 'an emulator that shares code with its client shares its bugs'
        : undefined
    case 'app':
    case 'cli':
    case 'main.ts':
      return undefined
    default:
      return forbiddenForAdapter(from, to, target)
  }
}

function forbiddenPackage(from: string, specifier: string): string | undefined {
  const node = specifier.startsWith('node:')
  if (from === 'core') return 'core imports nothing outside itself'
  if (from === 'ports') return 'ports are types: they import no package'
  if (from === 'api' && node) return 'api runs in a browser too: no node:'
  return undefined
}

function forbiddenForAdapter(from: string, to: string, target: string): string | undefined {
  if (['core', 'ports'].includes(to) || LEAVES.some((leaf) => target === leaf || target.startsWith(leaf)))
    return undefined
  // What lies directly in a family's folder is its shared vocabulary.
  if (from.startsWith(`${to}/`)) return undefined
  return isAdapter(to) ? 'adapters never import each other' : 'an adapter imports core, ports and leaves only'
}

/** `core`, `store`, `power-devices/kasa`, ...: the part of the program that a path from `src/` belongs to. */
function part(path: string): string {
  const [first = '', second = '', ...rest] = path.split('/')
  return FAMILIES.has(first) && rest.length > 0 ? `${first}/${second}` : first
}

function isAdapter(name: string): boolean {
  return !INNER.has(name)
}
