import { armHa, disarmHa } from '../../world/cluster/disarm.ts'
import { haSeenBy } from '../../world/cluster/view.ts'
import { type Answer, type Call, isNine } from './call.ts'
import { flag } from './cluster-answers.ts'
import { noQuorum, Refusal } from './refusal.ts'

/** An LRM or master that was silent for longer is `dead?`. */
const OLD_S = 120
const MOST = { max_restart: 1, max_relocate: 1 }

export const haCurrent: Answer = (call) => {
  const { world, cluster, node, wall } = call
  const seen = haSeenBy(world, cluster, node)
  const quorum = {
    id: 'quorum',
    type: 'quorum',
    node: node.name,
    quorate: flag(node.quorate),
    status: node.quorate ? 'OK' : 'No quorum on node!',
  }
  const items: object[] = [quorum]
  if (seen.master !== undefined) {
    const state = isOld(call, seen.masterStampMs) ? 'old timestamp - dead?' : 'active'
    const status = `${seen.master} (${state}, ${wall.words(seen.masterStampMs)})`
    items.push({ id: 'master', type: 'master', node: seen.master, status, timestamp: wall.s(seen.masterStampMs) })
  }
  if (isNine(call)) items.push(fencing(call))
  if (cluster.ha.services.length > 0) {
    for (const other of cluster.nodes) items.push(lrmItem(call, other.name, seen.lrms[other.name]))
  }
  for (const service of seen.services) {
    items.push({
      id: `service:${service.sid}`,
      type: 'service',
      sid: service.sid,
      node: service.node,
      state: service.state,
      crm_state: service.state,
      request_state: service.requested,
      status: `${service.sid} (${service.node}, ${service.state})`,
      ...MOST,
      ...(isNine(call) ? { failback: 1 } : {}),
    })
  }
  return items
}

/** What a machine's watchdog is held by is told in words only. */
function lrmItem(call: Call, name: string, lrm: { readonly state: string; readonly stampMs: number } | undefined) {
  const { wall } = call
  const stampMs = lrm?.stampMs ?? 0
  const active = lrm?.state === 'active' || lrm?.state === 'lost_agent_lock'
  const mode = modeOf(call, name)
  const lives = mode === 'active' ? (active ? 'active' : 'idle') : `${mode} mode`
  const state = isOld(call, stampMs) ? 'old timestamp - dead?' : lives
  const watchdog = isNine(call) ? `, watchdog ${active ? 'active' : 'standby'}` : ''
  const status = `${name} (${state}${watchdog}, ${wall.words(stampMs)})`
  return { id: `lrm:${name}`, type: 'lrm', node: name, status, timestamp: wall.s(stampMs) }
}

/** What its LRM is there for now: it says so while it is being stopped. */
function modeOf({ cluster }: Call, name: string): string {
  const node = cluster.nodes.find((one) => one.name === name)
  return node?.stopping ?? (node?.maintenance === true ? 'maintenance' : 'active')
}

function isOld({ world, wall }: Call, stampMs: number): boolean {
  return wall.s(world.nowMs) - wall.s(stampMs) > OLD_S
}

function fencing({ cluster, node }: Call) {
  const { armed, mode, services } = cluster.ha
  const state = armed === 'armed' && services.length === 0 ? 'standby' : armed
  const words = {
    armed: 'armed (CRM watchdog active)',
    standby: 'standby (no services configured)',
    disarming: 'disarming (waiting for services)',
    disarmed: 'disarmed (CRM watchdog inactive)',
  }[state]
  const item = { id: 'fencing', type: 'fencing', node: node.name, status: words, 'armed-state': state }
  return mode === undefined ? item : { ...item, resource_mode: mode }
}

export const managerStatus: Answer = (call) => {
  const { world, cluster, node, wall } = call
  const seen = haSeenBy(world, cluster, node)
  const services = seen.services.map(({ sid, node: at, state }) => {
    return [sid, { node: at, state, uid: `${sid}/${at}`, ...(state === 'started' ? { running: 1 } : {}) }] as const
  })
  const lrms = Object.entries(seen.lrms).map(([name, { state, stampMs }]) => {
    return [name, { state, mode: modeOf(call, name), results: {}, timestamp: wall.s(stampMs) }] as const
  })
  return {
    // A string here, a number elsewhere.
    quorum: { node: node.name, quorate: `${flag(node.quorate)}` },
    manager_status: {
      ...(seen.master === undefined ? {} : { master_node: seen.master }),
      service_status: Object.fromEntries(services),
      node_status: seen.nodeStates,
      timestamp: wall.s(seen.masterStampMs),
    },
    lrm_status: Object.fromEntries(lrms),
  }
}

export const haResources: Answer = ({ cluster }) => {
  return cluster.ha.services.map(({ sid, requested }) => {
    const digest = 'afe27bda764ace826e8f8789c1dfcd616b4558e9'
    return { sid, type: sid.split(':')[0], state: requested, digest }
  })
}

/** Groups became rules with 9: each release knows one of the two. */
export const haRules: Answer = (call) => {
  if (isNine(call)) return []
  throw new Refusal(501, "Method 'GET /cluster/ha/rules' not implemented")
}
export const haGroups: Answer = (call) => {
  if (!isNine(call)) return []
  throw new Refusal(500, 'cannot index groups: ha groups have been migrated to rules')
}

export const disarm: Answer = (call) => {
  const { world, cluster, node, parameters, delays } = call
  if (!isNine(call)) throw new Refusal(501, "Method 'POST /cluster/ha/status/disarm-ha' not implemented")
  if (!node.quorate) throw noQuorum(delays.lockMs)
  const result = disarmHa(world, cluster, parameters['resource-mode'] === 'ignore' ? 'ignore' : 'freeze')
  if (!result.ok) throw new Refusal(500, `cannot disarm HA stack: ${result.sentence}`)
  return null
}

export const arm: Answer = (call) => {
  const { world, cluster, node, delays } = call
  if (!isNine(call)) throw new Refusal(501, "Method 'POST /cluster/ha/status/arm-ha' not implemented")
  if (!node.quorate) throw noQuorum(delays.lockMs)
  armHa(world, cluster)
  return null
}
