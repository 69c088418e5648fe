import { hash } from '../../world/cluster/journal.ts'
import { bytesUntil } from '../../world/cluster/load.ts'
import type { ServiceView } from '../../world/cluster/types.ts'
import { type GuestView, guestSeenBy, haSeenBy } from '../../world/cluster/view.ts'
import type { Guest } from '../../world/index.ts'
import { may } from './access.ts'
import { type Answer, type Call, isNine } from './call.ts'
import { busy, flag } from './cluster-answers.ts'
import { Refusal } from './refusal.ts'

const PRESSURES = ['cpusome', 'cpufull', 'iosome', 'iofull', 'memorysome', 'memoryfull'] as const

/** A guest in `/cluster/resources`: of one that nobody tells of any more only what is configured is left. */
export function guestRow(call: Call, view: GuestView, services: readonly ServiceView[]): Record<string, unknown> {
  const { guest, status } = view
  const service = services.find((one) => one.guest === guest.id)
  const row = {
    id: guest.id,
    type: guest.type,
    vmid: guest.vmid,
    node: view.node,
    status,
    ...tagsOf(guest),
    ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    ...(service === undefined ? {} : { hastate: service.state }),
  }
  if (status === 'unknown') return row
  return { ...row, name: guest.name, template: flag(guest.template), ...figures(call, view), maxcpu: guest.cores }
}

function figures(call: Call, { guest, status, asOfMs }: GuestView) {
  const runs = status === 'running'
  const uptime = runs ? call.wall.spanS(asOfMs - guest.sinceMs) : 0
  return {
    uptime,
    cpu: runs ? busy(call, guest.id) / 4 : 0,
    mem: runs ? Math.floor(guest.memoryBytes / 2) : 0,
    maxmem: guest.memoryBytes,
    disk: 0,
    maxdisk: 0,
    netin: runs ? bytesUntil(`${guest.id}/in`, uptime) : 0,
    netout: runs ? bytesUntil(`${guest.id}/out`, uptime) : 0,
    diskread: runs ? bytesUntil(`${guest.id}/read`, uptime) : 0,
    diskwrite: runs ? bytesUntil(`${guest.id}/write`, uptime) : 0,
    ...(isNine(call) ? { memhost: runs ? Math.floor(guest.memoryBytes / 2) : 0 } : {}),
  }
}

function tagsOf(guest: Guest) {
  return guest.tags.length === 0 ? {} : { tags: guest.tags.join(';') }
}

/** The guests that the cluster file system puts on this node, of one kind. */
export const guestsOn = (type: 'qemu' | 'lxc'): Answer => {
  return (call) => {
    const { world, cluster, node } = call
    return cluster.guests.flatMap((guest) => {
      const view = guestSeenBy(world, node, guest)
      if (guest.type !== type || view.node !== node.name || !may(call.caller, `/vms/${guest.vmid}`, 'VM.Audit')) {
        return []
      }
      return [guestOf(call, view)]
    })
  }
}

function guestOf(call: Call, view: GuestView): Record<string, unknown> {
  const { guest } = view
  const runs = view.status === 'running'
  const { mem, ...rest } = figures(call, view)
  const pressures = isNine(call) ? Object.fromEntries(PRESSURES.map((name) => [`pressure${name}`, 0])) : {}
  return {
    vmid: guest.vmid,
    name: guest.name,
    status: view.status,
    cpus: guest.cores,
    ...rest,
    mem,
    ...pressures,
    ...tagsOf(guest),
    ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    ...(guest.template ? { template: 1 } : {}),
    ...(runs ? { pid: 200 + guest.vmid } : {}),
    ...(guest.type === 'lxc' ? { type: 'lxc', swap: 0, maxswap: 536_870_912 } : {}),
  }
}

/** The guest of the path, which has to be on this node. */
export function guestHere(call: Call, type: 'qemu' | 'lxc'): GuestView {
  const { world, cluster, node, parameters } = call
  const guest = cluster.guests.find((one) => one.type === type && `${one.vmid}` === parameters.vmid)
  const view = guest === undefined ? undefined : guestSeenBy(world, node, guest)
  if (view === undefined || view.node !== node.name) {
    const folder = type === 'qemu' ? 'qemu-server' : 'lxc'
    const file = `nodes/${node.name}/${folder}/${parameters.vmid}.conf`
    throw new Refusal(500, `Configuration file '${file}' does not exist`)
  }
  return view
}

