import type { HaStatus, NodeView, Read, StorageStatus, Task } from '../../../src/core/cluster/types.ts'
import type { At } from '../../../src/core/time.ts'
import { reachesQdevice } from '../../../src/lab/world/cluster/quorum.ts'
import { storageActive, usedBytes } from '../../../src/lab/world/cluster/storage.ts'
import { haSeenBy, viewOf } from '../../../src/lab/world/cluster/view.ts'
import type { Cluster, ClusterNode, World } from '../../../src/lab/world/index.ts'
import { WALL_START } from '../setup.ts'

const DEAD_AFTER_MS = 120_000

/** What a client reads of one node that answers: the parts that guards go by. */
export function readNode(world: World, cluster: Cluster, node: ClusterNode, at: At): NodeView {
  const read = <T>(value: T): Read<T> => ({ at, value })
  const { members, quorate } = viewOf(world, cluster, node)
  const { qdevice } = cluster
  return {
    node: node.name,
    endpoint: node.name,
    status: read({
      name: cluster.ownName,
      quorate,
      members: cluster.nodes.map(({ name, id, address }) => {
        return { name, nodeId: id, ip: address, online: members.includes(name), local: name === node.name }
      }),
    }),
    votes: read(cluster.nodes.map(({ name, id, votes }) => ({ node: name, nodeId: id, votes }))),
    qdevice: read(
      qdevice === undefined
        ? { state: 'none', words: '' }
        : { state: reachesQdevice(cluster, node) ? 'connected' : 'failed', algorithm: qdevice.algorithm, words: '' },
    ),
    ha: read(haOf(world, cluster, node)),
    tasks: read(tasksOf(cluster, node)),
    storage: read(storagesOf(world, cluster, node)),
    errors: {},
  }
}

function seconds(trueMs: number): number {
  return Math.floor((WALL_START + trueMs) / 1000)
}

function haOf(world: World, cluster: Cluster, node: ClusterNode): HaStatus {
  const seen = haSeenBy(world, cluster, node)
  return {
    quorate: node.quorate,
    ...(seen.master === undefined ? {} : { master: { node: seen.master, timestampS: seconds(seen.masterStampMs) } }),
    armed: cluster.ha.armed,
    lrms: Object.entries(seen.lrms).map(([name, { state, stampMs }]) => {
      const { stopping } = cluster.nodes.find((one) => one.name === name) ?? {}
      const words = stopping === undefined ? name : `${name} (${stopping} mode)`
      const dead = world.nowMs - stampMs > DEAD_AFTER_MS
      return { node: name, timestampS: seconds(stampMs), state, dead, watchdog: 'unknown', words }
    }),
    services: seen.services.map(({ sid, node: at, state, requested }) => {
      return { sid, node: at, state, requestState: requested }
    }),
    nodeStates: seen.nodeStates,
  }
}

function tasksOf(cluster: Cluster, viewer: ClusterNode): Task[] {
  return cluster.tasks.flatMap((task) => {
    const peer = viewer.peers[task.node]
    const untilMs = task.node === viewer.name || peer?.member === true ? Number.POSITIVE_INFINITY : (peer?.lostMs ?? 0)
    if (task.startMs > untilMs) return []
    const { node, type, id, user, serial } = task
    const row = { upid: `UPID:${node}:${serial}`, node, type, id, user, startS: seconds(task.startMs) }
    if (task.endMs === undefined || task.endMs > untilMs) return [row]
    return [{ ...row, endS: seconds(task.endMs), status: task.status ?? '' }]
  })
}

function storagesOf(world: World, cluster: Cluster, node: ClusterNode): StorageStatus[] {
  return cluster.storages.map((storage) => {
    const active = storageActive(world, storage, node)
    const { name, type, content, shared, totalBytes } = storage
    const sizes = active ? { usedBytes: usedBytes(storage), totalBytes } : { usedBytes: 0, totalBytes: 0 }
    return { storage: name, type, content, enabled: true, active, shared, ...sizes }
  })
}
