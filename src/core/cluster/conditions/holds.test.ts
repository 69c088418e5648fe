import { describe, expect, it } from 'vitest'
import { ago, config, guest, job, type LabSpec, NOW, NOW_S, nodeStatus, read, storage, task } from '../testing/lab.ts'
import { findingsIn, held } from '../testing/scene.ts'
import {
  allAlone,
  allOld,
  cutOff3,
  dead3,
  dead5,
  failedDump,
  five,
  onboot,
  stopped,
  verdict,
} from '../testing/situations.ts'
import type { ApiFailure, Backups, Certificate, QDevice, Updates } from '../types.ts'
import type { Clues } from './rule.ts'

const backups = (...ids: number[]): Backups => ({
  jobs: [{ id: 'b', enabled: true }],
  notBackedUp: ids.map((vmid) => ({ id: `qemu/${vmid}`, vmid, name: `g${vmid}` })),
})
const updates = (more: Partial<Updates>): LabSpec => ({ view: { updates: read({ pending: [], ...more }) } })
const certificates = (days: number): LabSpec => {
  const certificate: Certificate = { file: 'pve-ssl.pem', notAfterS: NOW_S + days * 86_400 }
  return { view: { certificates: read([certificate]) } }
}
const qdevice = (state: QDevice['state']): LabSpec => ({
  view: { qdevice: read({ state, words: `${state}, last poll x` }) },
})
const error = (code: ApiFailure) => ({ errors: { tasks: { at: NOW, code, sentence: 'Refused.' } } })
type Case = [string, LabSpec, string[], Clues?]

