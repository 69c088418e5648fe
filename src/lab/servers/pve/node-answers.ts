import { runsOf } from '../../world/cluster/replications.ts'
import { storageActive, usedBytes } from '../../world/cluster/storage.ts'
import { may } from './access.ts'
import { type Answer, type Call, isNine } from './call.ts'
import { busy, DISK_BYTES, DISK_USED_BYTES, flag, managerVersion } from './cluster-answers.ts'
import { Refusal } from './refusal.ts'

const GIB = 1024 ** 3

export const nodeStatus: Answer = (call) => {
  const { world, node, wall } = call
  const used = Math.floor(node.memoryBytes * 0.4)
  const load = busy(call, node.name) * node.cpus
  const free = node.memoryBytes - used - GIB
  const kernel = `#1 SMP PREEMPT_DYNAMIC PMX ${node.runningKernel}`
  const available = isNine(call) ? { available: free + GIB } : {}
  const status = {
    uptime: wall.spanS(world.nowMs - node.bootedMs),
    pveversion: managerVersion(call),
    kversion: `Linux ${node.runningKernel} ${kernel}`,
    loadavg: [load, load * 0.9, load * 0.8].map((value) => value.toFixed(2)),
    cpu: busy(call, node.name),
    wait: 0,
    idle: 0,
    memory: { total: node.memoryBytes, used, free, ...available },
    swap: { total: 8 * GIB, used: 0, free: 8 * GIB },
    rootfs: {
      total: DISK_BYTES,
      used: DISK_USED_BYTES,
      free: DISK_BYTES - DISK_USED_BYTES,
      avail: Math.floor((DISK_BYTES - DISK_USED_BYTES) * 0.9),
    },
    ksm: { shared: 0 },
    cpuinfo: {
      model: 'Intel(R) N100',
      vendor: 'GenuineIntel',
      family: '6',
      cpus: node.cpus,
      cores: node.cpus,
      sockets: 1,
      mhz: '2600.000',
      user_hz: 100,
      hvm: '1',
      flags: 'fpu vme de pse tsc msr pae',
    },
  }
  if (call.version === '7.4') return status
  const release = { sysname: 'Linux', machine: 'x86_64', release: node.runningKernel, version: kernel }
  return { ...status, 'current-kernel': release, 'boot-info': { mode: 'efi', secureboot: 0 } }
}

export const nodeStorage: Answer = (call) => {
  const { cluster, caller } = call
  return cluster.storages.flatMap(({ name }) => {
    if (!may(caller, `/storage/${name}`, 'Datastore.Audit', 'Datastore.AllocateSpace')) return []
    return [{ storage: name, ...storageHere(call, name) }]
  })
}

export const storageStatus: Answer = (call) => storageHere(call, call.parameters.storage ?? '')

/** One that is not active tells no sizes. */
function storageHere({ world, cluster, node }: Call, name: string) {
  const storage = cluster.storages.find((one) => one.name === name)
  if (storage === undefined) throw new Refusal(500, `storage '${name}' does not exist`)
  const active = storageActive(world, storage, node)
  const used = usedBytes(storage)
  const sizes = active
    ? { total: storage.totalBytes, used, avail: storage.totalBytes - used, used_fraction: used / storage.totalBytes }
    : { total: 0, used: 0, avail: 0 }
  const { type, content, shared } = storage
  return { type, content, shared: flag(shared), enabled: 1, active: flag(active), ...sizes }
}

const SERVICES = [
  'chrony',
  'corosync',
  'cron',
  'ksmtuned',
  'lxcfs',
  'postfix',
  'proxmox-firewall',
  'pve-cluster',
  'pve-firewall',
  'pve-ha-crm',
  'pve-ha-lrm',
  'pve-lxc-syscalld',
  'pvedaemon',
  'pvefw-logger',
  'pveproxy',
  'pvescheduler',
  'pvestatd',
  'qmeventd',
  'spiceproxy',
  'sshd',
  'syslog',
  'systemd-journald',
  'systemd-timesyncd',
]
/** Masked or not installed on a usual node. */
const DEAD = ['ksmtuned', 'syslog', 'systemd-timesyncd']

