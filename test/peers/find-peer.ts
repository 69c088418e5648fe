import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Peer = { readonly path: string } | { readonly missing: string }

type PeersFile = { readonly reasons?: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>

const PEERS_FILE = new URL('../../.cache/peers/peers.json', import.meta.url)

/**
 * Where an independent program is that a test talks to, such as `fping` or `ipmi_sim`, or why there is none: as the
 * test set-up (`scripts/peers.ts`) found it, else from the PATH.
 */
export function peer(name: string): Peer {
  const brought = readPeers()
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  const candidates = [brought?.[name], ...folders.map((folder) => join(folder, name))]
  const path = candidates.find((candidate) => typeof candidate === 'string' && executable(candidate))
  if (typeof path === 'string') return { path }
  const reason = brought?.reasons?.[name]
  if (reason !== undefined) return { missing: reason }
  return { missing: `${name} is not installed, and 'bin/node scripts/peers.ts' has not brought it` }
}

/** For `describe.skipIf`: the reasons why a test cannot run, or undefined where every program it needs is there. */
export function missingPeers(...names: readonly string[]): string | undefined {
  const reasons = names.flatMap((name) => {
    const found = peer(name)
    return 'missing' in found ? [found.missing] : []
  })
  return reasons.length === 0 ? undefined : reasons.join('; ')
}

function readPeers(): PeersFile | undefined {
  try {
    return JSON.parse(readFileSync(PEERS_FILE, 'utf8'))
  } catch {
    return undefined
  }
}

function executable(path: string): boolean {
  if (!path.startsWith('/')) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
