import type { Strip } from '../../world/index.ts'
import { type Bench, type Child, isObject } from './reply.ts'

/** Only the first child counts, whatever the rest is: so does hardware 2.0, and it still answers `err_code` 0. */
export function childOf(bench: Pick<Bench, 'strip' | 'violate'>, context: unknown): Child {
  const ids = isObject(context) ? context.child_ids : undefined
  if (!Array.isArray(ids) || ids.length === 0) return 'none'
  if (ids.length > 1) bench.violate('several-children', `${ids.length} child_ids in one request`)
  return findChild(bench, String(ids[0]))
}

export function childId(strip: Strip, index: number): string {
  return strip.deviceId + shortChildId(index)
}

export function shortChildId(index: number): string {
  return index.toString(16).toUpperCase().padStart(2, '0')
}

function findChild({ strip, violate }: Pick<Bench, 'strip' | 'violate'>, id: string): Child {
  const outlet = strip.outlets.find((candidate) => childId(strip, candidate.index) === id)
  if (outlet !== undefined) return outlet
  if (id.length <= 2) violate('short-child-id', `child id ${id}`)
  if (id.startsWith(strip.deviceId + strip.deviceId)) violate('child-id-prefixed-twice', `child id ${id}`)
  return 'unknown'
}
