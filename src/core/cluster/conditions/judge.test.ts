import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLUSTER_ALERTS } from '../../alerts/own/cluster-table.ts'
import type { RebootVerdict } from '../../reboots/types.ts'
import {
  ago,
  config,
  guest,
  haStatus,
  job,
  type LabSpec,
  lab,
  lrm,
  NOW,
  NOW_S,
  nodeStatus,
  read,
  storage,
  task,
} from '../testing/lab.ts'
import { findingsIn, held, open, over, sceneOf } from '../testing/scene.ts'
import type { ApiFailure, Backups, Certificate, QDevice, Updates } from '../types.ts'
import { judgeConditions } from './judge.ts'
import type { Clues } from './rule.ts'

const without3 = { sees: ['pve1', 'pve2'] }
const dead3 = { pve1: without3, pve2: without3, pve3: { silent: true } }
const cutOff3 = { pve1: without3, pve2: without3, pve3: { sees: ['pve3'] } }
const allOld = Object.fromEntries(['pve1', 'pve2', 'pve3'].map((node) => [node, { ageS: 300 }]))
const allAlone = Object.fromEntries(['pve1', 'pve2', 'pve3'].map((node) => [node, { sees: [node] }]))

const five = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5']
const without5 = { sees: five.slice(0, 4) }
const dead5 = { pve1: without5, pve2: without5, pve3: without5, pve4: without5, pve5: { silent: true } }

const onboot = { 'qemu/100': config() }
const stopped = guest(100, 'pve1', { status: 'stopped' })
const backups = (...ids: number[]): Backups => ({
  jobs: [{ id: 'b', enabled: true }],
  notBackedUp: ids.map((vmid) => ({ id: `qemu/${vmid}`, vmid, name: `g${vmid}` })),
})
const failedDump = task('vzdump', 'pve1', '100', { endS: NOW_S - 10, status: 'job errors' })
const updates = (more: Partial<Updates>): LabSpec => ({ view: { updates: read({ pending: [], ...more }) } })
const certificates = (days: number): LabSpec => {
  const certificate: Certificate = { file: 'pve-ssl.pem', notAfterS: NOW_S + days * 86_400 }
  return { view: { certificates: read([certificate]) } }
}
const qdevice = (state: QDevice['state']): LabSpec => ({
  view: { qdevice: read({ state, words: `${state}, last poll x` }) },
})
const error = (code: ApiFailure) => ({ errors: { tasks: { at: NOW, code, sentence: 'Refused.' } } })
const verdict = (cause: RebootVerdict['cause']): RebootVerdict => ({
  cause,
  confidence: 'certain',
  sentence: 'It lost quorum.',
  lines: [],
  missing: [],
  couldBe: [],
})

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

describe('no noise of its own', () => {
  const down = { guests: [stopped], configs: onboot }
  const booting = { specs: { pve1: { view: { own: read(nodeStatus({ uptimeS: 60 })) } } } }
  const quiet: Case[] = [
    ['a backup in mode stop', { ...down, tasks: [task('vzdump', 'pve1', '100')] }, []],
    ['a backup of several guests of the node', { ...down, tasks: [task('vzdump', 'pve1')] }, []],
    ['a migration', { ...down, tasks: [task('qmigrate', 'pve1', '100')] }, []],
    ['its own shutdown', { ...down, tasks: [task('qmshutdown', 'pve1', '100')] }, []],
    ['its start', { ...down, tasks: [task('qmstart', 'pve1', '100')] }, []],
    ['a node that starts its guests', { ...down, tasks: [task('startall', 'pve1')] }, []],
    ['a node that has just booted', { ...down, ...booting }, []],
    ['a node that goes down', { ...down, ha: { lrms: [lrm('pve1', 'restart mode')] } }, []],
    ['maintenance in Proxmox', { ...down, ha: { nodeStates: { pve1: 'maintenance' } } }, []],
    ['maintenance of ours', down, [], { inHands: ['pve1'] }],
  ]
  it.each<Case>(quiet)('%s begins nothing', (_, spec, _expected, clues = {}) => {
    expect(held(findingsIn(spec, [], clues))).toEqual([])
  })

  it.each<Case>(quiet)('%s lets what waits begin anew, and what fires go on', (_, spec, _expected, clues = {}) => {
    expect(over(findingsIn(spec, [open('PveGuestDown', 'home/qemu/100', false)], clues))).toEqual([
      'PveGuestDown home/qemu/100',
    ])
    expect(findingsIn(spec, [open('PveGuestDown', 'home/qemu/100', true)], clues)).toEqual([])
  })

  it('a backup of another guest excuses nothing', () => {
    expect(held(findingsIn({ ...down, tasks: [task('vzdump', 'pve1', '101')] }))).toEqual([
      'PveGuestDown home/qemu/100',
    ])
  })

  it('a node that is rebooted on purpose is not told for ten minutes', () => {
    const going = sceneOf(lab({ nodes: five, tasks: [task('stopall', 'pve5')] }))
    const gone = lab({ nodes: five, specs: dead5 })
    const scene = sceneOf(gone, {}, { stops: going.stops })
    expect(held(judgeConditions(scene, []).findings)).not.toContain('PveNodeOffline home/pve5')
    const late = sceneOf(gone, {}, { stops: { pve5: { kind: 'rebooting', at: ago(601), gone: true } } })
    expect(held(judgeConditions(late, []).findings)).toContain('PveNodeOffline home/pve5')
  })

  it('a node that is in maintenance is not missed', () => {
    expect(held(findingsIn({ nodes: five, specs: dead5 }, [], { inHands: ['pve5'] }))).toEqual(['PveVotesMissing home'])
  })
})