describe('what holds', () => {
  it.each<Case>([
    ['nothing, where all is well', { guests: [guest(100, 'pve1')], configs: onboot }, []],
    ['a dead node', { nodes: five, specs: dead5 }, ['PveVotesMissing home', 'PveNodeOffline home/pve5']],
    [
      'a dead node that leaves no margin',
      { specs: dead3 },
      ['PveMarginZero home', 'PveVotesMissing home', 'PveNodeOffline home/pve3'],
    ],
    [
      'a node that is cut off',
      { specs: cutOff3 },
      [
        'PveQuorumLost home/pve3',
        'PveMarginZero home',
        'PveVotesMissing home',
        'PveViewsDisagree home',
        'PveNodeOffline home/pve3',
      ],
    ],
    ['what the plan for power failures brings with it', { specs: cutOff3 }, [], { powerFailure: 'It is at work.' }],
    ['no quorum anywhere', { specs: allAlone }, ['PveQuorumLost home', 'PveViewsDisagree home']],
    ['no view at all', { specs: allOld }, ['PveViewStale home']],
    ['a member that tells no view', { specs: { pve2: { ageS: 200 } } }, ['PveViewStale home/pve2']],
    ['two nodes alone', { nodes: ['pve1', 'pve2'] }, ['PveMarginZero home']],
    ['a node alone', { nodes: ['pve1'] }, []],
    ['a QDevice that is lost', { nodes: five, ...qdevice('failed') }, ['PveQDeviceDown home', 'PveVotesMissing home']],
    ['a QDevice that is well', { nodes: five, ...qdevice('connected') }, []],
    ['a guest that should run', { guests: [stopped], configs: onboot }, ['PveGuestDown home/qemu/100']],
    ['a guest that need not run', { guests: [stopped], configs: { 'qemu/100': config({ onboot: false }) } }, []],
    ['a guest of which that is not known', { guests: [stopped] }, []],
    ['a template', { guests: [{ ...stopped, template: true }], configs: onboot }, []],
    ['a full storage', { storages: [storage('pve1', 'local', { usedBytes: 91 })] }, ['PveStorageFull home/pve1/local']],
    ['a storage at the limit', { storages: [storage('pve1', 'local', { usedBytes: 90 })] }, []],
    [
      'a full shared storage, once',
      { storages: ['pve1', 'pve2'].map((node) => storage(node, 'nfs', { usedBytes: 99, shared: true })) },
      ['PveStorageFull home/nfs'],
    ],
    [
      'an inactive storage',
      { storages: [storage('pve1', 'zfs', { status: 'inactive' })] },
      ['PveStorageInactive home/pve1/zfs'],
    ],
    [
      'a shared storage that is inactive everywhere, once',
      { storages: ['pve1', 'pve2'].map((node) => storage(node, 'nfs', { status: 'inactive', shared: true })) },
      ['PveStorageInactive home/nfs'],
    ],
    [
      'a storage of a node that is away',
      { nodes: five, specs: dead5, storages: [storage('pve5', 'x', { status: 'unknown', usedBytes: 99 })] },
      ['PveVotesMissing home', 'PveNodeOffline home/pve5'],
    ],
    ['a failed backup', { guests: [guest(100, 'pve1')], tasks: [failedDump] }, ['PveBackupFailed home/qemu/100']],
    ['a failed job of several', { tasks: [{ ...failedDump, id: '' }] }, ['PveBackupFailed home/pve1']],
    ['a backup with warnings', { guests: [guest(100, 'pve1')], tasks: [{ ...failedDump, status: 'WARNINGS: 2' }] }, []],
    ['a backup that runs', { guests: [guest(100, 'pve1')], tasks: [task('vzdump', 'pve1', '100')] }, []],
    [
      'a guest in no job',
      { guests: [guest(100, 'pve1'), guest(101, 'pve1')], view: { backups: read(backups(101)) } },
      ['PveGuestNotBackedUp home/qemu/101'],
    ],
    [
      'no job at all, once',
      { guests: [guest(100, 'pve1'), guest(101, 'pve1')], view: { backups: read({ ...backups(100, 101), jobs: [] }) } },
      ['PveGuestNotBackedUp home'],
    ],
    [
      'a template in no job',
      { guests: [guest(100, 'pve1', { template: true })], view: { backups: read(backups(100)) } },
      [],
    ],
    ['a replication that is well', { replication: [job('100-0', 'pve1')] }, []],
    [
      'a replication that fails',
      { replication: [job('100-0', 'pve1', { failures: 2, error: 'no route' })] },
      ['PveReplicationFailed home/100-0'],
    ],
    [
      'a replication that is overdue',
      { replication: [job('100-0', 'pve1', { lastSyncS: NOW_S - 4000 })] },
      ['PveReplicationStale home/100-0'],
    ],
    [
      'a daily one of yesterday',
      { replication: [job('100-0', 'pve1', { lastSyncS: NOW_S - 100_000, schedule: '22:00' })] },
      [],
    ],
    [
      'one that never ran and should have',
      { replication: [job('100-0', 'pve1', { lastSyncS: 0, nextSyncS: NOW_S - 1000 })] },
      ['PveReplicationStale home/100-0'],
    ],
    ['one that is new', { replication: [job('100-0', 'pve1', { lastSyncS: 0, nextSyncS: NOW_S + 60 })] }, []],
    ['a stuck lock', { guests: [guest(100, 'pve1', { lock: 'backup' })] }, ['PveGuestLockStuck home/qemu/100']],
    ['a lock with its task', { guests: [guest(100, 'pve1', { lock: 'backup' })], tasks: [task('vzdump', 'pve1')] }, []],
    ['a guest that sleeps on disk', { guests: [guest(100, 'pve1', { lock: 'suspended', status: 'stopped' })] }, []],
    [
      'a maintenance tag',
      { guests: [guest(100, 'pve1', { tags: ['web', 'maintenance'] })] },
      ['PveGuestMaintenanceTagStale home/qemu/100'],
    ],
    [
      'a service in error',
      { ha: { services: [{ sid: 'ct:101', node: 'pve1', state: 'error' }] } },
      ['PveHaError home/lxc/101'],
    ],
    [
      'a node that is fenced',
      { nodes: five, specs: dead5, ha: { nodeStates: { pve5: 'fence' } } },
      ['PveVotesMissing home', 'PveNodeOffline home/pve5', 'PveHaFence home/pve5'],
    ],
    [
      'a kernel that waits',
      updates({ runningKernel: '6.8.1-1-pve', newestKernel: '6.8.2-1-pve' }),
      ['PveRebootRequired home/pve1', 'PveRebootRequired home/pve2', 'PveRebootRequired home/pve3'],
    ],
    ['the newest kernel', updates({ runningKernel: '6.8.2-1-pve', newestKernel: '6.8.2-1-pve' }), []],
    ['a kernel of somebody else', updates({ runningKernel: '7.0.0-custom', newestKernel: '6.8.2-1-pve' }), []],
    [
      'updates',
      { specs: { pve1: { view: { updates: read({ pending: [{ package: 'a', to: '2' }] }) } } } },
      ['PveUpdatesPending home/pve1'],
    ],
    ['updates that may not be read', updates({ pendingUnknown: true }), []],
    [
      'a clock that is off',
      { specs: { pve2: { view: { own: read(nodeStatus({ clockS: NOW_S + 9 })) } } } },
      ['PveTimeSkew home/pve2'],
    ],
    ['all clocks off alike: ours is wrong', { view: { own: read(nodeStatus({ clockS: NOW_S + 90 })) } }, []],
    [
      'a clock of two',
      {
        nodes: ['pve1', 'pve2'],
        ...qdevice('connected'),
        specs: { pve2: { view: { own: read(nodeStatus({ clockS: NOW_S - 9 })) } } },
      },
      ['PveTimeSkew home/pve2'],
    ],
    ['a certificate that ends', { nodes: ['pve1'], ...certificates(11) }, ['PveCertificateExpiring home/pve1']],
    ['a certificate that Proxmox will renew', { nodes: ['pve1'], ...certificates(13) }, []],
    ['a token without a privilege', { specs: { pve1: { view: error('forbidden') } } }, ['PveApiUnreadable home/pve1']],
    ['a node that is slow', { specs: { pve1: { view: error('timeout') } } }, []],
    ['something that is not there', { specs: { pve1: { view: error('not-supported') } } }, []],
    ['a countdown', {}, ['PveFenceCountdown home/pve1'], { fences: { pve1: { at: ago(30), sentence: 'soon' } } }],
    ['a countdown that is past', {}, [], { fences: { pve1: { at: ago(300), sentence: 'soon' } } }],
    [
      'a reboot',
      {},
      ['PveNodeRebooted home/pve1'],
      { reboots: { pve1: { at: ago(60), verdict: verdict('quorum-loss-fence') } } },
    ],
    ['a reboot on order', {}, [], { reboots: { pve1: { at: ago(60), verdict: verdict('clean-reboot') } } }],
    ['a reboot of our own', {}, [], { reboots: { pve1: { at: ago(60), verdict: verdict('own-cycle') } } }],
    ['a reboot that is no news', {}, [], { reboots: { pve1: { at: ago(4000), verdict: verdict('panic') } } }],
  ])('%s', (_, spec, expected, clues = {}) => {
    expect(held(findingsIn(spec, [], clues))).toEqual(expected)
  })
})

