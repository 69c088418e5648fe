import type { StorageStatus } from '../../core/cluster/types.ts'
import { flag, maybeText, number, rows, text } from './loose.ts'

/** `GET /nodes/{node}/storage`. */
export function readStorage(data: unknown): readonly StorageStatus[] | undefined {
  return rows(data)?.flatMap((row) => {
    const storage = maybeText(row.storage)
    if (storage === undefined) return []
    return [
      {
        storage,
        type: text(row.type),
        content: text(row.content),
        enabled: row.enabled === undefined || flag(row.enabled),
        active: flag(row.active),
        shared: flag(row.shared),
        usedBytes: number(row.used),
        totalBytes: number(row.total),
      },
    ]
  })
}
