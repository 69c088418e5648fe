import { describe, expect, test } from 'vitest'
import { recorded, recordedText } from '../testing/recorded.ts'
import { readBackups } from './backups.ts'
import { readGuestConfig } from './guest-config.ts'
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
import { readTasks } from './tasks.ts'
import { readKernels, readPending } from './updates.ts'
import { readVersion } from './version.ts'
import { readVotes } from './votes.ts'

describe('the answers of a healthy cluster', () => {
  const data = (name: string) => recorded(`healthy/${name}`)

  test('how it stands', () => {
    expect(readClusterStatus(data('cluster_status'))).toEqual({
      name: 'lab',
      quorate: true,
      configVersion: 4,
      members: [
        { name: 'pve1', nodeId: 1, ip: '10.99.0.1', online: true, local: true },
        { name: 'pve2', nodeId: 2, ip: '10.99.0.2', online: true, local: false },
        { name: 'pve3', nodeId: 3, ip: '10.99.0.3', online: true, local: false },
      ],
    })
  })

  test('version, votes and QDevice', () => {
    expect(readVersion(data('version'))).toEqual({ version: '9.2.11', release: '9.2', repoId: '14a22df3deadbeef' })
    expect(readVersion(data('nodes_pve1_version'))?.release).toBe('9.2')
    expect(readVotes(data('cluster_config_nodes'))).toEqual([
      { node: 'pve3', nodeId: 3, votes: 1 },
      { node: 'pve1', nodeId: 1, votes: 1 },
      { node: 'pve2', nodeId: 2, votes: 1 },
    ])
    expect(readQDevice(data('cluster_config_qdevice'))).toEqual({
      state: 'connected',
      algorithm: 'LMS',
      model: 'Net',
      host: '10.99.0.9:5403',
      tieBreaker: 'Node with lowest node ID',
      words: 'Connected, last poll 2026-11-20T18:47:17 (cast vote)',
    })
  })

  test('HA, with how the manager sees the nodes', () => {
    const ha = readHa(data('cluster_ha_status_current'), data('cluster_ha_status_manager_status'))
    expect(ha).toEqual({
      quorate: true,
      armed: 'armed',
      master: { node: 'pve1', timestampS: 1_795_200_436 },
      lrms: [
        {
          node: 'pve1',
          timestampS: 1_795_200_437,
          state: 'idle',
          dead: false,
          watchdog: 'standby',
          words: 'pve1 (idle, watchdog standby, Fri Nov 20 18:47:17 2026)',
        },
        expect.objectContaining({ node: 'pve2', state: 'active', watchdog: 'active' }),
        expect.objectContaining({ node: 'pve3', state: 'idle', watchdog: 'standby' }),
      ],
      services: [
        { sid: 'vm:100', node: 'pve1', state: 'error', requestState: 'started' },
        { sid: 'vm:103', node: 'pve2', state: 'started', requestState: 'started' },
      ],
      nodeStates: { pve1: 'online', pve2: 'online', pve3: 'online' },
    })
    expect(readHa(data('cluster_ha_status_current'), undefined)?.nodeStates).toEqual({})
  })

  test('resources: four guests, three nodes, three storages, and nothing of the rest', () => {
    const resources = readResources(data('cluster_resources'))
    expect(resources?.guests.map(({ id }) => id)).toEqual(['qemu/100', 'qemu/101', 'qemu/102', 'qemu/103'])
    expect(resources?.guests[0]).toEqual({
      id: 'qemu/100',
      vmid: 100,
      type: 'qemu',
      name: 'web1',
      node: 'pve1',
      status: 'running',
      template: false,
      tags: ['prod', 'web'],
      haState: 'error',
      uptimeS: 300,
      cpuRatio: 0,
      cpus: 1,
      memoryBytes: 268_435_456,
      memoryMaxBytes: 536_870_912,
      diskBytes: 0,
      diskMaxBytes: 0,
      netInBytes: 0,
      netOutBytes: 0,
      diskReadBytes: 0,
      diskWriteBytes: 0,
    })
    expect(resources?.nodes.map(({ node, online }) => [node, online])).toEqual([
      ['pve2', true],
      ['pve3', true],
      ['pve1', true],
    ])
    expect(resources?.storages[0]).toEqual({
      id: 'storage/pve2/local',
      node: 'pve2',
      storage: 'local',
      status: 'available',
      shared: false,
      content: 'vztmpl,backup,rootdir,iso,images',
      pluginType: 'dir',
      usedBytes: 36_682_227_712,
      totalBytes: 270_553_174_016,
    })
  })

  test('tasks of the cluster and of a node', () => {
    const tasks = readTasks(data('cluster_tasks'))
    expect(tasks?.length).toBeGreaterThan(5)
    expect(tasks?.[0]).toEqual({
      upid: 'UPID:pve3:000000A5:0004C75B:6B0094B1:qmstart:103:root@pam:',
      node: 'pve3',
      type: 'qmstart',
      id: '103',
      user: 'root@pam',
      startS: 1_795_200_177,
      endS: 1_795_200_177,
      status: 'OK',
    })
    expect(readTasks(data('nodes_pve1_tasks'))?.some(({ status }) => status === 'WARNINGS: 1')).toBe(true)
  })

  test('backups and replication', () => {
    const backups = readBackups(data('cluster_backup'), data('cluster_backup-info_not-backed-up'))
    expect(backups?.jobs).toEqual([])
    expect(backups?.notBackedUp).toContainEqual({ id: 'qemu/101', vmid: 101, name: 'db1' })
    expect(readReplication(data('nodes_pve1_replication'))).toEqual([])
    expect(readReplication(data('cluster_replication'))).toEqual([])
  })

  test('a node by itself', () => {
    expect(readNode(data('nodes_pve1_status'))).toEqual({
      uptimeS: 3397,
      kernel: '6.18.44-fc-v669',
      pveVersion: 'pve-manager/9.2.11/14a22df3deadbeef',
      loads: [1.49, 1.2, 1.06],
      cpuRatio: 0,
      cpus: 2,
      memoryBytes: 4_663_115_776,
      memoryMaxBytes: 25_276_502_016,
      rootUsedBytes: 36_682_883_072,
      rootTotalBytes: 270_553_174_016,
    })
    expect(readStorage(data('nodes_pve1_storage'))).toEqual([
      {
        storage: 'local',
        type: 'dir',
        content: 'vztmpl,iso,images,rootdir,backup',
        enabled: true,
        active: true,
        shared: false,
        usedBytes: 36_683_034_624,
        totalBytes: 270_553_174_016,
      },
    ])
    expect(readServices(data('nodes_pve1_services'))).toContainEqual({
      name: 'corosync',
      state: 'running',
      unitState: 'enabled',
    })
  })

  test('updates: 0 pending would not be the same as none known', () => {
    const pending = readPending(data('nodes_pve1_apt_update'))
    expect(pending?.length).toBeGreaterThan(5)
    expect(pending?.[0]).toEqual({
      package: 'libssh2-1',
      from: '1.10.0-3+b1',
      to: '1.10.0-3+deb12u1',
      origin: 'Debian',
    })
    expect(readKernels(data('nodes_pve1_apt_versions'))).toEqual({})
  })

  test('a guest’s settings', () => {
    expect(readGuestConfig(data('nodes_pve1_qemu_100_config'))).toEqual({
      onboot: true,
      order: 1,
      upS: 30,
      downS: 60,
      agent: true,
      watchdog: 'model=i6300esb,action=reset',
      addresses: [],
      storages: [],
    })
  })

  test('history, permissions and journal', () => {
    const points = readHistory(data('nodes_pve1_rrddata_timeframe_hour'))
    expect(points?.[0]).toEqual({ timeS: 1_795_196_880, values: {} })
    expect(points?.find(({ timeS }) => timeS === 1_795_199_040)?.values).toMatchObject({ maxcpu: 2, swapused: 0 })
    expect(readHistory(data('nodes_pve1_qemu_100_rrddata_timeframe_hour'))?.length).toBeGreaterThan(10)
    expect(readPermissions(data('access_permissions'))?.['/']).toContain('Sys.Modify')
    const journal = readJournal(recordedText('healthy/nodes_pve1_journal_lastentries_5'), 0)
    expect(journal?.lines).toHaveLength(5)
    expect(journal).toMatchObject({ truncated: false, bootId: '571ed45b8fdd4c1e8ffb25745dce631b' })
    expect(journal?.endCursor).toMatch(/^s=76086f1d.*;i=9ce;b=571ed45b/)
  })
})

describe('the answers of a cluster whose third node is down', () => {
  const data = (name: string) => recorded(`nodedown/${name}`)

  test('it is offline, though its HA state says online, and its storage available', () => {
    expect(readClusterStatus(data('cluster_status'))?.members).toContainEqual(
      expect.objectContaining({ name: 'pve3', online: false }),
    )
    const resources = readResources(data('cluster_resources'))
    expect(resources?.nodes).toContainEqual(
      expect.objectContaining({ node: 'pve3', online: false, haState: 'online', uptimeS: 0, memoryBytes: 0 }),
    )
    expect(resources?.storages).toContainEqual(expect.objectContaining({ id: 'storage/pve3/local' }))
  })

  test('everything else is read as ever', () => {
    expect(readHa(data('cluster_ha_status_current'), undefined)?.lrms).toHaveLength(3)
    expect(readTasks(data('cluster_tasks'))?.length).toBeGreaterThan(5)
    expect(readQDevice(data('cluster_config_qdevice'))?.state).toBe('connected')
    expect(readNode(data('nodes_pve1_status'))?.uptimeS).toBe(3439)
    expect(readVersion(data('version'))?.release).toBe('9.2')
  })
})
