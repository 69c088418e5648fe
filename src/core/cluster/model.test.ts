import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readHa } from '../../proxmox/reading/ha.ts'
import { readQDevice } from '../../proxmox/reading/qdevice.ts'
import { readResources } from '../../proxmox/reading/resources.ts'
import { readClusterStatus } from '../../proxmox/reading/status.ts'
import { readTasks } from '../../proxmox/reading/tasks.ts'
import { readVotes } from '../../proxmox/reading/votes.ts'
import { goneCleanly, watchStops } from './clean-stops.ts'
import { judgeConditions } from './conditions/judge.ts'
import { intervalS } from './conditions/schedule.ts'
import { judgeCluster } from './model.ts'
import { ago, config, guest, type LabSpec, lab, lrm, NOW, nodeStatus, read, storage, task } from './testing/lab.ts'
import { held, sceneOf } from './testing/scene.ts'
import type { ClusterViews, NodeView, Read } from './types.ts'

const model = (spec: LabSpec = {}) => judgeCluster(lab(spec), NOW)
const without3 = { sees: ['pve1', 'pve2'] }
const dead3 = { pve1: without3, pve2: without3, pve3: { silent: true } }
const cutOff3 = { pve1: without3, pve2: without3, pve3: { sees: ['pve3'] } }
const node = (spec: LabSpec, name: string) => model(spec).nodes.find((each) => each.name === name)
const running = (spec: LabSpec) => model(spec).guests.map((each) => each.running)

describe('rows that are stale', () => {
  const guests = [guest(100, 'pve3')]

  it('say running of a node that is away: nobody knows', () => {
    expect(running({ specs: dead3, guests })).toEqual([undefined])
    expect(running({ specs: {}, guests })).toEqual([true])
  })

  it('of a node without quorum are not heard while others have it', () => {
    const recovered = [guest(100, 'pve1')]
    const specs = {
      ...cutOff3,
      pve3: { sees: ['pve3'], ageS: 1, view: { resources: read({ guests, nodes: [], storages: [] }, 1) } },
    }
    expect(model({ specs, guests: recovered }).guests).toMatchObject([{ node: 'pve1', running: true }])
  })

  it('are shown, and trusted in nothing, where no node has quorum', () => {
    const alone = Object.fromEntries(['pve1', 'pve2', 'pve3'].map((name) => [name, { sees: [name] }]))
    const { trusted, guests: shown, storages } = model({ specs: alone, guests, storages: [storage('pve1', 'local')] })
    expect({ trusted, running: shown[0]?.running, active: storages[0]?.active }).toEqual({ trusted: false })
    expect(shown).toHaveLength(1)
  })

  it('of an offline node that HA calls online are not believed', () => {
    expect(node({ specs: dead3 }, 'pve3')).toMatchObject({
      online: false,
      row: undefined,
      uptimeS: undefined,
      standing: 'silent',
    })
  })
})

describe('the model', () => {
  it('merges what rows, settings and HA tell of a guest', () => {
    const ha = { services: [{ sid: 'vm:100', node: 'pve1', state: 'started', requestState: 'started' }] }
    const configs = {
      'qemu/100': config({
        order: 3,
        upS: 5,
        agent: true,
        watchdog: 'model=i6300esb',
        addresses: ['10.0.0.9'],
        storages: ['local'],
      }),
    }
    const dump = task('vzdump', 'pve2', '100', { endS: 50, status: 'WARNINGS: 1' })
    const [told] = model({ guests: [guest(100, 'pve1', { tags: ['web'] })], configs, ha, tasks: [dump] }).guests
    expect(told).toMatchObject({
      id: 'qemu/100',
      running: true,
      tags: ['web'],
      ha: { state: 'started', requestState: 'started' },
      onboot: true,
      order: 3,
      upS: 5,
      agent: true,
      watchdog: 'model=i6300esb',
      addresses: ['10.0.0.9'],
      needs: ['local'],
      lastBackup: { endS: 50, ok: true },
      lastGoodBackupS: 50,
    })
  })

  it('tells of each node what its loss costs, its clock, and the age of its words', () => {
    const specs = {
      ...dead3,
      pve2: { ...without3, view: { own: read(nodeStatus({ clockS: 103.5, clockOursS: 100 })) } },
    }
    expect(node({ specs }, 'pve2')).toMatchObject({
      costsQuorum: true,
      clockOffsetS: 3.5,
      standing: 'fresh',
      asked: true,
    })
    expect(node({ specs }, 'pve2')?.ages).toMatchObject({ status: 5000, node: 5000 })
    expect(node({ specs }, 'pve3')?.costsQuorum).toBeUndefined()
  })

  it('takes a QDevice for lost that one node has lost', () => {
    const lost = { view: { qdevice: read({ state: 'failed' as const, words: 'Connect failed' }) } }
    const specs = { pve2: lost }
    expect(model({ specs, view: { qdevice: read({ state: 'connected', words: 'Connected' }) } }).qdevice).toMatchObject(
      { node: 'pve2' },
    )
  })

  it('takes the node’s own word on its storages, and the others’ where it tells none', () => {
    const own = {
      storage: 'nfs',
      type: 'nfs',
      content: 'images',
      enabled: true,
      active: false,
      shared: true,
      usedBytes: 0,
      totalBytes: 0,
    }
    const specs = { pve1: { view: { storage: read([own, { ...own, storage: 'off', enabled: false }]) } } }
    const rows = [storage('pve1', 'nfs'), storage('pve1', 'off'), storage('pve2', 'nfs')]
    expect(model({ specs, storages: rows }).storages).toMatchObject([
      { node: 'pve1', storage: 'nfs', active: false, totalBytes: 100 },
      { node: 'pve2', storage: 'nfs', active: true },
    ])
  })

  it('says of each section how old it is', () => {
    const { sections } = model({ view: { ceph: undefined, ha: undefined } })
    expect(sections.resources).toEqual({ node: 'pve1', ageMs: 5000, fresh: true })
    expect(sections.ha).toEqual({ fresh: false })
  })
})