export const guestStatus = (type: 'qemu' | 'lxc'): Answer => {
  return (call) => {
    const view = guestHere(call, type)
    const { guest } = view
    const service = haSeenBy(call.world, call.cluster, call.node).services.find((one) => one.guest === guest.id)
    const ha = service === undefined ? { managed: 0 } : { managed: 1, state: service.state }
    const row = { ...guestOf(call, view), ha }
    if (type === 'lxc') return row
    const runs = view.status === 'running'
    return {
      ...row,
      qmpstatus: view.status,
      ...(guest.agent ? { agent: 1 } : {}),
      ...(runs ? running(guest) : {}),
    }
  }
}

function running(guest: Guest) {
  const half = Math.floor(guest.memoryBytes / 2)
  const all = guest.memoryBytes
  const ballooninfo = {
    actual: all,
    max_mem: all,
    total_mem: all,
    free_mem: half,
    mem_swapped_in: 0,
    mem_swapped_out: 0,
  }
  return {
    balloon: all,
    ballooninfo,
    freemem: half,
    'running-machine': 'pc-i440fx-11.0+pve0',
    'running-qemu': '11.0.1',
    'proxmox-support': {},
  }
}

/** What was never set is not there. Some numbers are strings, some are not. */
export const guestConfig = (type: 'qemu' | 'lxc'): Answer => {
  return (call) => {
    const { guest } = guestHere(call, type)
    const memoryMiB = Math.round(guest.memoryBytes / 1024 ** 2)
    const common = {
      digest: digest(guest),
      ...(guest.onboot ? { onboot: 1 } : {}),
      ...(guest.startup === undefined ? {} : { startup: guest.startup }),
      ...tagsOf(guest),
      ...(guest.lock === undefined ? {} : { lock: guest.lock }),
      ...(guest.template ? { template: 1 } : {}),
    }
    if (type === 'lxc') {
      const ip = guest.addresses[0]
      const net0 = `name=eth0,bridge=vmbr0,hwaddr=${mac(guest)},ip=${ip === undefined ? 'dhcp' : `${ip}/24`},type=veth`
      return { ...common, hostname: guest.name, arch: 'amd64', ostype: 'debian', memory: memoryMiB, net0, swap: 512 }
    }
    return {
      ...common,
      name: guest.name,
      kvm: 0,
      boot: ' ',
      cores: guest.cores,
      memory: `${memoryMiB}`,
      meta: 'creation-qemu=7.2.22,ctime=1795199216',
      smbios1: `uuid=${uuid(guest, 'smbios')}`,
      vmgenid: uuid(guest, 'vmgenid'),
      net0: `virtio=${mac(guest)},bridge=vmbr0`,
      ...(guest.agent ? { agent: '1' } : {}),
      ...(guest.watchdog === undefined ? {} : { watchdog: guest.watchdog }),
    }
  }
}

/** What the guest's agent tells of its addresses, where there is one that answers. */
export const agentInterfaces: Answer = (call) => {
  const view = guestHere(call, 'qemu')
  const { guest } = view
  if (!guest.agent) throw new Refusal(500, 'No QEMU guest agent configured')
  if (view.status !== 'running') throw new Refusal(500, `VM ${guest.vmid} is not running`)
  const address = (ip: string) => ({ 'ip-address': ip, 'ip-address-type': kind(ip), prefix: 24 })
  return {
    result: [
      { name: 'lo', 'hardware-address': '00:00:00:00:00:00', 'ip-addresses': [address('127.0.0.1')] },
      { name: 'eth0', 'hardware-address': mac(guest).toLowerCase(), 'ip-addresses': guest.addresses.map(address) },
    ],
  }
}

export const containerInterfaces: Answer = (call) => {
  const view = guestHere(call, 'lxc')
  if (view.status !== 'running') return null
  const rows = [{ name: 'lo', hwaddr: '00:00:00:00:00:00', inet: '127.0.0.1/8' }]
  const [ip] = view.guest.addresses
  const eth0 = {
    name: 'eth0',
    hwaddr: mac(view.guest).toLowerCase(),
    ...(ip === undefined ? {} : { inet: `${ip}/24` }),
  }
  return [...rows, eth0]
}

function kind(ip: string): 'ipv4' | 'ipv6' {
  return ip.includes(':') ? 'ipv6' : 'ipv4'
}

function mac(guest: Guest): string {
  const tail = hash(guest.id).toString(16).toUpperCase().padStart(8, '0').slice(0, 6)
  return `BC:24:11:${tail.match(/../g)?.join(':')}`
}

function digest(guest: Guest): string {
  const parts = Array.from({ length: 5 }, (_, index) => hash(`${guest.id}/${guest.lock}/${guest.tags}/${index}`))
  return parts.map((part) => part.toString(16).padStart(8, '0')).join('')
}

function uuid(guest: Guest, what: string): string {
  const hex = [0, 1, 2, 3].map((part) => hash(`${guest.id}/${what}/${part}`).toString(16).padStart(8, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
