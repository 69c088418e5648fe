import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBackups } from './backups.ts'
import { readCeph } from './ceph.ts'
import { readCertificates } from './certificates.ts'
import { readAgentAddresses, readContainerAddresses, readGuestConfig } from './guest-config.ts'
import { readHa } from './ha.ts'
import { readHistory } from './history.ts'
import { readJournal } from './journal.ts'
import { readNode } from './node.ts'
import { readPermissions } from './permissions.ts'
import { readQDevice } from './qdevice.ts'
import { readReplication } from './replication.ts'
import { readResources } from './resources.ts'
import { readServices } from './services.ts'
import { readClusterStatus } from './status.ts'
import { readStorage } from './storage.ts'
import { readTaskEnd } from './task-end.ts'
import { readTasks } from './tasks.ts'
import { readKernels, readPending } from './updates.ts'
import { readVersion } from './version.ts'
import { readVotes } from './votes.ts'

test('no reader throws, whatever the answer is', () => {
  const readers = [
    readCeph,
    readCertificates,
    readAgentAddresses,
    readContainerAddresses,
    readGuestConfig,
    readHistory,
    readNode,
    readPermissions,
    readQDevice,
    readReplication,
    readResources,
    readServices,
    readClusterStatus,
    readStorage,
    readTasks,
    readKernels,
    readPending,
    readVersion,
    readVotes,
    (data: unknown) => readTaskEnd('UPID:a:', data),
    (data: unknown) => readHa(data, data),
    (data: unknown) => readBackups(data, data),
    (data: unknown) => readJournal(JSON.stringify({ data }) ?? '', 0),
    (data: unknown) => readJournal(JSON.stringify({ data }) ?? '', 1),
  ]
  const keys = [
    'type',
    'name',
    'vmid',
    'status',
    'tags',
    'uptime',
    'health',
    'checks',
    'agent',
    'net0',
    'time',
    'State',
  ]
  const row = fc.dictionary(fc.constantFrom(...keys, 'ip-addresses', 'result'), fc.jsonValue())
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), row, fc.array(row)), (data) => {
      for (const read of readers) read(data)
    }),
  )
})

test('a node that is in no cluster is quorate by itself', () => {
  const only = [{ type: 'node', name: 'pve', local: 1, online: '1', nodeid: 0, ip: '10.0.0.1' }]
  expect(readClusterStatus(only)).toEqual({
    quorate: true,
    members: [{ name: 'pve', nodeId: 0, ip: '10.0.0.1', online: true, local: true }],
  })
  expect(readClusterStatus([])).toBeUndefined()
})

describe('numbers and booleans', () => {
  test('may be strings', () => {
    expect(readVotes([{ name: 'a', nodeid: '7', quorum_votes: '2' }])).toEqual([{ node: 'a', nodeId: 7, votes: 2 }])
    expect(readStorage([{ storage: 'nas', enabled: '1', active: '0', shared: true, used: '5', total: 'x' }])).toEqual([
      {
        storage: 'nas',
        type: '',
        content: '',
        enabled: true,
        active: false,
        shared: true,
        usedBytes: 5,
        totalBytes: 0,
      },
    ])
  })

  test('a row without what names it is passed over', () => {
    expect(readResources([{ type: 'qemu' }, { type: 'sdn', sdn: 'x' }, 7, null])).toEqual({
      guests: [],
      nodes: [],
      storages: [],
    })
    expect(readTasks([{ node: 'a' }])).toEqual([])
  })
})

describe('the QDevice', () => {
  test('that does not reach its server has failed, though the cluster says that it is quorate', () => {
    expect(readQDevice({ State: 'Connect failed', Algorithm: 'Fifty-Fifty split' })?.state).toBe('failed')
  })
  test('of which nothing is told is none', () => {
    expect(readQDevice({})).toEqual({ state: 'none', words: 'none' })
  })
  test('of another state is not known', () => {
    expect(readQDevice({ State: 'Daydreaming' })?.state).toBe('unknown')
    expect(readQDevice({ Algorithm: 'LMS' })?.state).toBe('unknown')
  })
})