describe('what could not be read lately', () => {
  const guests = [stopped]
  it.each([
    ['no view', { specs: allOld, guests, configs: onboot }],
    ['no quorum', { specs: allAlone, guests, configs: onboot }],
    [
      'old rows',
      { guests, configs: onboot, view: { resources: undefined, tasks: undefined, ha: read(haStatus([]), 500) } },
    ],
  ])('is neither on nor over: %s', (_, spec) => {
    const opened = [
      'PveGuestDown home/qemu/100',
      'PveGuestLockStuck home/qemu/100',
      'PveHaError home/qemu/100',
      'PveStorageFull home/nfs',
    ]
    const findings = findingsIn(
      spec,
      opened.map((each) => open(...(each.split(' ') as [string, string]))),
    )
    for (const each of opened) {
      expect(held(findings)).not.toContain(each)
      expect(over(findings)).not.toContain(each)
    }
  })

  it('a failed backup that is no longer in the list stays', () => {
    expect(findingsIn({ guests: [guest(100, 'pve1')] }, [open('PveBackupFailed', 'home/qemu/100')])).toEqual([])
  })

  it('a guest of a node that is away is neither down nor well', () => {
    const spec = { nodes: five, specs: dead5, guests: [guest(100, 'pve5')], configs: onboot }
    const findings = findingsIn(spec, [open('PveGuestDown', 'home/qemu/100')])
    expect([...held(findings), ...over(findings)]).not.toContain('PveGuestDown home/qemu/100')
  })

  it('what only a silent node could tell stays', () => {
    const opened = [
      open('PveTimeSkew', 'home/pve2'),
      open('PveUpdatesPending', 'home/pve2'),
      open('PveApiUnreadable', 'home/pve2'),
    ]
    expect(over(findingsIn({ specs: { pve2: { ageS: 300 } } }, opened))).toEqual([])
  })
})

describe('what is over', () => {
  it.each([
    ['PveNodeOffline', 'home/pve3'],
    ['PveQuorumLost', 'home'],
    ['PveQuorumLost', 'home/pve3'],
    ['PveMarginZero', 'home'],
    ['PveViewsDisagree', 'home'],
    ['PveViewStale', 'home'],
    ['PveGuestDown', 'home/qemu/100'],
    ['PveGuestDown', 'home/qemu/999'],
    ['PveGuestLockStuck', 'home/qemu/100'],
    ['PveHaError', 'home/qemu/100'],
    ['PveHaFence', 'home/pve1'],
    ['PveStorageFull', 'home/pve1/local'],
    ['PveStorageInactive', 'home/gone'],
    ['PveReplicationFailed', 'home/100-0'],
    ['PveBackupFailed', 'home/qemu/999'],
    ['PveApiUnreadable', 'home/pve1'],
    ['PveFenceCountdown', 'home/pve1'],
    ['PveNodeRebooted', 'home/pve1'],
  ])('%s of %s', (name, subject) => {
    const spec = { guests: [guest(100, 'pve1')], configs: onboot, storages: [storage('pve1', 'local')] }
    expect(over(findingsIn(spec, [open(name, subject)], { fences: {}, reboots: {} }))).toEqual([`${name} ${subject}`])
  })

  it('a later good backup', () => {
    const good = task('vzdump', 'pve2', '100', { startS: NOW_S - 5, endS: NOW_S - 1, status: 'OK' })
    const findings = findingsIn({ guests: [guest(100, 'pve2')], tasks: [failedDump, good] }, [
      open('PveBackupFailed', 'home/qemu/100'),
    ])
    expect(findings).toEqual([
      {
        name: 'PveBackupFailed',
        subject: 'home/qemu/100',
        holds: false,
        sentence: 'The last backup of qemu/100 came well.',
      },
    ])
  })

  it('is not said of another cluster', () => {
    expect(findingsIn({}, [open('PveNodeOffline', 'homestead/pve3'), open('PveNodeOffline', 'away')])).toEqual([])
  })
})

