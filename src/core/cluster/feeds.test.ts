import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { peersView } from './feeds.ts'
import { judgeCluster } from './model.ts'
import { ago, config, guest, haStatus, type LabSpec, lab, lrm, NOW, read, storage, task } from './testing/lab.ts'
import type { Ceph, HaService } from './types.ts'

const hosts = ['pve1', 'pve2', 'pve3'].map((name, index) => ({ name, address: `10.0.0.${index + 1}` }))
const peers = (spec: LabSpec = {}, own: readonly string[] = [], beside = {}) =>
  peersView(lab(spec), hosts, own, NOW, beside)

const without3 = { sees: ['pve1', 'pve2'] }
const dead3 = { pve1: without3, pve2: without3, pve3: { silent: true } }
const service = (sid: string, node: string, state: string): HaService => ({ sid, node, state, requestState: 'started' })

describe('what the guards are told', () => {
  it('is nothing until a node has told its view', () => {
    expect(peers({ specs: { pve1: { silent: true }, pve2: { silent: true }, pve3: { silent: true } } })).toBeUndefined()
  })

  it('is that all is well', () => {
    expect(peers()).toEqual({
      at: ago(5),
      quorate: true,
      nodes: ['pve1', 'pve2', 'pve3'],
      members: ['pve1', 'pve2', 'pve3'],
      fencedNodes: [],
      costsQuorum: [],
      tasks: {},
      cleanStops: {},
      inMaintenance: [],
      carriesUs: [],
    })
  })

  it('is that a dead node is no member and costs nothing, while each of the others would cost quorum', () => {
    expect(peers({ specs: dead3 })).toMatchObject({
      quorate: true,
      nodes: ['pve1', 'pve2', 'pve3'],
      members: ['pve1', 'pve2'],
      costsQuorum: ['pve1', 'pve2'],
      viewsDisagree: undefined,
    })
  })

  it('is no member at all where no node has quorum', () => {
    const alone = { pve1: { sees: ['pve1'] }, pve2: { silent: true }, pve3: { sees: ['pve3'], ageS: 2 } }
    expect(peers({ specs: alone })).toMatchObject({ quorate: false, members: [], at: ago(2), costsQuorum: [] })
  })

  it('finds hosts by name, else by address, and leaves out those that are no nodes', () => {
    const others = [
      { name: 'PVE1', address: 'pve1.example' },
      { name: 'attic', address: '10.0.0.3' },
      { name: 'nas', address: '10.0.0.9' },
    ]
    expect(peersView(lab(), others, [], NOW)).toMatchObject({ nodes: ['PVE1', 'attic'], members: ['PVE1', 'attic'] })
  })

  it('never gives the host of one node to another', () => {
    // The host is called as one node and has the address of another: its name is what a person chose.
    expect(peersView(lab(), [{ name: 'pve1', address: '10.0.0.2' }], [], NOW)?.nodes).toEqual(['pve1'])
  })
})

describe('HA at work', () => {
  it.each(['fence', 'recovery', 'migrate', 'relocate'])('a service in %s is told', (state) => {
    expect(peers({ ha: { services: [service('vm:100', 'pve2', state)] } })?.haBusy).toContain('vm:100')
  })

  it.each(['started', 'stopped', 'error', 'freeze', 'ignored', 'request_stop'])('a service in %s is not', (state) => {
    expect(peers({ ha: { services: [service('vm:100', 'pve2', state)] } })?.haBusy).toBeUndefined()
  })

  it('the node that is fenced is the one whose death is dealt with', () => {
    const ha = {
      services: [service('vm:100', 'pve3', 'fence')],
      nodeStates: { pve1: 'online', pve2: 'online', pve3: 'fence' },
    }
    expect(peers({ specs: dead3, ha })).toMatchObject({
      fencedNodes: ['pve3'],
      haBusy: expect.stringContaining('pve3'),
    })
  })

  it('a node that is there is never the fenced one', () => {
    expect(peers({ ha: { services: [service('vm:100', 'pve3', 'recovery')] } })?.fencedNodes).toEqual([])
  })

  it('a dead master that nobody has replaced is told, and is the fenced one', () => {
    const ha = { services: [service('vm:100', 'pve1', 'started')], master: { node: 'pve3', timestampS: 1 } }
    expect(peers({ specs: dead3, ha })).toMatchObject({
      fencedNodes: ['pve3'],
      haBusy: 'HA is at work: its manager on pve3 is gone and no other has taken over.',
    })
  })

  it('a silent node without any service is no work for HA', () => {
    expect(peers({ specs: dead3, ha: { nodeStates: { pve3: 'unknown' } } })?.haBusy).toBeUndefined()
  })

  it('what cannot be read holds, and a version without HA does not', () => {
    const old = { view: { ha: read(haStatus(['pve1']), 300) } }
    expect(peers(old)?.haBusy).toBe('What HA is doing was last read 5 min ago.')
    expect(peers({ view: { ha: undefined } })?.haBusy).toBe('What HA is doing is not known yet.')
    const none = { ha: undefined, errors: { ha: { at: NOW, code: 'not-supported' as const, sentence: 'no' } } }
    expect(peers({ view: none })?.haBusy).toBeUndefined()
  })
})