describe('HA', () => {
  test('an LRM that is not heard of: its state is what the manager has last', () => {
    const words = 'pve3 (old timestamp - dead?, watchdog standby, Fri Nov 20 18:47:26 2026)'
    const current = [{ type: 'lrm', node: 'pve3', status: words, timestamp: 17 }]
    const manager = {
      lrm_status: { pve3: { state: 'lost_agent_lock' } },
      manager_status: { node_status: { pve3: 'fence' } },
    }
    const ha = readHa(current, manager)
    expect(ha?.lrms).toEqual([
      { node: 'pve3', timestampS: 17, state: 'lost_agent_lock', dead: true, watchdog: 'standby', words },
    ])
    expect(ha?.nodeStates).toEqual({ pve3: 'fence' })
    expect(readHa(current, undefined)?.lrms[0]?.state).toBe('unknown')
  })

  test('before 9.2: no watchdog, no fencing', () => {
    const current = [{ type: 'lrm', node: 'a', status: 'a (active, Fri Nov 20 18:47:26 2026)', timestamp: '17' }]
    expect(readHa(current, {})).toEqual({
      quorate: false,
      armed: 'unknown',
      lrms: [
        { node: 'a', timestampS: 17, state: 'active', dead: false, watchdog: 'unknown', words: current[0]?.status },
      ],
      services: [],
      nodeStates: {},
    })
  })

  test('disarmed, with what becomes of the services', () => {
    const current = [{ type: 'fencing', 'armed-state': 'disarmed', resource_mode: 'freeze' }]
    expect(readHa(current, {})).toMatchObject({ armed: 'disarmed', resourceMode: 'freeze' })
  })
})

test('backup jobs: old ones have days and a time', () => {
  const jobs = [
    { id: 'backup-1', schedule: 'sat 03:00', 'next-run': '1795219200', enabled: '0' },
    { id: 'old', dow: 'mon,tue', starttime: '02:00' },
  ]
  expect(readBackups(jobs, [{ vmid: 7, type: 'lxc' }])).toEqual({
    jobs: [
      { id: 'backup-1', enabled: false, schedule: 'sat 03:00', nextRunS: 1_795_219_200 },
      { id: 'old', enabled: true, schedule: 'mon,tue 02:00' },
    ],
    notBackedUp: [{ id: 'lxc/7', vmid: 7, name: '7' }],
  })
})

test('replication that fails', () => {
  const job = { id: '100-0', source: 'a', target: 'b', fail_count: '3', error: 'no route', last_sync: 5, duration: 1.5 }
  expect(readReplication([job])).toEqual([
    {
      id: '100-0',
      guest: 100,
      source: 'a',
      target: 'b',
      type: 'local',
      lastSyncS: 5,
      lastTryS: 0,
      nextSyncS: 0,
      failures: 3,
      durationS: 1.5,
      error: 'no route',
    },
  ])
})

describe('kernels', () => {
  const installed = (...names: string[]) => names.map((Package) => ({ Package, CurrentState: 'Installed' }))

  test('the newest by number, not by letter; packages that only draw kernels in do not count', () => {
    const packages = [
      ...installed('proxmox-kernel-6.8.12-9-pve-signed', 'proxmox-kernel-6.8.12-10-pve-signed', 'proxmox-kernel-6.11'),
      ...installed('proxmox-kernel-helper', 'pve-kernel-5.15.102-1-pve'),
      { Package: 'proxmox-kernel-6.14.0-1-pve-signed', CurrentState: 'ConfigFiles' },
      { Package: 'proxmox-ve', CurrentState: 'Installed', RunningKernel: '6.8.12-9-pve' },
    ]
    expect(readKernels(packages)).toEqual({ runningKernel: '6.8.12-9-pve', newestKernel: '6.8.12-10-pve' })
  })
})

test('a running task has no end and no status; warnings are no failure', () => {
  const running = [{ upid: 'UPID:a:1', node: 'a', starttime: 3, status: 'RUNNING' }]
  expect(readTasks(running)?.[0]).not.toHaveProperty('status')
  expect(readTaskEnd('u', { status: 'running' })).toBe('running')
  expect(readTaskEnd('u', { status: 'stopped', exitstatus: 'WARNINGS: 2' })).toMatchObject({ ok: true })
  expect(readTaskEnd('u', { status: 'stopped', exitstatus: 'got timeout' })).toEqual({
    upid: 'u',
    exitStatus: 'got timeout',
    ok: false,
  })
  expect(readTaskEnd('u', { status: 'stopped' })).toMatchObject({ exitStatus: 'unknown', ok: false })
})