describe('a clean stop', () => {
  const signs = (spec: LabSpec, before = {}, now = NOW) => watchStops(before, judgeCluster(lab({ ...spec, now }), now))
  const going = (state: string) => signs({ ha: { lrms: [lrm('pve3', state)] } })

  it.each([
    ['restart mode', 'rebooting'],
    ['shutdown mode', 'shut-down'],
  ] as const)('is announced by the %s of its resource manager', (state, kind) => {
    const before = going(state)
    expect(goneCleanly(before)).toEqual({})
    expect(goneCleanly(signs({ specs: dead3 }, before))).toEqual({ pve3: { kind, at: NOW } })
  })

  it('is over once the node is back', () => {
    const gone = signs({ specs: dead3 }, going('restart mode'))
    expect(signs({}, gone)).toEqual({})
  })

  it('is no more than a guess where all guests are stopped, and forgotten where nothing comes of it', () => {
    const before = signs({ tasks: [task('stopall', 'pve3')] })
    expect(goneCleanly(signs({ specs: dead3 }, before))).toEqual({ pve3: { kind: 'rebooting', at: NOW } })
    const late = { ...NOW, monoMs: NOW.monoMs + 301_000, wallMs: NOW.wallMs + 301_000 }
    expect(signs({}, before, late)).toEqual({})
  })

  it('is not what a dead node was last known to do', () => {
    expect(signs({ specs: dead3, ha: { lrms: [lrm('pve3', 'restart mode', true)] } })).toEqual({})
    expect(signs({ specs: dead3, ha: { lrms: [lrm('pve3', 'restart mode')] } })).toEqual({})
  })
})

describe('schedules', () => {
  it.each([
    [undefined, 900],
    ['*/15', 900],
    ['*:0/30', 1800],
    ['*/2:00', 7200],
    ['hourly', 3600],
    ['*:30', 3600],
    ['22:00', 86_400],
    ['mon..fri 21:00', 604_800],
    ['sat', 604_800],
    ['something else', 86_400],
  ])('%s', (schedule, seconds) => {
    expect(intervalS(schedule)).toBe(seconds)
  })
})

describe('the recorded cluster', () => {
  const FIXTURES = new URL('../../../test/fixtures/pve/responses/', import.meta.url)
  const answer = (kind: string, path: string): unknown =>
    JSON.parse(readFileSync(new URL(`${kind}/${path}.json`, FIXTURES), 'utf8')).data

  function recorded(kind: 'healthy' | 'nodedown'): ClusterViews {
    const put = <T>(value: T | undefined): Read<T> => ({ at: ago(3), value: value as T })
    const view: NodeView = {
      node: 'pve1',
      endpoint: 'https://10.99.0.1:8006',
      status: put(readClusterStatus(answer(kind, 'cluster_status'))),
      votes: put(readVotes(answer('healthy', 'cluster_config_nodes'))),
      qdevice: put(readQDevice(answer(kind, 'cluster_config_qdevice'))),
      ha: put(readHa(answer(kind, 'cluster_ha_status_current'), undefined)),
      resources: put(readResources(answer(kind, 'cluster_resources'))),
      tasks: put(readTasks(answer(kind, 'cluster_tasks'))),
      errors: {},
    }
    return { cluster: 'home', ownName: 'lab', views: { pve1: view }, unreached: {} }
  }

  it('has a margin of two with its QDevice, and each guest where it runs', () => {
    const told = judgeCluster(recorded('healthy'), NOW)
    expect(told.margin).toMatchObject({ expectedVotes: 5, neededVotes: 3, presentVotes: 5, survivesFailures: 2 })
    expect(told.guests.map(({ id, node: where, running: runs, ha }) => [id, where, runs, ha?.state])).toEqual([
      ['qemu/100', 'pve1', true, 'error'],
      ['qemu/101', 'pve2', true, undefined],
      ['qemu/102', 'pve1', true, undefined],
      ['qemu/103', 'pve2', true, 'started'],
    ])
  })

  it('without a node has a smaller margin, and that node is away although HA calls it online', () => {
    const told = judgeCluster(recorded('nodedown'), NOW)
    expect(told.margin).toMatchObject({ presentVotes: 4, survivesFailures: 1 })
    expect(told.nodes.map(({ name, online }) => [name, online])).toEqual([
      ['pve1', true],
      ['pve2', true],
      ['pve3', false],
    ])
    const alerts = held(judgeConditions(sceneOf(recorded('nodedown')), []).findings)
    expect(alerts).toContain('PveNodeOffline home/pve3')
    expect(alerts).not.toContain('PveMarginZero home')
  })
})
