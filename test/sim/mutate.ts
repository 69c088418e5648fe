import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Core } from './core.ts'
import type { Mutant } from './mutant.ts'

const SOURCE = join(import.meta.dirname, '../../src/core')

/** The core with one mistake in it, loaded from a copy. `remove` takes the copy away. */
export async function mutate({ name, edits }: Mutant): Promise<{ core: Core; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    cpSync(SOURCE, folder, { recursive: true, filter: (file) => !file.endsWith('.test.ts') })
    for (const { file, from, to } of edits ?? []) {
      const path = join(folder, file)
      const text = readFileSync(path, 'utf8')
      const found = text.split(from).length - 1
      if (found !== 1) throw new Error(`the mutant “${name}” does not apply: ${file} holds ${found} times: ${from}`)
      writeFileSync(
        path,
        text.replace(from, () => to),
      )
    }
    return { core: await load(folder), remove }
  } catch (error) {
    remove()
    throw error
  }
}

async function load(folder: string): Promise<Core> {
  const bring = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href)
  const [{ decide }, { apply, snapshotOf }, { initialState }, { owesPower }, ...cluster] = await Promise.all([
    bring('state/decide.ts'),
    bring('state/apply.ts'),
    bring('state/initial.ts'),
    bring('state/restart.ts'),
    bring('cluster/model.ts'),
    bring('cluster/feeds.ts'),
    bring('cluster/clean-stops.ts'),
  ])
  return { decide, apply, snapshotOf, initialState, owesPower, cluster: Object.assign({}, ...cluster) }
}
