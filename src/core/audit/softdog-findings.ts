import { list } from '../phrase.ts'
import { finding } from './finding.ts'
import { holdsDevice, softDevice } from './node-picture.ts'
import type { AuditedCluster, Finding } from './types.ts'

/** The same on most clusters, so it is said once. */
export function softdogFindings({ cluster, nodes }: AuditedCluster): readonly Finding[] {
  const soft = nodes.filter(
    (facts) => facts.online !== false && holdsDevice(facts) === true && softDevice(facts) === true,
  )
  if (soft.length === 0) return []
  const names = list(soft.map(({ node }) => node))
  const remedy =
    'That is what the outlets are for. A hardware watchdog is set with WATCHDOG_MODULE in /etc/default/pve-ha-manager.'
  const sentence = `The watchdog of ${names} is softdog: it does not bring back a node whose kernel panics or hangs.`
  return [finding('softdog', sentence, remedy, { cluster })]
}
