import type { Ceph } from '../../core/cluster/types.ts'
import { maybeText, row } from './loose.ts'

const HEALTHS = ['HEALTH_OK', 'HEALTH_WARN', 'HEALTH_ERR'] as const

/** `GET /cluster/ceph/status`: what `ceph status` prints as JSON. */
export function readCeph(data: unknown): Ceph | undefined {
  const health = row(row(data)?.health)
  if (health === undefined) return undefined
  const checks = Object.entries(row(health.checks) ?? {}).map(([name, check]) => {
    const words = maybeText(row(row(check)?.summary)?.message)
    return words === undefined ? name : `${name}: ${words}`
  })
  return { health: HEALTHS.find((each) => each === health.status) ?? 'unknown', checks }
}
