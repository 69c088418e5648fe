import { startGuest as start, stopGuest as stop } from '../../world/cluster/act-on-guest.ts'
import { managed, START_MS, startTrouble } from '../../world/cluster/guests.ts'
import { addTask } from '../../world/cluster/tasks.ts'
import type { Task } from '../../world/cluster/types.ts'
import { act } from '../../world/index.ts'
import { may } from './access.ts'
import { Afterwards, type Answer, type Call } from './call.ts'
import { guestHere } from './guest-answers.ts'
import { noQuorum, Refusal } from './refusal.ts'
import { upidOf } from './task-answers.ts'

function begin(call: Call, type: string, id: string, forMs: number, endsAs = 'OK'): string {
  const { world, cluster, node, caller } = call
  const user = caller.tokenId === undefined ? caller.user : `${caller.user}!${caller.tokenId}`
  const task: Task = addTask(world, cluster, { node: node.name, type, id, user, forMs, endsAs })
  return upidOf(call, task)
}

/** Answers null, and no UPID: what came of it nobody tells. */
export const nodePower: Answer = ({ world, node, parameters }) => {
  const kind = parameters.command === 'reboot' ? 'reboot' : 'shutdown'
  return new Afterwards(null, () => act(world, { kind, host: node.name }))
}

/** Proxmox begins a task and says so at once; what comes of it is the task's matter. */
export const startGuest = (type: 'qemu' | 'lxc'): Answer => {
  return (call) => {
    const { world, cluster, node, delays } = call
    const view = guestHere(call, type)
    const { guest } = view
    if (!node.quorate) throw noQuorum(delays.lockMs)
    if (guest.template) throw new Refusal(500, `you can't start a vm if it's a template`)
    const word = type === 'qemu' ? 'qmstart' : 'vzstart'
    if (managed(cluster, guest)) {
      const service = cluster.ha.services.find((one) => one.guest === guest.id)
      if (service?.state === 'stopped') Object.assign(service, { requested: 'started', state: 'started' })
      return begin(call, 'hastart', `${guest.vmid}`, 0)
    }
    if (guest.running) return begin(call, word, `${guest.vmid}`, 0, `VM ${guest.vmid} already running`)
    const trouble = startTrouble(world, cluster, node, guest)
    if (trouble !== undefined) return begin(call, word, `${guest.vmid}`, 0, trouble)
    start(world, cluster, guest)
    return begin(call, word, `${guest.vmid}`, START_MS)
  }
}

export const stopGuest = (type: 'qemu' | 'lxc', how: 'shutdown' | 'stop'): Answer => {
  return (call) => {
    const { world, cluster, node, delays } = call
    const { guest } = guestHere(call, type)
    if (!node.quorate) throw noQuorum(delays.lockMs)
    const word = `${type === 'qemu' ? 'qm' : 'vz'}${how}`
    const service = cluster.ha.services.find((one) => one.guest === guest.id)
    if (service !== undefined) {
      service.requested = 'stopped'
      service.state = 'stopped'
    }
    if (!guest.running) return begin(call, word, `${guest.vmid}`, 0, `VM ${guest.vmid} not running`)
    stop(world, cluster, guest)
    return begin(call, word, `${guest.vmid}`, 0)
  }
}

/** Needs VM.PowerMgmt on each guest, or on all of them. */
export const allGuests = (how: 'startall' | 'stopall'): Answer => {
  return (call) => {
    const { world, cluster, node, caller, parameters, delays } = call
    if (!may(caller, '/', 'VM.PowerMgmt') && parameters.vms === undefined) {
      throw new Refusal(403, 'Permission check failed (/, VM.PowerMgmt)')
    }
    if (!node.quorate) throw noQuorum(delays.lockMs)
    const vms = parameters.vms?.split(/[,; ]+/)
    for (const guest of cluster.guests) {
      if (guest.node !== node.name || guest.template || (vms !== undefined && !vms.includes(`${guest.vmid}`))) continue
      if (how === 'stopall' && guest.running) stop(world, cluster, guest)
      if (how === 'startall' && !guest.running && (guest.onboot || vms !== undefined)) start(world, cluster, guest)
    }
    return begin(call, how, '', START_MS)
  }
}

export const wakeOnLan: Answer = ({ parameters }) => {
  throw new Refusal(500, `No wake on LAN MAC address defined for '${parameters.node}'!`)
}
