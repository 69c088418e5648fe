import { elapsedMs } from '../../time.ts'
import type { NodeModel } from '../model-types.ts'
import { byBelievedView, type Held, type Rule, type Scene } from './rule.ts'

/** A node that was rebooted on purpose is given so long before its absence is told. */
const REBOOT_MS = 600_000

const nodeOffline: Rule = {
  name: 'PveNodeOffline',
  holding(scene) {
    return scene.model.nodes
      .filter(({ online, nodeId }) => online === false && nodeId !== undefined)
      .map((node): Held => ({ subject: node.name, sentence: offline(node, scene), rests: wanted(node, scene) }))
  },
  isKnown: byBelievedView,
  over: (node) => `${node} is a member of the cluster again, or was taken out of it.`,
}

function offline({ name, standing }: NodeModel, { model, stops }: Scene): string {
  const { agreement, margin } = model
  const left = margin === undefined ? '' : ` The cluster survives the loss of ${margin.survivesFailures} more.`
  const how = stops[name]?.kind === 'shut-down' ? ' It was shut down cleanly.' : ''
  const says = standing === 'no-quorum' ? ' It still answers, but has no quorum.' : ''
  return `${name} is no member of the cluster by the view of ${agreement.believed}.${how}${says}${left}`
}

function wanted({ name, inMaintenance }: NodeModel, { model, stops, clues }: Scene): string | undefined {
  if (clues.inHands?.includes(name) === true) return `${name} is in somebody’s hands.`
  if (inMaintenance) return `${name} is in maintenance mode in Proxmox.`
  const stop = stops[name]
  if (stop?.kind !== 'rebooting' || elapsedMs(stop.at, model.at) > REBOOT_MS) return undefined
  return `${name} is being rebooted.`
}

/** As told: a service by its number, so that the alert is about the guest. */
function guestOf(sid: string): string {
  const [, kind, vmid] = /^(vm|ct):(\d+)$/.exec(sid) ?? []
  return vmid === undefined ? sid : `${kind === 'ct' ? 'lxc' : 'qemu'}/${vmid}`
}

const haError: Rule = {
  name: 'PveHaError',
  holding: ({ model: { ha } }) =>
    (ha?.fresh === true ? ha.value.services : [])
      .filter(({ state }) => state === 'error')
      .map(({ sid, node }) => ({
        subject: guestOf(sid),
        sentence: `HA has given up on ${sid} on ${node}: once the cause is mended, set it to disabled and then to started.`,
      })),
  isKnown: ({ model: { ha, trusted } }) => trusted && ha?.fresh === true,
  over: (guest) => `${guest} is in error no longer.`,
}

const haFence: Rule = {
  name: 'PveHaFence',
  holding({ model: { ha } }) {
    if (ha?.fresh !== true) return []
    const { nodeStates, services } = ha.value
    const nodes = Object.keys(nodeStates).filter((node) => nodeStates[node] === 'fence')
    const fenced = services.filter(({ state }) => state === 'fence').map(({ node }) => node)
    return [...new Set([...nodes, ...fenced])].map((node) => {
      const count = services.filter((service) => service.node === node && service.state === 'fence').length
      const wait = count === 0 ? '' : `; ${count === 1 ? 'one service waits' : `${count} services wait`} for it`
      return { subject: node, sentence: `HA is fencing ${node}${wait}.` }
    })
  },
  isKnown: ({ model: { ha, trusted } }) => trusted && ha?.fresh === true,
  over: (node) => `HA is no longer fencing ${node}.`,
}

/** From the first sign until the reset pass two minutes at most. */
const COUNTDOWN_MS = 150_000

const fenceCountdown: Rule = {
  name: 'PveFenceCountdown',
  holding: ({ model, clues }) =>
    Object.entries(clues.fences ?? {})
      .filter(([, { at }]) => elapsedMs(at, model.at) <= COUNTDOWN_MS)
      .map(([subject, { sentence }]) => ({ subject, sentence })),
  // Where nobody passes it in somebody else says how it stands.
  isKnown: ({ clues }) => clues.fences !== undefined,
  over: (node) => `${node} is no longer about to be reset, or has been.`,
}

/** How long a reboot is news. */
const NEWS_MS = 3_600_000
/** Nobody is alarmed by what somebody wanted. */
const WANTED = new Set(['clean-reboot', 'clean-shutdown', 'update', 'own-cycle'])

const nodeRebooted: Rule = {
  name: 'PveNodeRebooted',
  holding: ({ model, clues }) =>
    Object.entries(clues.reboots ?? {})
      .filter(([, { at, verdict }]) => elapsedMs(at, model.at) <= NEWS_MS && !WANTED.has(verdict.cause))
      .map(([node, { at, verdict }]) => ({
        subject: node,
        sentence: `${node} has rebooted and nobody asked for it. ${verdict.sentence} (${verdict.confidence}) More: proxmox-watchdog why ${node}.`,
        episode: String(at.wallMs),
      })),
  // Right after a start of ours nothing is known yet of what was judged before it.
  isKnown: ({ clues, model }, node) =>
    clues.reboots?.[node] !== undefined || (model.trusted && model.nodes.every(({ name }) => name !== node)),
  over: (node) => `The reboot of ${node} is an hour ago.`,
}

export const nodeRules: readonly Rule[] = [nodeOffline, haError, haFence, fenceCountdown, nodeRebooted]
