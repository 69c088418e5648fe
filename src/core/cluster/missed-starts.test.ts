import { describe, expect, it } from 'vitest'
import { later } from '../time.ts'
import { type BootMemory, watchBoots } from './boots.ts'
import { type MissedStarts, missedStart } from './missed-starts.ts'
import { judgeCluster } from './model.ts'
import {
  config,
  guest,
  haStatus,
  type LabSpec,
  lab,
  lrm,
  NOW,
  NOW_S,
  nodeStatus,
  read,
  storage,
  task,
} from './testing/lab.ts'

const stopped = (vmid: number, more = {}) => guest(vmid, 'pve1', { status: 'stopped', ...more })
const booted = (uptimeS: number) => ({ pve1: { view: { own: read(nodeStatus({ uptimeS })) } } })
const missed: LabSpec = {
  guests: [stopped(101), stopped(102), stopped(103)],
  configs: { 'qemu/101': config({ order: 2 }), 'qemu/102': config({ order: 1, upS: 30 }), 'qemu/103': config() },
  storages: [storage('pve1', 'local')],
  specs: booted(400),
}

function step(spec: LabSpec, state: MissedStarts = {}, boots: BootMemory = {}, now = NOW) {
  const model = judgeCluster(lab({ ...spec, now }), now)
  const after = watchBoots(boots, model)
  return { ...missedStart(state, model, after), boots: after }
}

const started = (spec: LabSpec, ...more: Parameters<typeof step> extends [unknown, ...infer R] ? R : never) =>
  step(spec, ...more).start?.guest

describe('what a boot has not started', () => {
  it('is started in start order, after the delays, each once', () => {
    const first = step(missed)
    expect(first.start).toEqual({
      guest: 'qemu/102',
      node: 'pve1',
      sentence: 'g102 (qemu/102) is to start with its node and did not when pve1 booted: it is started now.',
    })
    const waiting = step(missed, first.state, first.boots)
    expect(waiting.start).toBeUndefined()
    expect(waiting.waitUntil).toEqual(later(NOW, 30_000))
    const then = later(NOW, 30_000)
    const second = step(missed, first.state, first.boots, then)
    expect(second.start?.guest).toBe('qemu/101')
    const third = step(missed, second.state, second.boots, then)
    expect(third.start?.guest).toBe('qemu/103')
    const last = step(missed, third.state, third.boots, then)
    expect([last.start, last.waitUntil]).toEqual([undefined, undefined])
  })

  it('is started again after another boot', () => {
    const first = step(missed)
    const rebooted = {
      ...missed,
      specs: { pve1: { view: { own: read(nodeStatus({ uptimeS: 350, bootId: 'boot-2' })) } } },
    }
    expect(started(rebooted, first.state, first.boots, later(NOW, 1000))).toBe('qemu/102')
  })

  it('is known by the uptime where the boot cannot be told', () => {
    const then = later(NOW, 2_000_000)
    const own = (uptimeS: number, now = NOW): LabSpec => {
      return { ...missed, specs: { pve1: { view: { own: read(nodeStatus({ uptimeS, bootId: undefined }), 5, now) } } } }
    }
    const first = step(own(400))
    expect(started(own(2400, then), first.state, first.boots, then)).toBe('qemu/101')
    expect(started(own(301, then), first.state, first.boots, then)).toBe('qemu/102')
  })

  it.each<[string, LabSpec]>([
    [
      'without quorum',
      {
        specs: {
          ...booted(400),
          pve2: { sees: ['pve2'] },
          pve3: { sees: ['pve3'] },
          pve1: { ...booted(400).pve1, sees: ['pve1'] },
        },
      },
    ],
    [
      'while two parts both have quorum',
      {
        specs: {
          ...booted(400),
          pve2: { sees: ['pve2', 'pve3'] },
          pve1: { ...booted(400).pve1, sees: ['pve1'], quorate: true },
        },
      },
    ],
    ['while the node still starts its guests', { tasks: [task('startall', 'pve1')] }],
    ['while the node stops its guests', { tasks: [task('stopall', 'pve1')] }],
    ['before the node has had the time', { specs: booted(100) }],
    ['after a boot that was not watched', { specs: booted(9000) }],
    ['in maintenance', { ha: { lrms: [lrm('pve1', 'maintenance mode')] } }],
    ['with a storage that is not active', { storages: [storage('pve1', 'local', { status: 'inactive' })] }],
    ['with a storage that nobody tells of', { storages: [] }],
    ['with old words on HA', { view: { ha: read(haStatus(['pve1']), 300) } }],
    ['with old words on tasks', { view: { tasks: read([], 900) } }],
  ])('is not started %s', (_, spec) => {
    expect(started({ ...missed, ...spec })).toBeUndefined()
  })

  const alone = (more: object, spec: LabSpec = {}): LabSpec => ({ ...missed, guests: [stopped(103, more)], ...spec })
  it.each<[string, LabSpec]>([
    ['that is locked', alone({ lock: 'backup' })],
    ['that runs', alone({ status: 'running' })],
    ['whose state is not known', alone({ status: 'unknown' })],
    ['that is silenced', alone({ tags: ['no-alert'] })],
    ['that is in maintenance', alone({ tags: ['maintenance', 'web'] })],
    ['that is a template', alone({ template: true })],
    [
      'that HA manages',
      alone({}, { ha: { services: [{ sid: 'vm:103', node: 'pve1', state: 'stopped', requestState: 'stopped' }] } }),
    ],
    ['that HA’s row tells of', alone({ haState: 'stopped' })],
    ['that need not start with its node', alone({}, { configs: { 'qemu/103': config({ onboot: false }) } })],
    ['of which that is not known', alone({}, { configs: {} })],
    [
      'that somebody stopped since',
      alone({}, { tasks: [task('qmshutdown', 'pve1', '103', { endS: NOW_S, status: 'OK' })] }),
    ],
    [
      'that somebody tried to start since',
      alone({}, { tasks: [task('qmstart', 'pve1', '103', { endS: NOW_S, status: 'no', by: 'watchdog@pve!x' })] }),
    ],
    ['whose own storage is not active', alone({}, { configs: { 'qemu/103': config({ storages: ['nfs'] }) } })],
  ])('is no guest %s', (_, spec) => {
    expect(started(spec)).toBeUndefined()
  })

  it.each<[string, LabSpec]>([
    [
      'whose start failed when the node booted',
      alone({}, { tasks: [task('qmstart', 'pve1', '103', { endS: NOW_S, status: 'no such volume' })] }),
    ],
    [
      'that was stopped before the boot',
      alone(
        {},
        { tasks: [task('qmshutdown', 'pve1', '103', { startS: NOW_S - 9000, endS: NOW_S - 8990, status: 'OK' })] },
      ),
    ],
    [
      'that HA ignores',
      alone({}, { ha: { services: [{ sid: 'vm:103', node: 'pve1', state: 'ignored', requestState: 'ignored' }] } }),
    ],
    [
      'that needs only what is active',
      alone(
        {},
        {
          configs: { 'qemu/103': config({ storages: ['local'] }) },
          storages: [storage('pve1', 'local'), storage('pve1', 'nfs', { status: 'inactive' })],
        },
      ),
    ],
  ])('is a guest %s', (_, spec) => {
    expect(started(spec)).toBe('qemu/103')
  })

  it('is not what ran since and was stopped then', () => {
    const ran = step({ ...missed, guests: [guest(103, 'pve1')] })
    expect(started({ ...missed, guests: [stopped(103)] }, ran.state, ran.boots, later(NOW, 60_000))).toBeUndefined()
  })
})