/** watchdog-mux is not among them. */
export const services: Answer = () => {
  return SERVICES.map((name) => {
    const dead = DEAD.includes(name)
    const [state, active, unit] = dead ? ['dead', 'inactive', 'not-found'] : ['running', 'active', 'enabled']
    return { service: name, name, desc: name, state, 'active-state': active, 'unit-state': unit }
  })
}

/** Reads a file that is locked: without quorum the lock is never had. */
export const nodeReplication: Answer = (call) => {
  const { world, cluster, node, wall, caller, delays } = call
  if (!node.quorate) {
    throw new Refusal(500, "cfs-lock 'file-replication_cfg' error: no quorum!", { afterMs: delays.lockMs })
  }
  return cluster.replications.flatMap((job) => {
    const guest = cluster.guests.find(({ id }) => id === job.guest)
    if (guest?.node !== node.name || !may(caller, `/vms/${guest.vmid}`, 'VM.Audit')) return []
    const runs = runsOf(world, job)
    const row = {
      id: job.id,
      type: 'local',
      guest: guest.vmid,
      jobnum: Number(job.id.split('-')[1]),
      source: node.name,
      target: job.target,
      vmtype: guest.type,
      schedule: `*/${Math.round(job.everyMs / 60_000)}`,
      last_sync: wall.s(runs.lastSyncMs),
      last_try: wall.s(runs.lastTryMs),
      next_sync: wall.s(runs.nextSyncMs),
      duration: 3.482134,
      fail_count: runs.failures,
    }
    const error = `command 'set -o pipefail && pvesm export' failed: exit code 255`
    return [runs.failures > 0 ? { ...row, error } : row]
  })
}

export const clusterReplication: Answer = ({ cluster }) => {
  return cluster.replications.map(({ id, guest, target, everyMs }) => {
    const vmid = cluster.guests.find((one) => one.id === guest)?.vmid ?? 0
    const jobnum = Number(id.split('-')[1])
    return { id, type: 'local', guest: vmid, jobnum, target, schedule: `*/${Math.round(everyMs / 60_000)}` }
  })
}

export const backupJobs: Answer = ({ cluster, world, wall }) => {
  return cluster.backupJobs.map(({ id, schedule, storage, vmids, enabled }) => {
    const nextS = wall.s(world.nowMs) + 3_600
    const which = vmids === undefined ? { all: 1 } : { vmid: vmids.join(',') }
    const job = { id, type: 'vzdump', schedule, storage, mode: 'snapshot', ...which }
    return enabled === false ? { ...job, enabled: 0 } : { ...job, enabled: 1, 'next-run': nextS }
  })
}

/** Guests in no job that runs. */
export const notBackedUp: Answer = ({ cluster, caller }) => {
  const jobs = cluster.backupJobs.filter(({ enabled }) => enabled !== false)
  return cluster.guests
    .filter(({ vmid }) => !jobs.some(({ vmids }) => vmids === undefined || vmids.includes(vmid)))
    .filter(({ vmid }) => may(caller, `/vms/${vmid}`, 'VM.Audit'))
    .map(({ vmid, name, type }) => ({ vmid, name, type }))
}

export const subscription: Answer = ({ wall, world }) => {
  const url = 'https://www.proxmox.com/en/proxmox-virtual-environment/pricing'
  const message = 'There is no subscription key'
  return { status: 'notfound', message, serverid: '0'.repeat(32), url, checktime: wall.s(world.nowMs) }
}

export const time: Answer = ({ wall, world, node }) => {
  const nowS = wall.s(world.nowMs, node)
  return { time: nowS, localtime: nowS, timezone: 'Etc/UTC' }
}

export const ceph: Answer = () => {
  throw new Refusal(500, 'binary not installed: /usr/bin/ceph-mon')
}
