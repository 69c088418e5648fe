import { list, spell } from '../phrase.ts'
import { elapsedMs } from '../time.ts'
import { finding } from './finding.ts'
import type { AuditedCluster, Finding } from './types.ts'

const OVERDUE_MS = 900_000

/** HA that is disarmed, by us or by somebody else, and what should have been armed again. */
export function disarmFindings({ cluster, model, disarmed }: AuditedCluster): readonly Finding[] {
  const about = { cluster }
  const late = disarmed.filter(
    (row) => row.goal === 'armed' && model !== undefined && elapsedMs(row.since, model.at) > OVERDUE_MS,
  )
  const found = late.map((row) =>
    finding(
      'rearm-overdue',
      `${row.node} should have been armed again ${spell(elapsedMs(row.since, model?.at ?? row.since))} ago: ${row.note}`,
      'It is tried on and on; look at proxmox check, or run ha-manager crm-command arm-ha on a node.',
      { cluster, node: row.node },
    ),
  )
  const ha = model?.ha?.value
  if (ha?.armed !== 'disarmed' && ha?.armed !== 'disarming') return found
  const ours = disarmed.filter(({ goal }) => goal === 'disarmed')
  const timed = ours.filter(({ rearmAt }) => rearmAt !== undefined)
  if (late.length > 0 && ours.length === 0) return found
  if (ours.length === 0) {
    const sentence = `HA of ${cluster} is ${ha.armed}, and not by the watchdog: nobody arms it again by himself.`
    return [
      ...found,
      finding('ha-disarmed', sentence, 'proxmox-watchdog node-watchdog arm NODE, once that is over.', about),
    ]
  }
  const who = list([...new Set(ours.map(({ by, node }) => `${by} (${node})`))])
  const left = timed.map(({ rearmAt }) => (rearmAt && model ? elapsedMs(model.at, rearmAt) : 0))
  const until = ours.length > timed.length ? 'for good' : `for ${spell(Math.max(...left, 0))} more`
  const sentence = `HA of ${cluster} is ${ha.armed} ${until}, by ${who}.`
  const severity = ours.length > timed.length ? ('warning' as const) : ('info' as const)
  return [
    ...found,
    finding('ha-disarmed', sentence, 'proxmox-watchdog node-watchdog arm NODE ends it sooner.', { ...about, severity }),
  ]
}