describe('a guest of HA', () => {
  const ha = (state: string, requestState: string) => ({
    services: [{ sid: 'vm:100', node: 'pve1', state, requestState }],
  })
  it.each([
    ['started', 'started', true],
    // A person wants it stopped, and onboot has no say where HA manages it.
    ['stopped', 'stopped', false],
    ['disabled', 'disabled', false],
    ['freeze', 'started', true],
    // HA does as if it were not there: onboot counts.
    ['ignored', 'ignored', true],
    ['relocate', 'started', false],
  ])('in %s, asked to be %s', (state, requestState, down) => {
    const names = held(findingsIn({ guests: [stopped], configs: onboot, ha: ha(state, requestState) }))
    expect(names.includes('PveGuestDown home/qemu/100')).toBe(down)
  })

  it('need not start with its node to be missed', () => {
    const spec = { guests: [stopped], configs: { 'qemu/100': config({ onboot: false }) }, ha: ha('started', 'started') }
    expect(held(findingsIn(spec))).toEqual(['PveGuestDown home/qemu/100'])
  })
})

describe('tags that silence', () => {
  it.each([
    [['no-alert'], true],
    [['web', 'maintenance', 'x'], true],
    [['no-alerts'], false],
    [['premaintenance'], false],
    [['no', 'alert'], false],
    [[], false],
  ])('%j', (tags, silent) => {
    const names = held(findingsIn({ guests: [{ ...stopped, tags }], configs: onboot }))
    expect(names.includes('PveGuestDown home/qemu/100')).toBe(!silent)
  })
})

describe('sentences', () => {
  it('say who, what and how many more', () => {
    const said = Object.fromEntries(findingsIn({ specs: cutOff3 }).map(({ name, sentence }) => [name, sentence]))
    expect(said.PveQuorumLost).toBe(
      'pve3 has lost quorum: it sees no other node. The others have quorum. If HA is active on it, its watchdog resets it.',
    )
    expect(said.PveNodeOffline).toBe(
      'pve3 is no member of the cluster by the view of pve1. It still answers, but has no quorum. The cluster survives the loss of 0 more.',
    )
    expect(said.PveMarginZero).toBe('The loss of one more node takes quorum: 2 of 3 votes are there, 2 are needed.')
  })
})
