import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLUSTER_ALERTS } from '../../alerts/own/cluster-table.ts'
import {
  ago,
  config,
  guest,
  haStatus,
  type LabSpec,
  lab,
  lrm,
  NOW_S,
  nodeStatus,
  read,
  storage,
  task,
} from '../testing/lab.ts'
import { findingsIn, held, open, over, sceneOf } from '../testing/scene.ts'
import { allAlone, allOld, dead5, failedDump, five, onboot, stopped, verdict } from '../testing/situations.ts'
import { judgeConditions } from './judge.ts'
import type { Clues } from './rule.ts'

type Case = [string, LabSpec, string[], Clues?]

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
    expect(
      over(
        findingsIn(spec, [open(name, subject)], {
          fences: {},
          reboots: { pve1: { at: ago(4000), verdict: verdict('panic') } },
        }),
      ),
    ).toEqual([`${name} ${subject}`])
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
