import { list } from '../phrase.ts'
import { missingFor, surplus } from './access/missing.ts'
import { finding } from './finding.ts'
import type { AuditedCluster, Finding } from './types.ts'

/** How one cluster is asked, and with what rights. */
export function accessFindings(audited: AuditedCluster): readonly Finding[] {
  return [...endpointFindings(audited), ...tokenFindings(audited)]
}

function endpointFindings({ cluster, endpoints, model }: AuditedCluster): Finding[] {
  const about = { cluster }
  const members = model?.nodes.filter(({ online }) => online !== false) ?? []
  const unasked = members.filter(({ asked, errors }) => !asked && Object.keys(errors).length === 0)
  const unchecked = endpoints.filter(({ trust }) => trust === 'nothing').map(({ url }) => url)
  const found: Finding[] = []
  if (endpoints.length === 0) {
    found.push(finding('no-endpoint', `${cluster} has no endpoint.`, 'Give the address of each node.', about))
  }
  if (endpoints.length === 1 && members.length > 1) {
    const sentence = `${cluster} is asked at one endpoint only: ${endpoints[0]?.url}.`
    found.push(finding('one-endpoint', sentence, 'Give the address of each node.', about))
  } else {
    for (const { name } of endpoints.length === 0 ? [] : unasked) {
      const sentence = `${name} of ${cluster} has no endpoint that answers for it.`
      found.push(
        finding('node-without-endpoint', sentence, 'Add its address to the endpoints.', { cluster, node: name }),
      )
    }
  }
  if (unchecked.length > 0) {
    const sentence = `The certificate of ${list(unchecked)} is not checked.`
    found.push(
      finding('certificate-unchecked', sentence, 'proxmox-watchdog proxmox check shows the fingerprint to pin.', about),
    )
  }
  return found
}

function tokenFindings({ cluster, features, permissions }: AuditedCluster): Finding[] {
  if (permissions === undefined) return []
  const about = { cluster }
  const lacking = features.flatMap((feature) =>
    missingFor(feature, permissions).map(({ privilege, path }) => `${privilege} on ${path} (${feature})`),
  )
  const more = Object.entries(surplus(features, permissions)).map(
    ([privilege, paths]) => `${privilege} on ${shortest(paths)}`,
  )
  const found: Finding[] = []
  if (lacking.length > 0) {
    const sentence = `The token of ${cluster} lacks ${list(lacking)}.`
    found.push(
      finding('token-lacks', sentence, 'proxmox-watchdog proxmox role prints the commands that grant it.', about),
    )
  }
  if (more.length > 0) {
    const shown = more.length > 6 ? [...more.slice(0, 6), `${more.length - 6} more`] : more
    const sentence = `The token of ${cluster} may do more than is needed: ${list(shown)}.`
    found.push(
      finding('token-too-strong', sentence, 'Make one with the commands of proxmox-watchdog proxmox role.', about),
    )
  }
  return found
}

function shortest(paths: readonly string[]): string {
  return paths.toSorted((a, b) => a.length - b.length)[0] ?? '/'
}
