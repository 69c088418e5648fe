import type { ClusterStatus, NodeVotes, QDevice } from './types.ts'

/** How far a cluster is from losing quorum. Votes as corosync counts them (votequorum(5)). */
export type QuorumMargin = {
  readonly quorate: boolean
  readonly expectedVotes: number
  readonly neededVotes: number
  readonly presentVotes: number
  /** So many more nodes may fail, whichever they are, before quorum is lost. 0: the next one takes it. */
  readonly survivesFailures: number
  readonly qdevice: QDevice['state']
  /** Votes of the QDevice, present or not. Derived from its algorithm: the API does not tell them. */
  readonly qdeviceVotes: number
  /** Votes that are configured and missing: of nodes that are away, and of a QDevice that does not answer. */
  readonly missingVotes: number
  /** For each node that is there: whether its loss costs quorum. */
  readonly losingCosts: Readonly<Record<string, boolean>>
}

/**
 * `votes` are those of corosync.conf; where they cannot be read each member counts one, as Proxmox sets it up. With its
 * QDevice lost a cluster still says that it is quorate: the margin is what tells.
 */
export function quorumMargin(
  status: ClusterStatus,
  votes: readonly NodeVotes[] | undefined,
  qdevice: QDevice | undefined,
): QuorumMargin {
  const votesOf = new Map(votes?.map((node) => [node.node, node.votes]))
  const nodes = status.members.map(({ name, online }) => ({ name, online, votes: votesOf.get(name) ?? 1 }))
  // Nodes of corosync.conf that the view does not list are away.
  for (const { node, votes: count } of votes ?? []) {
    if (!nodes.some(({ name }) => name === node)) nodes.push({ name: node, online: false, votes: count })
  }
  const state = qdevice?.state ?? 'none'
  const qdeviceVotes = state === 'none' ? 0 : votesOfQdevice(qdevice?.algorithm, nodes.length)
  const nodeVotes = sum(nodes.map((node) => node.votes))
  const expectedVotes = nodeVotes + qdeviceVotes
  const neededVotes = Math.floor(expectedVotes / 2) + 1
  const online = nodes.filter((node) => node.online)
  const presentVotes = sum(online.map((node) => node.votes)) + (state === 'connected' ? qdeviceVotes : 0)
  return {
    quorate: status.quorate,
    expectedVotes,
    neededVotes,
    presentVotes,
    survivesFailures: survivable(
      online.map((node) => node.votes),
      presentVotes - neededVotes,
    ),
    qdevice: state,
    qdeviceVotes,
    missingVotes: expectedVotes - presentVotes,
    losingCosts: Object.fromEntries(online.map((node) => [node.name, presentVotes - node.votes < neededVotes])),
  }
}

/** corosync-qdevice(8): `ffsplit` has one vote, `lms` one less than there are nodes. */
function votesOfQdevice(algorithm: string | undefined, nodes: number): number {
  return /^lms$/i.test(algorithm ?? '') ? Math.max(1, nodes - 1) : 1
}

/** The worst case: the nodes with the most votes fail first. */
function survivable(votes: readonly number[], spare: number): number {
  let left = spare
  let count = 0
  for (const each of votes.toSorted((a, b) => b - a)) {
    if (each > left) break
    left -= each
    count += 1
  }
  return count
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
