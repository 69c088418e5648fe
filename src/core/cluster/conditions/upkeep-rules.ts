import { list } from '../../phrase.ts'
import type { ClusterModel, NodeModel } from '../model-types.ts'
import type { ApiFailure } from '../types.ts'
import type { Held, Rule } from './rule.ts'

/** Of each node what `say` says; nothing where it is not known. */
function ofNodes(nodes: readonly NodeModel[], say: (node: NodeModel) => string | undefined): Held[] {
  return nodes.flatMap((node) => {
    const sentence = say(node)
    return sentence === undefined ? [] : [{ subject: node.name, sentence }]
  })
}

const nodeOf = ({ nodes }: ClusterModel, name: string) => nodes.find((node) => node.name === name)

/** What the node told of this lately; a node that is not in the cluster any more is known, too. */
function knows(field: 'updates' | 'certificates'): Rule['isKnown'] {
  return ({ model }, subject) => {
    const node = nodeOf(model, subject)
    return node === undefined ? model.trusted : node[field]?.fresh === true
  }
}

const rebootRequired: Rule = {
  name: 'PveRebootRequired',
  holding: ({ model }) =>
    ofNodes(model.nodes, ({ name, updates, rebootRequired: needed }) =>
      needed === true && updates?.fresh === true
        ? `${name} runs the kernel ${updates.value.runningKernel}, and ${updates.value.newestKernel} is installed: it takes effect with a reboot.`
        : undefined,
    ),
  isKnown: knows('updates'),
  over: (node) => `${node} runs its newest kernel.`,
}

const updatesPending: Rule = {
  name: 'PveUpdatesPending',
  holding: ({ model }) =>
    ofNodes(model.nodes, ({ name, updates }) => {
      if (updates?.fresh !== true || updates.value.pendingUnknown === true || updates.value.pending.length === 0)
        return undefined
      const { pending } = updates.value
      return `${pending.length === 1 ? 'One package' : `${pending.length} packages`} of ${name} can be updated.`
    }),
  isKnown: (scene, subject) =>
    knows('updates')(scene, subject) && nodeOf(scene.model, subject)?.updates?.value.pendingUnknown !== true,
  over: (node) => `No package of ${node} waits for an update.`,
}

/** Clocks are told in whole seconds, and calls take a while. */
const SKEW_S = 3

const timeSkew: Rule = {
  name: 'PveTimeSkew',
  holding({ model }) {
    const told = model.nodes.filter(({ clockOffsetS }) => clockOffsetS !== undefined)
    if (told.length < 2) return []
    // Our own clock has a voice, too: between two nodes it decides.
    const middle = median([0, ...told.map(({ clockOffsetS = 0 }) => clockOffsetS)])
    return ofNodes(told, ({ name, clockOffsetS = 0 }) => {
      const off = clockOffsetS - middle
      if (Math.abs(off) <= SKEW_S) return undefined
      return `The clock of ${name} is ${off > 0 ? 'ahead of' : 'behind'} the others by more than ${SKEW_S} s: is its time service running?`
    })
  },
  isKnown: ({ model }, subject) => {
    const node = nodeOf(model, subject)
    return node === undefined ? model.trusted : node.clockOffsetS !== undefined
  },
  over: (node) => `The clock of ${node} agrees with the others.`,
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** Proxmox renews its own when less than two weeks are left, once a day. */
const EXPIRING_S = 12 * 86_400

const certificateExpiring: Rule = {
  name: 'PveCertificateExpiring',
  holding: ({ model }) =>
    ofNodes(model.nodes, ({ name, certificates }) => {
      const nowS = model.at.wallMs / 1000
      const soon = (certificates?.fresh === true ? certificates.value : []).filter(
        ({ notAfterS }) => notAfterS - nowS < EXPIRING_S,
      )
      if (soon.length === 0) return undefined
      const ended = soon.some(({ notAfterS }) => notAfterS <= nowS)
      return `${list(soon.map(({ file }) => file))} of ${name} ${ended ? 'has ended' : 'ends within 12 days'}: renew it (pvecm updatecerts, or ACME).`
    }),
  isKnown: knows('certificates'),
  over: (node) => `The certificates of ${node} are good for longer.`,
}

/** What does not pass by itself: somebody has to change something. */
const OURS: ReadonlySet<ApiFailure> = new Set([
  'unauthorized',
  'forbidden',
  'tls',
  'fingerprint-mismatch',
  'secret-missing',
  'wrong-cluster',
  'malformed-answer',
  'too-large',
])

const apiUnreadable: Rule = {
  name: 'PveApiUnreadable',
  holding({ model }) {
    const endpoints = Object.entries(model.unreached)
      .filter(([, { code }]) => OURS.has(code))
      .map(([endpoint, { sentence }]) => ({ subject: endpoint, sentence: `${endpoint} gives no view: ${sentence}` }))
    const nodes = ofNodes(model.nodes, ({ name, errors }) => {
      const refused = Object.entries(errors).filter(([, { code }]) => OURS.has(code))
      if (refused.length === 0) return undefined
      const [, first] = refused[0] as (typeof refused)[number]
      return `${name} does not let us read ${list(refused.map(([section]) => section))}: ${first.sentence} \`proxmox-watchdog proxmox check\` says what is missing.`
    })
    return [...endpoints, ...nodes]
  },
  isKnown({ model }, subject) {
    const node = nodeOf(model, subject)
    if (node === undefined) return model.unreached[subject] === undefined
    // One that cannot be reached refuses nothing, and permits nothing.
    return node.standing === 'fresh' || node.standing === 'no-quorum'
  },
  over: (subject) => `${subject} lets us read everything that is asked for.`,
}

export const upkeepRules: readonly Rule[] = [
  rebootRequired,
  updatesPending,
  timeSkew,
  certificateExpiring,
  apiUnreadable,
]
