import { type ActResult, done, refused } from '../actions.ts'
import type { World } from '../types.ts'
import type { ClusterAction } from './cluster-actions.ts'
import { CRM_ROUND_MS } from './crm.ts'
import { START_MS, startTrouble, takesGuests } from './guests.ts'
import { addTask } from './tasks.ts'
import type { Cluster, Guest } from './types.ts'
import { findGuest } from './view.ts'

const BACKUP_MS = 120_000

type OnGuest = Extract<ClusterAction, { guest: string }>

export function actOnGuest(world: World, action: OnGuest): ActResult {
  const found = findGuest(world, action.guest)
  if (found === undefined) return refused('no-such-guest', `there is no guest ${action.guest} in the lab`)
  const { cluster, guest } = found
  switch (action.kind) {
    case 'guest-stop':
      return stopGuest(world, cluster, guest)
    case 'guest-start':
      return startGuest(world, cluster, guest)
    case 'guest-lock':
      guest.lock = action.lock
      return done(`${guest.id} is locked (${action.lock})`)
    case 'guest-unlock':
      guest.lock = undefined
      return done(`${guest.id} is not locked`)
    case 'guest-tags':
      guest.tags = action.tags
      return done(`${guest.id} has the tags ${action.tags.join(', ') || 'none'}`)
    case 'backup-start':
      return backUp(world, cluster, guest, action.forMs ?? BACKUP_MS)
    case 'migrate':
      return migrate(world, cluster, guest, action.to)
  }
}

export function stopGuest(world: World, cluster: Cluster, guest: Guest): ActResult {
  if (!guest.running) return refused('not-possible-now', `${guest.id} does not run`)
  guest.running = false
  guest.startsAtMs = undefined
  guest.sinceMs = world.nowMs
  const managed = cluster.ha.services.some((service) => service.guest === guest.id && service.state === 'started')
  return done(`${guest.id} is stopped${managed ? '; HA will start it again' : ''}`)
}

export function startGuest(world: World, cluster: Cluster, guest: Guest): ActResult {
  const node = cluster.nodes.find(({ name }) => name === guest.node)
  if (!takesGuests(node)) return refused('not-possible-now', `${guest.node} does not run, or is stopping`)
  if (guest.running) return refused('not-possible-now', `${guest.id} runs already`)
  const trouble = startTrouble(world, cluster, node, guest)
  if (trouble !== undefined) return refused('not-possible-now', trouble)
  guest.startsAtMs = world.nowMs + START_MS
  return done(`${guest.id} is starting`)
}

function backUp(world: World, cluster: Cluster, guest: Guest, forMs: number): ActResult {
  if (guest.lock !== undefined) return refused('not-possible-now', `${guest.id} is locked (${guest.lock})`)
  guest.lock = 'backup'
  const endsAs = cluster.backupsFail ? 'job errors' : 'OK'
  addTask(world, cluster, { node: guest.node, type: 'vzdump', id: `${guest.vmid}`, forMs, endsAs })
  return done(`${guest.id} is being backed up`)
}

function migrate(world: World, cluster: Cluster, guest: Guest, to: string): ActResult {
  const target = cluster.nodes.find(({ name }) => name === to)
  const source = cluster.nodes.find(({ name }) => name === guest.node)
  if (target === undefined) return refused('no-such-host', `${to} is no node of ${cluster.name}`)
  if (source === target || !takesGuests(source) || !takesGuests(target) || guest.lock !== undefined) {
    return refused('not-possible-now', `${guest.id} cannot be migrated to ${to} now`)
  }
  const service = cluster.ha.services.find((one) => one.guest === guest.id)
  const type = service === undefined ? 'qmigrate' : 'hamigrate'
  addTask(world, cluster, { node: guest.node, type, id: `${guest.vmid}`, forMs: CRM_ROUND_MS })
  if (service === undefined) {
    guest.node = to
    return done(`${guest.id} is on ${to}`)
  }
  guest.lock = 'migrate'
  service.state = 'migrate'
  service.target = to
  service.sinceMs = world.nowMs
  return done(`${guest.id} is being migrated to ${to}`)
}
