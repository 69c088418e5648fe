import { list } from '../../phrase.ts'
import type { QuorumMargin } from '../margin.ts'
import type { ClusterModel, NodeModel } from '../model-types.ts'
import { byBelievedView, type Held, type Rule } from './rule.ts'

const CLUSTER = ''

/** Of the cluster as a whole where no node has quorum, else of each node that has not. */
const quorumLost: Rule = {
  name: 'PveQuorumLost',
  holding({ model }) {
    const without = Object.values(model.agreement.views).filter(({ standing }) => standing === 'no-quorum')
    if (without.length === 0) return []
    if (!model.trusted) {
      const who = list(without.map(({ node }) => node))
      return [
        {
          subject: CLUSTER,
          sentence: `No node that answers has quorum (${who}): nothing can be changed or started, and HA fences nodes.`,
        },
      ]
    }
    return without.map(({ node, sees }) => ({
      subject: node,
      sentence: `${node} has lost quorum: ${seeing(node, sees)}. ${fate(model, node)}`,
    }))
  },
  isKnown: ({ model }, subject) =>
    subject === CLUSTER
      ? model.trusted
      : model.agreement.views[subject]?.standing === 'fresh' || (model.trusted && isAway(model, subject)),
  over: (subject) =>
    subject === CLUSTER ? 'The cluster has quorum again.' : `${subject} has quorum again, or is gone.`,
}

function seeing(node: string, sees: readonly string[]): string {
  const others = sees.filter((each) => each !== node)
  return others.length === 0 ? 'it sees no other node' : `it sees only ${list(others)}`
}

function fate({ nodes }: ClusterModel, node: string): string {
  const active = nodes.find(({ name }) => name === node)?.lrm?.watchdog === 'active'
  return active
    ? 'HA is active on it: unless it comes back within a minute, its watchdog resets it.'
    : 'The others have quorum. If HA is active on it, its watchdog resets it.'
}

/** A node that is away and tells nothing itself is the matter of another alert. */
function isAway({ nodes, agreement }: ClusterModel, node: string): boolean {
  const standing = agreement.views[node]?.standing
  return nodes.find(({ name }) => name === node)?.online !== true && standing !== 'no-quorum'
}

const marginZero: Rule = {
  name: 'PveMarginZero',
  holding({ model: { margin, nodes } }) {
    // A single node has nothing to lose but itself.
    if (margin === undefined || nodes.length < 2 || margin.survivesFailures > 0) return []
    const votes = `${margin.presentVotes} of ${margin.expectedVotes} votes are there, ${margin.neededVotes} are needed`
    return [
      {
        subject: CLUSTER,
        sentence: `The loss of one more node takes quorum: ${votes}.${advice(margin, nodes.length)}`,
      },
    ]
  },
  isKnown: byBelievedView,
  over: () => 'The cluster can lose a node again and keep quorum.',
}

function advice({ qdevice, missingVotes }: QuorumMargin, nodes: number): string {
  return qdevice === 'none' && missingVotes === 0 && nodes === 2
    ? ' Two nodes alone never have more; a QDevice would give a third vote.'
    : ''
}

const qdeviceDown: Rule = {
  name: 'PveQDeviceDown',
  holding({ model: { qdevice, trusted } }) {
    if (!trusted || qdevice?.fresh !== true || qdevice.value.state !== 'failed') return []
    const { host, words } = qdevice.value
    return [
      {
        subject: CLUSTER,
        sentence: `${qdevice.node} has no connection to the QDevice${host === undefined ? '' : ` at ${host}`}: ${firstWords(words)}. Its vote is missing, although the cluster is still quorate.`,
      },
    ]
  },
  isKnown: ({ model: { qdevice, trusted } }) => trusted && qdevice?.fresh === true && qdevice.value.state !== 'unknown',
  over: () => 'The QDevice votes again, or is no longer configured.',
}

/** Without the time of its last poll, which always changes. */
function firstWords(words: string): string {
  return words.split(',')[0] ?? words
}

const votesMissing: Rule = {
  name: 'PveVotesMissing',
  holding({ model: { margin, nodes } }) {
    if (margin === undefined || margin.missingVotes <= 0) return []
    const away = nodes.filter(({ online }) => online === false).map(({ name }) => name)
    const whose = [...away, ...(margin.qdevice === 'failed' ? ['the QDevice'] : [])]
    const of = whose.length === 0 ? '' : `: of ${list(whose)}`
    return [{ subject: CLUSTER, sentence: `${margin.missingVotes} of ${margin.expectedVotes} votes are missing${of}.` }]
  },
  isKnown: byBelievedView,
  over: () => 'All votes are there.',
}

const viewsDisagree: Rule = {
  name: 'PveViewsDisagree',
  holding({ model: { agreement } }): Held[] {
    if (agreement.differences.length === 0) return []
    const sentences = agreement.differences.slice(0, 5).map(({ sentence }) => sentence)
    return [
      {
        subject: CLUSTER,
        sentence: [...(agreement.splitBrain === undefined ? [] : [agreement.splitBrain]), ...sentences].join(' '),
      },
    ]
  },
  isKnown: ({ model }) => model.trusted,
  over: () => 'The views of the nodes agree.',
}

const viewStale: Rule = {
  name: 'PveViewStale',
  holding({ model, stops, clues }) {
    const fresh = Object.values(model.agreement.views).some(
      ({ standing }) => standing === 'fresh' || standing === 'no-quorum',
    )
    if (!fresh) {
      return [
        { subject: CLUSTER, sentence: 'No node tells its view of the cluster: whatever depends on it is held back.' },
      ]
    }
    return model.nodes
      .filter((node) => node.online === true && isSilent(node, model))
      .map((node): Held => {
        const onPurpose = stops[node.name] !== undefined || clues.inHands?.includes(node.name) === true
        return {
          subject: node.name,
          sentence: `${node.name} is a member of the cluster, but does not tell its own view${whySilent(node, model)}`,
          rests: onPurpose ? `${node.name} is going down on purpose.` : undefined,
        }
      })
  },
  isKnown: ({ model }, subject) => subject === CLUSTER || model.trusted,
  over: (subject) =>
    subject === CLUSTER ? 'A node tells its view again.' : `${subject} tells its view again, or is away.`,
}

/** It has an endpoint, and that says nothing. A node without one is not asked. */
function isSilent(node: NodeModel, model: ClusterModel): boolean {
  if (node.standing === 'fresh' || node.standing === 'no-quorum') return false
  return node.asked || endpointOf(node, model) !== undefined
}

function whySilent(node: NodeModel, model: ClusterModel): string {
  const why = node.errors.status ?? model.unreached[endpointOf(node, model) ?? '']
  return why === undefined ? '.' : `: ${why.sentence}`
}

/** One that never answered is known by its address alone. */
function endpointOf({ name, ip }: NodeModel, { unreached }: ClusterModel): string | undefined {
  return Object.keys(unreached).find((endpoint) => {
    const host = /^(?:\w+:\/\/)?\[?([^\]/]+?)\]?(?::\d+)?(?:\/|$)/.exec(endpoint)?.[1]
    return host !== undefined && (host === ip || host === name)
  })
}

export const quorumRules: readonly Rule[] = [
  quorumLost,
  marginZero,
  qdeviceDown,
  votesMissing,
  viewsDisagree,
  viewStale,
]