describe('guests that a boot did not start', () => {
  const uptime = (uptimeS: number): LabSpec => ({
    guests: [stopped, guest(101, 'pve1')],
    configs: { 'qemu/100': config(), 'qemu/101': config() },
    specs: { pve1: { view: { own: read(nodeStatus({ uptimeS })) } } },
  })

  it('are told once the node has started what it starts', () => {
    expect(held(findingsIn(uptime(400)))).toEqual(['PveGuestDown home/qemu/100', 'PveGuestNotStarted home/pve1'])
    expect(held(findingsIn(uptime(120)))).toEqual([])
    const done = task('startall', 'pve1', '', { startS: NOW_S - 60, endS: NOW_S - 1, status: 'OK' })
    expect(held(findingsIn({ ...uptime(120), tasks: [done] }))).toContain('PveGuestNotStarted home/pve1')
    expect(held(findingsIn({ ...uptime(900), tasks: [task('startall', 'pve1')] }))).toEqual([])
  })

  it('are not told of a boot that was not watched, nor once they have run or were stopped by hand', () => {
    expect(held(findingsIn(uptime(100_000)))).toEqual(['PveGuestDown home/qemu/100'])
    const byHand = task('qmstop', 'pve1', '100', { startS: NOW_S - 60, endS: NOW_S - 50, status: 'OK' })
    expect(held(findingsIn({ ...uptime(400), tasks: [byHand] }))).toEqual(['PveGuestDown home/qemu/100'])
  })
})

describe('what others judge', () => {
  it('is left to them', () => {
    const opened = [open('PveFenceCountdown', 'home/pve1'), open('PveNodeRebooted', 'home/pve1')]
    expect(findingsIn({}, opened)).toEqual([])
  })
})

describe('a reboot', () => {
  it('that follows another is told anew', () => {
    const key = 'PveNodeRebooted/home/pve1'
    const clues = { reboots: { pve1: { at: ago(60), verdict: verdict('panic') } } }
    const opened = [open('PveNodeRebooted', 'home/pve1')]
    const again = findingsIn({}, opened, clues, { [key]: 'another' })
    expect(again.map(({ holds }) => holds)).toEqual([false, true])
    expect(findingsIn({}, opened, clues, { [key]: String(ago(60).wallMs) }).map(({ holds }) => holds)).toEqual([true])
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

describe('for any state', () => {
  const names = ['pve1', 'pve2', 'pve3']
  const spec = fc.record({
    sees: fc.subarray(names),
    quorate: fc.boolean(),
    ageS: fc.integer({ min: 0, max: 120 }),
    silent: fc.boolean(),
  })
  const specs = fc.tuple(spec, spec, spec).map(([a, b, c]) => ({ pve1: a, pve2: b, pve3: c }))

  it('an alert is never both on and over, and sentences are the same from one moment to the next', () => {
    fc.assert(
      fc.property(specs, fc.subarray(Object.keys(CLUSTER_ALERTS)), (each, opened) => {
        const opens = opened.flatMap((name) => [
          open(name, 'home'),
          open(name, 'home/pve1'),
          open(name, 'home/qemu/100'),
        ])
        const findings = findingsIn({ specs: each, guests: [stopped], configs: onboot }, opens)
        const keys = findings.map(({ name, subject }) => `${name} ${subject}`)
        expect(new Set(keys).size).toBe(keys.length)
        for (const { sentence } of findings) expect(sentence).not.toBe('')
      }),
    )
  })
})
