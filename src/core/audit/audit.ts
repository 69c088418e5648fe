import { accessFindings } from './access-findings.ts'
import { disarmFindings } from './disarm-findings.ts'
import { nodeFindings } from './node-findings.ts'
import { pathFindings } from './path-findings.ts'
import { quorumFindings } from './quorum-findings.ts'
import { softdogFindings } from './softdog-findings.ts'
import { tellingFindings } from './telling-findings.ts'
import type { AuditInput, Finding, FindingSeverity } from './types.ts'

const ORDER = ['critical', 'warning', 'info'] as const

/** Everything that would reset a node, cost quorum, or keep a person from hearing of it: the worst first. */
export function audit(input: AuditInput): readonly Finding[] {
  const { clusters, path } = input
  const found = [
    ...clusters.flatMap((cluster) => [
      ...quorumFindings(cluster),
      ...cluster.nodes.flatMap((facts) => nodeFindings(cluster, facts)),
      ...softdogFindings(cluster),
      ...disarmFindings(cluster),
    ]),
    ...pathFindings(input),
    ...tellingFindings(path),
    ...clusters.flatMap(accessFindings),
  ]
  return found.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
}

export function worst(findings: readonly Pick<Finding, 'severity'>[]): FindingSeverity | undefined {
  return ORDER.find((severity) => findings.some((each) => each.severity === severity))
}
