import type { ApiVersion } from '../../core/cluster/types.ts'
import { maybeText, row, text } from './loose.ts'

/** `GET /version`: `9.2.11` of release `9.2`; older ones `7.4-17` of `7.4`. */
export function readVersion(data: unknown): ApiVersion | undefined {
  const told = row(data)
  const version = maybeText(told?.version)
  if (version === undefined) return undefined
  const release = maybeText(told?.release) ?? /^\d+\.\d+/.exec(version)?.[0] ?? version
  return { version, release, repoId: text(told?.repoid) }
}