test('Ceph: the checks with their words', () => {
  const checks = { OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down' } }, MON_DOWN: {} }
  expect(readCeph({ health: { status: 'HEALTH_WARN', checks } })).toEqual({
    health: 'HEALTH_WARN',
    checks: ['OSD_DOWN: 1 osds down', 'MON_DOWN'],
  })
  expect(readCeph({ health: { status: 'HEALTH_FINE' } })?.health).toBe('unknown')
})

test('a certificate', () => {
  expect(readCertificates([{ filename: 'pve-ssl.pem', notafter: '17', subject: 'CN=a' }, { filename: 'x' }])).toEqual([
    { file: 'pve-ssl.pem', notAfterS: 17, subject: 'CN=a' },
  ])
})

describe('a guest’s settings', () => {
  test('its addresses, without those that every machine has', () => {
    const config = {
      ipconfig0: 'ip=10.0.0.5/24,gw=10.0.0.1,ip6=2001:DB8::5/64',
      ipconfig1: 'ip=dhcp',
      net0: 'name=eth0,bridge=vmbr0,ip=10.0.0.6/24',
      startup: '3',
      agent: 'enabled=1,fstrim_cloned_disks=1',
      watchdog: 'i6300esb,action=reset',
      lock: 'backup',
    }
    expect(readGuestConfig(config)).toEqual({
      onboot: false,
      agent: true,
      order: 3,
      lock: 'backup',
      watchdog: 'model=i6300esb,action=reset',
      addresses: ['10.0.0.5', '2001:db8::5', '10.0.0.6'],
      storages: [],
    })
    const interfaces = {
      result: [
        { name: 'lo', 'ip-addresses': [{ 'ip-address': '127.0.0.1' }, { 'ip-address': '::1' }] },
        { name: 'eth0', 'ip-addresses': [{ 'ip-address': '10.0.0.7' }, { 'ip-address': 'fe80::1' }] },
        { name: 'eth1' },
      ],
    }
    expect(readAgentAddresses(interfaces)).toEqual(['10.0.0.7'])
    expect(readContainerAddresses([{ name: 'eth0', inet: '10.0.0.8/24', inet6: 'fe80::2/64' }])).toEqual(['10.0.0.8'])
  })

  test('the storages that it needs, and none for a device, an empty drive or a bind mount', () => {
    const machine = {
      scsi0: 'ceph-rbd:vm-100-disk-0,size=32G',
      scsi1: '/dev/disk/by-id/wwn-0x5000,size=1T',
      virtio0: 'file=local-lvm:vm-100-disk-1,iothread=1',
      efidisk0: 'ceph-rbd:vm-100-disk-2,efitype=4m',
      ide2: 'nfs.iso:iso/debian.iso,media=cdrom',
      sata0: 'none,media=cdrom',
      unused0: 'old:vm-100-disk-3',
      net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0',
    }
    expect(readGuestConfig(machine)?.storages).toEqual(['ceph-rbd', 'local-lvm', 'nfs.iso'])
    const container = {
      rootfs: 'local-zfs:subvol-101-disk-0,size=8G',
      mp0: '/srv/media,mp=/media',
      mp1: 'tank:x,mp=/x',
    }
    expect(readGuestConfig(container)?.storages).toEqual(['local-zfs', 'tank'])
  })
})

describe('a journal', () => {
  const start = 's=ab;i=1;b=cc;m=1;t=2;x=3'
  const end = 's=ab;i=9;b=dd;m=1;t=2;x=3'

  test('inside another data', () => {
    const answer = JSON.stringify({ success: 1, data: { success: true, data: [start, 'one', end] } })
    expect(readJournal(answer, 0)).toMatchObject({ lines: ['one'], startCursor: start, endCursor: end, bootId: 'dd' })
  })

  test('without entries', () => {
    expect(readJournal('{"data":[]}', 0)).toEqual({ lines: [], truncated: false })
    expect(readJournal(JSON.stringify({ data: [start] }), 0)).toMatchObject({ lines: [], startCursor: start })
  })

  test('whose beginning is missing, anywhere: only whole lines, and its end', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('a", "b', '\\', '\\"', '","', '"]', 'x\\","y', '"'))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.nat(), (lines, at) => {
        const answer = JSON.stringify({ data: [start, ...lines, end], success: 1 })
        const cut = at % answer.length
        const part = readJournal(answer.slice(cut), Math.max(1, cut))
        const kept = part?.lines ?? []
        expect(kept).toEqual(lines.slice(lines.length - kept.length))
      }),
    )
  })

  test('of which most was left out is told as truncated', () => {
    const answer = JSON.stringify({ data: [start, 'one', 'two', end] })
    expect(readJournal(answer.slice(10), 10)).toEqual({
      lines: ['one', 'two'],
      truncated: true,
      endCursor: end,
      bootId: 'dd',
    })
  })
})

test('history: null and missing values are left out, points are in order', () => {
  const points = [{ time: 20, cpu: '0.5', mem: null }, { time: 10 }, { cpu: 1 }]
  expect(readHistory(points)).toEqual([
    { timeS: 10, values: {} },
    { timeS: 20, values: { cpu: 0.5 } },
  ])
})

test('permissions: what is not inherited further is had all the same', () => {
  expect(readPermissions({ '/': { 'Sys.Audit': 1, 'Sys.Syslog': 0 } })).toEqual({ '/': ['Sys.Audit', 'Sys.Syslog'] })
})
