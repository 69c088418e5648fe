import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimNetwork, FREE_PORTS } from '../../testing/network.ts'
import { homeLabWithCluster } from '../../world/index.ts'
import { type Lab, startLab } from '../index.ts'
import { askNode } from './test-client.ts'

const RECORDED = new URL('../../../../test/fixtures/pve/responses/healthy/', import.meta.url)

let lab: Lab
beforeAll(async () => {
  const spec = homeLabWithCluster()
  const [cluster] = spec.clusters!
  const updates = [{ package: 'pve-manager', from: '9.2.10', to: '9.2.11' }]
  const nodes = cluster!.nodes!.map((node) => ({ ...node, updates }))
  const guests = cluster!.guests!.filter(({ vmid }) => vmid !== 900)
  lab = await startLab({
    spec: { ...spec, clusters: [{ ...cluster!, nodes, guests, backupJobs: [] }] },
    network: await claimNetwork(),
    ports: FREE_PORTS,
  })
})
afterAll(() => lab.stop())

/** Recorded name of the answer, what is asked. Recorded errors that only that test machine had are left out. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['version', '/version'],
  ['cluster_status', '/cluster/status'],
  ['cluster_resources', '/cluster/resources'],
  ['cluster_config_nodes', '/cluster/config/nodes'],
  ['cluster_config_qdevice', '/cluster/config/qdevice'],
  ['cluster_ha_status_current', '/cluster/ha/status/current'],
  ['cluster_ha_status_manager_status', '/cluster/ha/status/manager_status'],
  ['cluster_ha_resources', '/cluster/ha/resources'],
  ['cluster_ha_rules', '/cluster/ha/rules'],
  ['cluster_ha_groups', '/cluster/ha/groups'],
  ['cluster_backup', '/cluster/backup'],
  ['cluster_backup-info_not-backed-up', '/cluster/backup-info/not-backed-up'],
  ['cluster_tasks', '/cluster/tasks'],
  ['cluster_replication', '/cluster/replication'],
  ['cluster_log_max_20', '/cluster/log?max=20'],
  ['cluster_options', '/cluster/options'],
  ['cluster_metrics_export', '/cluster/metrics/export'],
  ['cluster_ceph_status', '/cluster/ceph/status'],
  ['nodes', '/nodes'],
  ['nodes_pve1_version', '/nodes/pve1/version'],
  ['nodes_pve1_status', '/nodes/pve1/status'],
  ['nodes_pve1_storage', '/nodes/pve1/storage'],
  ['nodes_pve1_storage_local_status', '/nodes/pve1/storage/local/status'],
  ['nodes_pve1_qemu', '/nodes/pve1/qemu'],
  ['nodes_pve1_lxc', '/nodes/pve1/lxc'],
  ['nodes_pve1_qemu_100_config', '/nodes/pve1/qemu/100/config'],
  ['nodes_pve1_qemu_100_status_current', '/nodes/pve1/qemu/100/status/current'],
  ['nodes_pve1_qemu_100_rrddata_timeframe_hour', '/nodes/pve1/qemu/100/rrddata?timeframe=hour'],
  ['nodes_pve1_rrddata_timeframe_hour', '/nodes/pve1/rrddata?timeframe=hour'],
  ['nodes_pve1_tasks', '/nodes/pve1/tasks'],
  ['nodes_pve1_journal_lastentries_5', '/nodes/pve1/journal?lastentries=5'],
  ['nodes_pve1_services', '/nodes/pve1/services'],
  ['nodes_pve1_apt_update', '/nodes/pve1/apt/update'],
  ['nodes_pve1_apt_versions', '/nodes/pve1/apt/versions'],
  ['nodes_pve1_replication', '/nodes/pve1/replication'],
  ['access_permissions', '/access/permissions'],
]

test.each(ANSWERS)('%s has every field of the recorded answer, of the same type', async (name, path) => {
  if (name.endsWith('_tasks')) await lab.act({ kind: 'backup-ok' })
  const file = new URL(`${name}.json`, RECORDED)
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing`)
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as unknown
  const heard = await askNode(lab, 'pve1', path)
  expect(differences('', recorded, heard.json, name)).toEqual([])
  const headers = new URL(`${name}.headers`, RECORDED)
  if (existsSync(headers)) {
    expect(`HTTP/1.1 ${heard.status} ${heard.phrase}`).toBe(readFileSync(headers, 'utf8').split(/\r?\n/)[0])
  }
})

/** Where what we answer lacks what was recorded. Rows of a list are compared with those of their type. */
function differences(at: string, recorded: unknown, ours: unknown, name: string): string[] {
  if (kindOf(recorded) !== kindOf(ours)) return [`${at} is ${kindOf(ours)}, recorded ${kindOf(recorded)}`]
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    if (recorded.length > 0 && ours.length === 0) return [`${at} is empty`]
    const found = recorded.flatMap((row) => rowDifferences(at, row, ours, name))
    return [...new Set(found)]
  }
  if (typeof recorded !== 'object' || recorded === null) return []
  const [then, now] = [recorded as Record<string, unknown>, ours as Record<string, unknown>]
  if (isTable(at, name)) {
    const mine = Object.values(now)
    return Object.values(then).flatMap((row) => rowDifferences(`${at}/*`, row, mine, name))
  }
  return Object.entries(then).flatMap(([key, value]) => {
    if (ABSENT.has(key)) return []
    if (!Object.hasOwn(now, key)) return [`${at}/${key} is missing`]
    return differences(`${at}/${key}`, value, now[key], name)
  })
}

/** Objects whose keys are names and not fields. */
function isTable(at: string, name: string): boolean {
  const tables = ['service_status', 'node_status', 'lrm_status', 'results', 'proxmox-support']
  return (name === 'access_permissions' && at.startsWith('/data')) || tables.some((table) => at.endsWith(`/${table}`))
}

/** Told of single rows only: after a failure, of a token's task, of a guest with tags. */
const ABSENT = new Set(['failed_nodes', 'tokenid', 'tags', 'hastate', 'pid', 'running'])

/** A row has a twin among ours that lacks nothing; else the differences to the nearest. */
function rowDifferences(at: string, row: unknown, ours: readonly unknown[], name: string): string[] {
  if (ours.length === 0) return []
  const type = (value: unknown) =>
    typeof value === 'object' && value !== null ? (value as { type?: string }).type : ''
  const kin = ours.filter((one) => name === 'cluster_tasks' || name === 'nodes_pve1_tasks' || type(one) === type(row))
  const found = kin.map((one) => differences(`${at}[]`, row, one, name))
  if (found.length === 0) return [`${at}[] has no row of type ${type(row)}`]
  return found.reduce((best, one) => (one.length < best.length ? one : best))
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
}
