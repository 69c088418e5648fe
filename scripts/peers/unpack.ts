import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Apt, run } from './apt.ts'
import type { Recipe } from './recipes.ts'

export type Found = { readonly path: string } | { readonly reason: string }

// What a package keeps of itself in a folder of its own goes before the scripts of the same names.
const PROGRAM_DIRS = ['lib/nut', 'usr/bin', 'usr/sbin', 'bin', 'sbin', 'usr/libexec']

/**
 * Unpacks one peer into `cache/NAME/`; a small wrapper `cache/NAME/run/PROGRAM` points each program at its own libraries. Nothing
 * outside `cache` is changed. Quick where it is there already: a stamp tells whether the recipe and the system are the same.
 */
export async function unpack(
  recipe: Recipe,
  cache: string,
  apt: Apt,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Found> {
  const home = join(cache, recipe.name)
  const stamp = stampOf(recipe)
  const wrapper = join(home, 'run', recipe.name)
  if (read(join(home, 'stamp')) === stamp) {
    const broken = read(join(home, 'broken'))
    return broken === undefined ? { path: wrapper } : { reason: broken }
  }
  if (!executable('/usr/bin/apt-get') || !executable('/usr/bin/dpkg-deb')) {
    return { reason: `${recipe.name} is not installed, and without apt it cannot be brought` }
  }
  tell(`test peers: unpacking ${recipe.name} into the cache (once)`)
  const work = mkdtempSync(join(cache, 'unpacking-'))
  try {
    const fetched = await fetchDebs(recipe, apt, work)
    if (fetched) return fetched
    const made = await assemble(recipe, work, signal)
    // Kept too, so that what cannot run here is not downloaded again each time.
    if (made) writeFileSync(join(work, 'broken'), made.reason)
    writeFileSync(join(work, 'stamp'), stamp)
    rmSync(home, { recursive: true, force: true })
    renameSync(work, home)
    return made ?? { path: wrapper }
  } catch (error) {
    // Another run may have put it there while we were at it.
    if (existsSync(wrapper)) return { path: wrapper }
    return { reason: `${recipe.name} could not be unpacked: ${(error as Error).message}` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Downloads the packages, by the system's lists if it has any, else (or where these are stale) by our own. */
async function fetchDebs(recipe: Recipe, apt: Apt, into: string): Promise<{ reason: string } | null> {
  let reason = 'apt has no package lists'
  for (const lists of ['system', 'own'] as const) {
    if (lists === 'system' && !Apt.systemHasLists()) continue
    if (lists === 'own' && !(await apt.updateOwnLists())) return { reason: 'apt could not fetch its package lists' }
    for (const group of recipe.packages.length > 0 ? recipe.packages : [[]]) {
      const wanted = group.length > 0 ? await apt.missing(lists, group) : []
      if ('reason' in wanted) {
        reason = wanted.reason
        continue
      }
      // The first of the group even if it is installed: the program may be wanted all the same (`PEERS_UNPACK=1`).
      const first = group.slice(0, 1).filter((name) => !wanted.some((known) => known.startsWith(`${name}=`)))
      const failed = await apt.download(lists, [...first, ...wanted, ...(recipe.bare ?? [])], into)
      if (!failed) return null
      reason = failed.reason
    }
  }
  return { reason }
}

async function assemble(recipe: Recipe, work: string, signal: AbortSignal): Promise<{ reason: string } | null> {
  const root = join(work, 'root')
  for (const deb of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
    const ran = await run('dpkg-deb', ['-x', join(work, deb), root], { signal })
    if (!ran.ok) return { reason: `dpkg-deb: ${ran.stderr.trim()}` }
    rmSync(join(work, deb))
  }
  rmSync(join(root, 'usr/share/doc'), { recursive: true, force: true })
  rmSync(join(root, 'usr/share/man'), { recursive: true, force: true })
  mkdirSync(join(work, 'run'))
  for (const name of [recipe.name, ...(recipe.also ?? [])]) {
    const program = PROGRAM_DIRS.map((dir) => join(dir, name)).find((path) => existsSync(join(root, path)))
    if (program === undefined) return { reason: `the packages hold no program ${name}` }
    writeFileSync(join(work, 'run', name), wrapperScript(recipe, program, root), { mode: 0o755 })
  }
  const wrapper = join(work, 'run', recipe.name)
  const ran = await run(wrapper, recipe.check.args, { signal })
  if (recipe.check.says.test(ran.stdout + ran.stderr)) return null
  const lines = (ran.stderr || ran.stdout).trim().split('\n')
  return { reason: `${recipe.name} was unpacked but does not run here: ${lines.at(-1)}` }
}

/** It finds its folder by its own place, so that the whole checkout can be moved. */
function wrapperScript(recipe: Recipe, program: string, root: string): string {
  const libraries = ['usr/lib', 'lib'].flatMap((dir) => {
    const folders = existsSync(join(root, dir)) ? readdirSync(join(root, dir)) : []
    return [...folders.filter((name) => name.includes('-linux-gnu')), ''].map((name) =>
      join('$root', dir, name).replace(/\/$/, ''),
    )
  })
  const lines = [
    '#!/bin/sh',
    'root=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/../root" && pwd)',
    `export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
  ]
  if (recipe.python) {
    lines.push(
      'export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$root/usr/share/fence:$root/usr/lib/python3/dist-packages"',
      'python=/usr/bin/python3',
      '[ -x "$python" ] || { python="$root/usr/bin/python3"; export PYTHONHOME="$root/usr"; }',
      `exec "$python" "$root/${program}" "$@"`,
    )
  } else {
    lines.push(`exec "$root/${program}" "$@"`)
  }
  return `${lines.join('\n')}\n`
}

function stampOf(recipe: Recipe): string {
  // What root may do (open a raw socket) another user may not.
  const user = process.getuid?.() === 0 ? 'root' : 'user'
  const inputs = [JSON.stringify(recipe), recipe.check.says.source, process.arch, read('/etc/os-release'), user]
  return createHash('sha256').update(inputs.join('\n')).digest('hex')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

export function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
