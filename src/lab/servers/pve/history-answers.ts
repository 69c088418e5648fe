import { bytesUntil, loadAt } from '../../world/cluster/load.ts'
import { usedBytes } from '../../world/cluster/storage.ts'
import { type Answer, type Call, isNine } from './call.ts'
import { DISK_BYTES, DISK_USED_BYTES } from './cluster-answers.ts'
import { guestHere } from './guest-answers.ts'
import { Refusal } from './refusal.ts'

const MINUTE = 60
/** Seconds between two points, and how many there are. */
const SPANS_9: Readonly<Record<string, readonly [number, number]>> = {
  hour: [MINUTE, 60],
  day: [MINUTE, 1_440],
  week: [30 * MINUTE, 336],
  month: [30 * MINUTE, 1_440],
  year: [360 * MINUTE, 1_460],
  decade: [7 * 24 * 60 * MINUTE, 570],
}
const SPANS: Readonly<Record<string, readonly [number, number]>> = {
  hour: [MINUTE, 70],
  day: [30 * MINUTE, 70],
  week: [180 * MINUTE, 70],
  month: [720 * MINUTE, 70],
  year: [10_080 * MINUTE, 70],
}

/** Points with nothing but their time are from before it ran, or while it did not. */
function points(call: Call, sinceMs: number, values: (atS: number, labS: number) => Record<string, number>): object[] {
  const { parameters, world, wall } = call
  const spans = isNine(call) ? SPANS_9 : SPANS
  const span = spans[parameters.timeframe ?? '']
  if (span === undefined) {
    const timeframe = `value '${parameters.timeframe}' does not have a value in the enumeration`
    throw new Refusal(400, 'Parameter verification failed.', { errors: { timeframe } })
  }
  const [stepS, count] = span
  const lastS = Math.floor(wall.s(world.nowMs) / stepS) * stepS - stepS
  const bornS = wall.s(sinceMs)
  return Array.from({ length: count }, (_, index) => {
    const time = lastS - (count - 1 - index) * stepS
    return time < bornS ? { time } : { time, ...values(time, time - bornS) }
  })
}

function peak(call: Call, name: string, atS: number): number {
  const load = loadAt(name, atS)
  return call.parameters.cf === 'MAX' ? Math.min(1, load * 1.2) : load
}

function pressures(call: Call): Record<string, number> {
  if (!isNine(call)) return {}
  const kinds = ['pressurecpusome', 'pressureiosome', 'pressureiofull', 'pressurememorysome', 'pressurememoryfull']
  return Object.fromEntries(kinds.map((kind) => [kind, 0]))
}

export const nodeHistory: Answer = (call) => {
  const { node } = call
  return points(call, node.boots[0]?.startMs ?? node.bootedMs, (atS) => {
    const cpu = peak(call, node.name, atS)
    const memused = node.memoryBytes * (0.3 + 0.3 * loadAt(`${node.name}/memory`, atS))
    return {
      cpu,
      maxcpu: node.cpus,
      iowait: 0.02 * cpu + 0.000_1,
      loadavg: cpu * node.cpus,
      memtotal: node.memoryBytes,
      memused,
      swaptotal: 0,
      swapused: 0,
      roottotal: DISK_BYTES,
      rootused: DISK_USED_BYTES,
      netin: 20_000 * loadAt(`${node.name}/in`, atS),
      netout: 20_000 * loadAt(`${node.name}/out`, atS),
      ...(isNine(call) ? { memavailable: node.memoryBytes - memused, arcsize: 0 } : {}),
      ...pressures(call),
    }
  })
}

export const guestHistory = (type: 'qemu' | 'lxc'): Answer => {
  return (call) => {
    const { guest } = guestHere(call, type)
    return points(call, guest.sinceMs, (atS) => ({
      cpu: peak(call, guest.id, atS) / 2,
      maxcpu: guest.cores,
      mem: guest.memoryBytes * (0.4 + 0.2 * loadAt(`${guest.id}/memory`, atS)),
      maxmem: guest.memoryBytes,
      disk: 0,
      maxdisk: 0,
      netin: 10_000 * loadAt(`${guest.id}/in`, atS),
      netout: 10_000 * loadAt(`${guest.id}/out`, atS),
      diskread: 5_000 * loadAt(`${guest.id}/read`, atS),
      diskwrite: 5_000 * loadAt(`${guest.id}/write`, atS),
      ...(isNine(call) ? { memhost: guest.memoryBytes / 2, pressurecpufull: 0, ...pressures(call) } : {}),
    }))
  }
}

export const storageHistory: Answer = (call) => {
  const { cluster, node, parameters } = call
  const storage = cluster.storages.find(({ name }) => name === parameters.storage)
  if (storage === undefined) throw new Refusal(500, `storage '${parameters.storage}' does not exist`)
  return points(call, node.boots[0]?.startMs ?? 0, () => ({ total: storage.totalBytes, used: usedBytes(storage) }))
}

/** From 8.3. Of this node alone with `local-only`, else of every node that it hears. */
export const metricsExport: Answer = (call) => {
  const { world, cluster, node: viewer, wall, parameters, version } = call
  if (version === '7.4') throw new Refusal(501, "Method 'GET /cluster/metrics/export' not implemented")
  const timestamp = Math.floor(wall.s(world.nowMs) / 10) * 10
  const local = /^(1|on|yes|true)$/i.test(parameters['local-only'] ?? '')
  const gauge = (id: string, metric: string, value: number) => ({ id, metric, timestamp, type: 'gauge', value })
  const derive = (id: string, metric: string, value: number) => ({ id, metric, timestamp, type: 'derive', value })
  const nodes = cluster.nodes.filter((one) => one === viewer || (!local && viewer.peers[one.name]?.member === true))
  const data = nodes.flatMap((one) => {
    const uptime = wall.spanS(world.nowMs - one.bootedMs)
    const id = `node/${one.name}`
    const guests = cluster.guests.filter((guest) => guest.node === one.name && guest.running)
    return [
      gauge(id, 'uptime', uptime),
      gauge(id, 'cpu_current', loadAt(one.name, timestamp)),
      gauge(id, 'mem_total', one.memoryBytes),
      derive(id, 'net_in', bytesUntil(`${id}/in`, uptime)),
      ...guests.map((guest) => gauge(guest.id, 'cpu_current', loadAt(guest.id, timestamp))),
    ]
  })
  return { data }
}
