import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { forbidden, importsOf } from './tidy/directions.ts'
import { lineCount, ownFiles, places, root, text } from './tidy/files.ts'

const MAX_LINES = 400
const MAX_RUNTIME_PACKAGES = 30

const listed = ownFiles()
const reason = listed === undefined ? 'this is no git checkout, so which files are ours is not known' : undefined
if (reason !== undefined) console.warn(`skipped: tidiness: ${reason}`)

const files = listed ?? []
const code = files.filter((path) => /\.(?:ts|mjs|js|sql|css|html)$/.test(path))
const sources = files.filter((path) => /^src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))
const prose = files.filter((path) => path.endsWith('.md'))
const readable = files.filter((path) =>
  /\.(?:ts|mjs|js|sql|css|html|md|json|ya?ml|service|sh|env)$|(?:^|\/)[^.]+$/.test(path),
)
const own = (path: string) => !path.startsWith('test/tidy')

describe.skipIf(reason)('files and folders', () => {
  test(`no file is longer than ${MAX_LINES} lines`, () => {
    expect(code.filter((path) => lineCount(path) > MAX_LINES)).toEqual([])
  })

  test('nothing is named after no idea', () => {
    const vague = /(?:^|[/.-])(?:utils?|helpers?|common|managers?|misc)(?:[/.-]|$)/i
    expect(files.filter((path) => vague.test(path))).toEqual([])
  })

  test('nothing is left over', () => {
    expect(places(code.filter(own), /\b(?:TODO|FIXME|XXX)\b|(?<!') not implemented/)).toEqual([])
    expect(places(code.filter(own), /\b(?:test|it|describe|suite)\.only\b/)).toEqual([])
  })

  test('nothing tells where it was made', () => {
    const machine =
      /(?<![\w.])\/(?:work|root|home\/\w+)\/|https?:\/\/[\w.-]*(?:npmjs|npmmirror|artifactory|verdaccio)[\w.-]*/
    expect(places(readable.filter(own), machine)).toEqual([])
  })
})

describe.skipIf(reason)('directions', () => {
  test('imports go only where the design lets them', () => {
    const wrong = sources.flatMap((path) =>
      importsOf(text(path)).flatMap((specifier) => {
        const why = forbidden(path, specifier)
        return why === undefined ? [] : [`${path} imports ${specifier}: ${why}`]
      }),
    )
    expect(wrong).toEqual([])
  })
})

describe('the rule of directions', () => {
  test.each([
    ['src/core/a/b.ts', '../../ports/clock.ts'],
    ['src/core/a.ts', 'zod'],
    ['src/core/a.ts', 'node:fs'],
    ['src/ports/a.ts', '../engine/b.ts'],
    ['src/ports/a.ts', 'zod'],
    ['src/engine/a.ts', '../store/b.ts'],
    ['src/engine/a.ts', '../config/values.ts'],
    ['src/config/a.ts', '../probes/b.ts'],
    ['src/api/a.ts', 'node:fs'],
    ['src/api/a.ts', '../http/b.ts'],
    ['src/probes/a.ts', '../store/b.ts'],
    ['src/probes/a.ts', '../config/load.ts'],
    ['src/probes/a.ts', '../app/b.ts'],
    ['src/store/a/b.ts', '../../engine/b.ts'],
    ['src/power-devices/kasa/a.ts', '../fence/b.ts'],
    ['src/notify/email/a.ts', '../../http/b.ts'],
    ['src/some-new-folder/a.ts', '../store/b.ts'],
    ['src/tls/a.ts', '../http/b.ts'],
    ['src/lab/servers/a.ts', '../../power-devices/kasa/b.ts'],
    ['src/lab/a.ts', '../nut/b.ts'],
    ['src/app/a.ts', '../cli/b.ts'],
    ['src/cli/a.ts', '../main.ts'],
    ['src/cli/a.ts', '../../scripts/peers.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(forbidden(path, specifier)).toBeTypeOf('string')
  })

  test.each([
    ['src/core/a/b.ts', '../time.ts'],
    ['src/ports/a.ts', '../core/time.ts'],
    ['src/engine/a.ts', '../ports/clock.ts'],
    ['src/power-devices/kasa/a.ts', './b.ts'],
    ['src/power-devices/kasa/a.ts', '../../config/secret.ts'],
    ['src/power-devices/fence/a.ts', '../../process/run-child.ts'],
    ['src/notify/email/a.ts', '../retry.ts'],
    ['src/http/a.ts', '../api/b.ts'],
    ['src/app/a.ts', '../power-devices/kasa/b.ts'],
    ['src/lab/a.ts', 'node:http'],
    ['src/main.ts', './cli/a.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(forbidden(path, specifier)).toBeUndefined()
  })

  test('sees every form of import', () => {
    const source = `import 'a'\nimport type { X } from "b"\nexport * from 'c'\nimport {\n  d,\n} from 'd'
      const e = await import('e')\n// import 'f'\n/** from 'g' */\nconst text = "from 'h'"`
    expect(importsOf(source).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe.skipIf(reason)('words about it', () => {
  const architecture = files.includes('ARCHITECTURE.md') ? text('ARCHITECTURE.md') : undefined

  test('ARCHITECTURE.md gives the reason for each dependency and the place of each folder', (context) => {
    if (architecture === undefined) return context.skip('there is no ARCHITECTURE.md yet')
    const dependencies = Object.keys(JSON.parse(text('package.json')).dependencies)
    const folders = new Set(sources.flatMap((path) => path.match(/^src\/([^/]+)\//)?.[1] ?? []))
    expect(dependencies.filter((name) => !architecture.includes(name))).toEqual([])
    expect([...folders].filter((name) => !architecture.includes(`${name}/`))).toEqual([])
  })

  test('every page in docs is linked from the README or another page', (context) => {
    if (!files.includes('README.md')) context.skip('there is no README.md yet')
    const pages = files.filter((path) => path.startsWith('docs/'))
    const orphans = pages.filter((page) => !prose.some((path) => path !== page && links(path).includes(page)))
    expect(orphans).toEqual([])
  })

  test('no link leads nowhere', () => {
    const broken = prose.flatMap((path) =>
      links(path)
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} -> ${target}`),
    )
    expect(broken).toEqual([])
  })
})

describe('dependencies', () => {
  type Locked = { readonly dev?: boolean; readonly hasInstallScript?: boolean; readonly resolved?: string }
  const locked: [string, Locked][] = Object.entries(JSON.parse(text('package-lock.json')).packages)
  const runtime = locked.filter(([path, { dev }]) => path !== '' && !dev)

  test(`are at most ${MAX_RUNTIME_PACKAGES} at run time, and none runs a script when it is installed`, () => {
    expect(runtime.length).toBeLessThanOrEqual(MAX_RUNTIME_PACKAGES)
    expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
  })

  test('are locked without the address of a registry', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })
})

/** The files of the project that a page links to, by their path from the root. */
function links(path: string): string[] {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  return [...text(path).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] as string)
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => join(folder, target))
}
