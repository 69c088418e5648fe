import { quorumMargin } from '../cluster/margin.ts'
import { clause, list } from '../phrase.ts'
import { finding } from './finding.ts'
import { isClient } from './node-picture.ts'
import type { AuditedCluster, Finding, UpsPhase } from './types.ts'

const LOST_REMEDY = 'Bring nodes or the QDevice back; look at the network between them.'

/** Whether the next loss costs quorum, and what the rest would do then. */
export function quorumFindings(audited: AuditedCluster): readonly Finding[] {
  const { cluster, model, endpoints } = audited
  const about = { cluster }
  if (model === undefined || !model.trusted) {
    if (endpoints.length === 0) return []
    const lost = Object.entries(model?.agreement.views ?? {}).filter(([, { standing }]) => standing === 'no-quorum')
    if (lost.length > 0) {
      const told = `No node of ${cluster} has quorum, as ${list(lost.map(([node]) => node))} ${lost.length === 1 ? 'tells' : 'tell'}.`
      return [finding('quorum-lost', told, LOST_REMEDY, about)]
    }
    const sentence = `No fresh view with quorum tells how ${cluster} stands.`
    return [finding('not-seen', sentence, 'proxmox-watchdog proxmox check says which endpoint fails, and why.', about)]
  }
  const { margin, nodes } = model
  if (margin === undefined) return []
  if (!margin.quorate) {
    const sentence = `${cluster} has no quorum: ${margin.presentVotes} of ${margin.expectedVotes} votes, ${margin.neededVotes} are needed.`
    return [finding('quorum-lost', sentence, LOST_REMEDY, about)]
  }
  const found: Finding[] = []
  if (margin.missingVotes > 0) {
    const device = margin.qdevice === 'failed' ? ' Its QDevice does not answer.' : ''
    const sentence = `${margin.missingVotes} of ${margin.expectedVotes} votes of ${cluster} are missing.${device}`
    found.push(finding('votes-missing', sentence, 'Bring back what is away.', about))
  }
  if (margin.survivesFailures === 0 && nodes.length > 1) found.push(nextLoss(audited, about))
  return [...found, ...upsFindings(audited, audited.upsPhases ?? [])]
}

function nextLoss(audited: AuditedCluster, about: { readonly cluster: string }): Finding {
  const costly = Object.entries(audited.model?.margin?.losingCosts ?? {})
    .filter(([, costs]) => costs)
    .map(([node]) => node)
  const fencing = fencingNodes(audited)
  const which = costly.length === 0 ? 'the next node' : costly.join(' or ')
  const start = `The loss of ${which} costs ${audited.cluster} its quorum`
  const remedy =
    'Bring back what is away, or add a QDevice; before work on it disarm HA: node-watchdog disarm NODE --for 2h.'
  if (fencing.length === 0) {
    return finding('next-loss-costs-quorum', `${start}; no node has active HA, so none resets itself.`, remedy, about)
  }
  const rest = `${start}, and then what is left of ${list(fencing)} resets itself, since HA is active there.`
  return finding('next-loss-fences', rest, remedy, about)
}

function fencingNodes({ nodes, model }: AuditedCluster): readonly string[] {
  if (model?.ha?.value.armed === 'disarmed') return []
  return nodes.filter((facts) => facts.online !== false && isClient(facts) === true).map(({ node }) => node)
}

function upsFindings(audited: AuditedCluster, phases: readonly UpsPhase[]): Finding[] {
  const { cluster, model } = audited
  const view = model?.agreement.believed
  const members = model?.nodes ?? []
  if (view === undefined) return []
  return phases.flatMap(({ name, stops, disarmsHa, why }): Finding[] => {
    const status = {
      quorate: true,
      members: members.map((each) => ({
        name: each.name,
        nodeId: each.nodeId ?? 0,
        online: each.online === true && !stops.includes(each.name),
        local: false,
      })),
    }
    const left = quorumMargin(status, undefined, model?.qdevice?.value)
    if (left.presentVotes >= left.neededVotes || disarmsHa) return []
    const rest = fencingNodes(audited).filter((node) => !stops.includes(node))
    if (rest.length === 0) return []
    const because = why === undefined ? '' : ` (${clause(why)})`
    const sentence = `In the phase ${name} of the UPS ${list(stops)} ${stops.length === 1 ? 'is' : 'are'} stopped, which costs ${cluster} its quorum, and HA cannot be disarmed before${because}: ${list(rest)} would reset. That phase waits for the last one.`
    const remedy = 'Let HA be disarmed: proxmox-watchdog proxmox check says what is missing.'
    return [finding('ups-phase-fences', sentence, remedy, { cluster })]
  })
}
