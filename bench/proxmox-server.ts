// Servers of the Proxmox bench, in a process of their own: a cluster of five nodes with 500 guests. Prints their ports;
// a line `dead N` on its input makes the Nth node answer nothing from then on. Ends with whoever started it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { selfSigned } from '../test/sockets/certificate.ts'

const NODES = 5
const GUESTS = 500
/** pveproxy keeps an idle connection for 5 s of the time that the bench lets pass faster. */
const [idleMs = 5_000] = process.argv.slice(2).map(Number)

const key = selfSigned('bench', '127.0.0.1', 'rsa')
const dead = new Set<number>()
const bodies = new Map<string, { readonly plain: Buffer; readonly packed: Buffer }>()
const nodes = Array.from({ length: NODES }, (_, i) => `pve${i + 1}`)

function data(node: string, path: string): unknown {
  const own = path.replace(`/nodes/${node}`, '/nodes/{node}').replace(/\/\d+/, '/{vmid}')
  switch (own) {
    case '/version':
      return { version: '9.2.11', release: '9.2', repoid: '14a22df3' }
    case '/cluster/status':
      return [
        { type: 'cluster', name: 'bench', quorate: 1, version: 5, nodes: NODES },
        ...nodes.map((name, i) => ({ type: 'node', name, nodeid: i + 1, online: 1, local: Number(name === node) })),
      ]
    case '/cluster/resources':
      return [...guests(), ...nodes.map(nodeRow), ...nodes.flatMap(storages)]
    case '/cluster/ha/status/current':
      return nodes.map((name) => ({ type: 'lrm', node: name, status: `${name} (idle, watchdog standby, now)` }))
    case '/cluster/ha/status/manager_status':
      return { manager_status: { node_status: Object.fromEntries(nodes.map((name) => [name, 'online'])) } }
    case '/cluster/tasks':
      return Array.from({ length: 100 }, (_, i) => ({ upid: `UPID:${node}:${i}:`, node, type: 'vzdump', starttime: i }))
    case '/nodes/{node}/status':
      return { uptime: Math.floor(process.uptime()), loadavg: ['1', '1', '1'], memory: {}, rootfs: {}, cpuinfo: {} }
    case '/nodes/{node}/journal':
      return ['s=ab;i=1;b=cd;m=1;t=1;x=1', 'a line', 's=ab;i=2;b=cd;m=1;t=1;x=1']
    case '/nodes/{node}/qemu/{vmid}/config':
      return { onboot: 1, name: 'guest', memory: '4096', net0: 'virtio=AA:BB,bridge=vmbr0', startup: 'order=1' }
    case '/cluster/config/qdevice':
      return {}
    default:
      return []
  }
}

function guests(): unknown[] {
  return Array.from({ length: GUESTS }, (_, i) => ({
    ...{ type: 'qemu', id: `qemu/${100 + i}`, vmid: 100 + i, name: `guest-${i}`, node: nodes[i % NODES] },
    ...{ status: 'running', template: 0, tags: 'prod;web', uptime: 1000 + i, cpu: i / 1000, maxcpu: 4 },
    ...{ mem: 2 ** 31 + i, maxmem: 2 ** 32, disk: 0, maxdisk: 2 ** 35, netin: i * 1e6, netout: i * 1e5 },
    ...{ diskread: i * 1e7, diskwrite: i * 1e6 },
  }))
}

function nodeRow(node: string): unknown {
  return { type: 'node', id: `node/${node}`, node, status: 'online', maxcpu: 32, cpu: 0.2, mem: 1e11, maxmem: 2e11 }
}

function storages(node: string): unknown[] {
  return ['local', 'local-zfs', 'nas', 'ceph'].map((storage) => ({
    ...{ type: 'storage', id: `storage/${node}/${storage}`, node, storage, status: 'available', plugintype: 'dir' },
    ...{ disk: 1e11, maxdisk: 1e12, content: 'images,backup' },
  }))
}

function serve(index: number, request: IncomingMessage, response: ServerResponse): void {
  if (dead.has(index)) return
  const node = nodes[index] ?? ''
  const path = (request.url ?? '').replace('/api2/json', '').split('?')[0] ?? ''
  const id = `${node} ${path}`
  let body = bodies.get(id)
  if (body === undefined) {
    const plain = Buffer.from(JSON.stringify({ data: data(node, path) }))
    body = { plain, packed: gzipSync(plain) }
    if (!path.endsWith('/status')) bodies.set(id, body)
  }
  const packed = body.plain.length > 1024
  const bytes = packed ? body.packed : body.plain
  response.writeHead(200, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': bytes.length,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(bytes)
}

const ports = nodes.map(async (_, index) => {
  const server = createServer(key, (request, response) => serve(index, request, response))
  server.keepAliveTimeout = idleMs
  Object.assign(server, { keepAliveTimeoutBuffer: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
})
console.log((await Promise.all(ports)).join(' '))

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => dead.add(Number(line.replace('dead ', '')) - 1))
lines.on('close', () => process.exit())
