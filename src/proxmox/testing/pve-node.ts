import type { Answer, Asked } from './pve-server.ts'
import { recorded, recordedText } from './recorded.ts'

type Row = Record<string, unknown>

/**
 * Answers as the node of this name of the recorded cluster (lab: pve1, pve2, pve3) would; what was recorded at pve1 is
 * told by the others in their name.
 */
export function pveNode(node: string, changes: (asked: Asked) => Answer | undefined = () => undefined) {
  return (asked: Asked): Answer | undefined => changes(asked) ?? plain(node, asked)
}

function plain(node: string, { method, path }: Asked): Answer | undefined {
  if (method !== 'GET') return undefined
  const own = path.replace(`/nodes/${node}`, '/nodes/pve1')
  switch (own) {
    case '/cluster/status':
      return { data: statusOf(node) }
    case '/cluster/ceph/status':
      return { status: 500, reason: 'binary not installed: /usr/bin/ceph-mon', body: '{"data":null}' }
    case '/nodes/pve1/certificates/info':
      return { data: [CERTIFICATE] }
    case '/nodes/pve1/journal':
      return { body: recordedText('healthy/nodes_pve1_journal_lastentries_5'), gzip: true }
    case '/nodes/pve1/apt/update':
      return { status: 403, reason: `Permission check failed (/nodes/${node}, Sys.Modify)`, body: '{"data":null}' }
  }
  const config = /^\/nodes\/pve1\/(?:qemu|lxc)\/(\d+)\/config$/.exec(own)
  if (config !== null) return { data: { ...(recorded('healthy/nodes_pve1_qemu_100_config') as Row), agent: '0' } }
  const name = own.slice(1).replaceAll('/', '_')
  try {
    return { data: recorded(`healthy/${name}`) }
  } catch {
    return undefined
  }
}

/** The recorded status from the point of view of `node`, with what differs of the cluster itself. */
export function statusOf(node: string, cluster: Row = {}, offline: readonly string[] = []): readonly Row[] {
  return (recorded('healthy/cluster_status') as Row[]).map((row) => {
    if (row.type === 'cluster') return { ...row, ...cluster }
    return { ...row, local: row.name === node ? 1 : 0, online: offline.includes(String(row.name)) ? 0 : 1 }
  })
}

const CERTIFICATE = {
  filename: 'pve-ssl.pem',
  notafter: 1_858_000_000,
  notbefore: 1_795_000_000,
  fingerprint: '35:36:24:53',
  subject: '/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=pve1',
}
