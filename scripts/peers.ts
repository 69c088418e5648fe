import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Apt } from './peers/apt.ts'
import { RECIPES } from './peers/recipes.ts'
import { executable, type Found, unpack } from './peers/unpack.ts'

const CACHE = fileURLToPath(new URL('../.cache/peers', import.meta.url))
const BUDGET_MS = 300_000

/**
 * Brings the independent programs that tests talk to (fping, a BMC simulator, fence agents, promtool, ...): the
 * system's own where installed, else unpacked into `.cache/peers/`. Writes `.cache/peers/peers.json`, which
 * `test/peers/find-peer.ts` reads: an absolute path or null by name, and `reasons` for the missing. A peer that cannot
 * be had is no failure: its tests skip and say why. `PEERS_UNPACK=1` ignores what is installed.
 */
export async function bringPeers(tell: (line: string) => void): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  const signal = AbortSignal.timeout(BUDGET_MS)
  const apt = new Apt(join(CACHE, 'apt'), signal)
  const paths: Record<string, string | null> = {}
  const reasons: Record<string, string> = {}
  // One after the other: they share one download folder and one package cache.
  for (const recipe of RECIPES) {
    const installed = process.env.PEERS_UNPACK === '1' ? undefined : findInstalled(recipe.name)
    const found: Found = installed ? { path: installed } : await unpack(recipe, CACHE, apt, signal, tell)
    for (const name of [recipe.name, ...(recipe.also ?? [])]) {
      // They come together, also where the system has them.
      paths[name] = 'path' in found ? join(dirname(found.path), name) : null
      if ('reason' in found) reasons[name] = found.reason
    }
    if ('reason' in found) {
      tell(`test peers: no ${recipe.name}, its tests will be skipped: ${found.reason}`)
    }
  }
  const draft = join(CACHE, `peers.json.${process.pid}`)
  writeFileSync(draft, `${JSON.stringify({ ...paths, reasons }, null, 2)}\n`)
  renameSync(draft, join(CACHE, 'peers.json'))
}

function findInstalled(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(executable)
}

if (import.meta.main) await bringPeers((line) => console.error(line))