describe('storage in trouble', () => {
  const nfs = (node: string, status: string) => storage(node, 'nfs', { status, shared: true })

  it('a shared one that is active nowhere holds, one that is active somewhere does not', () => {
    const gone = ['pve1', 'pve2', 'pve3'].map((node) => nfs(node, 'inactive'))
    expect(peers({ storages: gone })?.storageTrouble).toBe('The shared storage nfs is active on no node.')
    expect(peers({ storages: [nfs('pve1', 'available'), nfs('pve2', 'inactive')] })?.storageTrouble).toBeUndefined()
  })

  it('one without guests, or one of a node alone, does not', () => {
    const iso = storage('pve1', 'iso', { status: 'inactive', shared: true, content: 'iso,backup' })
    expect(peers({ storages: [iso, storage('pve1', 'local', { status: 'inactive' })] })?.storageTrouble).toBeUndefined()
  })

  const ceph = (health: Ceph['health'], ...checks: string[]) =>
    peers({ view: { ceph: read({ health, checks }) } })?.storageTrouble
  it('Ceph holds where data cannot be reached, and not for what a dead host brings about or a mere flag', () => {
    expect(ceph('HEALTH_OK')).toBeUndefined()
    expect(ceph('HEALTH_WARN', 'OSDMAP_FLAGS: noout flag(s) set')).toBeUndefined()
    expect(ceph('HEALTH_WARN', 'OSD_DOWN: 2 osds down', 'OSD_HOST_DOWN: 1 host down', 'PG_DEGRADED: x')).toBeUndefined()
    expect(ceph('HEALTH_WARN', 'PG_AVAILABILITY: Reduced data availability')).toBe(
      'Ceph is HEALTH_WARN: PG_AVAILABILITY: Reduced data availability.',
    )
    expect(ceph('HEALTH_ERR')).toBe('Ceph is HEALTH_ERR.')
  })
})

describe('tasks that must not be cut', () => {
  it('are told of the node on which they run', () => {
    const tasks = [task('vzdump', 'pve1', '100'), task('qmigrate', 'pve1', '101'), task('aptupdate', 'pve2')]
    expect(peers({ tasks })?.tasks).toEqual({
      pve1: 'On pve1 tasks run that must not be cut: a backup (100) and a migration (101).',
    })
  })

  it('that ended are not', () => {
    expect(peers({ tasks: [task('vzdump', 'pve1', '100', { endS: 5, status: 'OK' })] })?.tasks).toEqual({})
  })

  it('of a dead node are what it was last heard to do, and hold nothing', () => {
    expect(peers({ specs: dead3, tasks: [task('vzdump', 'pve3', '100')] })?.tasks).toEqual({})
  })

  it('of a node that is cut off but says so itself hold', () => {
    const specs = { pve1: without3, pve2: without3, pve3: { sees: ['pve3'] } }
    expect(Object.keys(peers({ specs, tasks: [task('vzdump', 'pve3', '100')] })?.tasks ?? {})).toEqual(['pve3'])
  })
})

describe('the rest', () => {
  it('maintenance is told by the manager or by the node’s own resource manager', () => {
    expect(peers({ ha: { nodeStates: { pve2: 'maintenance' } } })?.inMaintenance).toEqual(['pve2'])
    expect(peers({ ha: { lrms: [lrm('pve3', 'maintenance mode')] } })?.inMaintenance).toEqual(['pve3'])
  })

  it('the guest with our address is found where it is placed, running or not known', () => {
    const us = { 'qemu/100': config({ addresses: ['10.0.0.50'] }) }
    expect(peers({ guests: [guest(100, 'pve2')], configs: us }, ['10.0.0.50'])?.carriesUs).toEqual(['pve2'])
    expect(peers({ guests: [guest(100, 'pve2')], configs: us }, ['10.0.0.51'])?.carriesUs).toEqual([])
    const copy = guest(100, 'pve2', { status: 'stopped' })
    expect(peers({ guests: [copy], configs: us }, ['10.0.0.50'])?.carriesUs).toEqual([])
  })

  it('a clean stop counts for a node that is gone, and not once it is back', () => {
    const cleanStops = { pve3: { kind: 'shut-down' as const, at: NOW } }
    expect(peers({ specs: dead3 }, [], { cleanStops })?.cleanStops).toEqual(cleanStops)
    expect(peers({}, [], { cleanStops })?.cleanStops).toEqual({})
  })
})

describe('for any views', () => {
  const names = ['pve1', 'pve2', 'pve3']
  const spec = fc.record({
    sees: fc.subarray(names),
    quorate: fc.boolean(),
    ageS: fc.integer({ min: 0, max: 120 }),
    silent: fc.boolean(),
  })
  const specs = fc.tuple(spec, spec, spec).map(([a, b, c]) => ({ pve1: a, pve2: b, pve3: c }))

  it('no host is a member that the believed view does not see', () => {
    fc.assert(
      fc.property(specs, (each) => {
        const views = lab({ specs: each })
        const told = peersView(views, hosts, [], NOW)
        const { believed } = judgeCluster(views, NOW).agreement
        const seen = believed === undefined ? [] : (each[believed as 'pve1']?.sees ?? [])
        for (const member of told?.members ?? []) expect(seen).toContain(member)
        for (const host of told?.costsQuorum ?? []) expect(told?.members).toContain(host)
        for (const host of told?.fencedNodes ?? []) expect(told?.members).not.toContain(host)
      }),
    )
  })
})
