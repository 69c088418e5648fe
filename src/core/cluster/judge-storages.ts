import type { StorageModel } from './model-types.ts'
import { type Asked, type Told, tellOf } from './told.ts'
import type { Resources, StorageRow, StorageStatus } from './types.ts'

export type StorageSources = {
  readonly asked: Asked
  readonly resources: Told<Resources> | undefined
  readonly isOnline: (node: string) => boolean
}

/** Each storage of each node, by the node's own word where it was told lately, else by the rows of the others. */
export function judgeStorages(sources: StorageSources): readonly StorageModel[] {
  const found = new Map<string, StorageModel>()
  for (const row of sources.resources?.value.storages ?? []) {
    found.set(`${row.node}/${row.storage}`, ofRow(row, sources))
  }
  for (const view of Object.values(sources.asked.views.views)) {
    const told = tellOf(sources.asked, view, 'storage')
    if (told?.fresh !== true || !sources.isOnline(view.node)) continue
    for (const status of told.value) {
      const key = `${view.node}/${status.storage}`
      if (status.enabled) found.set(key, ofStatus(view.node, status, told.ageMs, found.get(key)))
      else found.delete(key)
    }
  }
  return [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

const keyOf = ({ storage, node }: StorageModel) => `${storage}/${node}`

function ofRow(row: StorageRow, { resources, isOnline }: StorageSources): StorageModel {
  const known = resources?.fresh === true && isOnline(row.node) && row.status !== 'unknown'
  return {
    storage: row.storage,
    node: row.node,
    type: row.pluginType,
    content: row.content,
    shared: row.shared,
    active: known ? row.status === 'available' : undefined,
    usedBytes: row.usedBytes,
    totalBytes: row.totalBytes,
    ageMs: resources?.ageMs ?? 0,
  }
}

/** The size of a storage that is not active is told as 0: then the one that was last known stays. */
function ofStatus(node: string, status: StorageStatus, ageMs: number, row: StorageModel | undefined): StorageModel {
  const { storage, type, content, shared, active, totalBytes } = status
  const sized = totalBytes > 0 || row === undefined ? status : row
  return {
    storage,
    node,
    type,
    content,
    shared,
    active,
    usedBytes: sized.usedBytes,
    totalBytes: sized.totalBytes,
    ageMs,
  }
}
