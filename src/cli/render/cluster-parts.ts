import type { Cluster, ClusterStorage } from '../../api/cluster.ts'
import { percent, share } from '../text/amount.ts'
import type { Paint } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'

/** A shared storage is the same everywhere: one line, with the nodes on which it is not there. */
export function storageTable({ storages }: Cluster, paint: Paint): string[] {
  if (storages.length === 0) return []
  const columns = [
    { title: 'STORAGE' },
    { title: 'NODE' },
    { title: 'TYPE' },
    { title: 'STATE' },
    { title: 'USED', right: true },
    { title: '', right: true },
  ]
  const groups = Map.groupBy(storages, ({ storage, node, shared }) => (shared ? storage : `${storage}\n${node}`))
  return table(columns, [...groups.values()].map(storageRow), paint)
}

function storageRow(those: readonly ClusterStorage[]): Cell[] {
  const known = those.find(({ active, totalBytes }) => active === true && totalBytes > 0) ?? those[0]
  if (known === undefined) return []
  const { usedBytes, totalBytes } = known
  const ratio = totalBytes === 0 ? 0 : usedBytes / totalBytes
  return [
    known.storage,
    those.length === 1 ? known.node : 'shared',
    known.type,
    storageState(those),
    totalBytes === 0 ? '' : share(usedBytes, totalBytes),
    totalBytes === 0 ? '' : { text: percent(ratio), style: ratio > 0.9 ? 'red' : undefined },
  ]
}

function storageState(those: readonly ClusterStorage[]): Cell {
  const missing = those.filter(({ active }) => active === false).map(({ node }) => node)
  if (missing.length > 0) {
    return { text: those.length === 1 ? 'INACTIVE' : `INACTIVE on ${missing.join(', ')}`, style: 'red' }
  }
  return those.every(({ active }) => active === null) ? { text: 'unknown', style: 'yellow' } : 'active'
}

export function replicationTable({ replication }: Cluster, paint: Paint): string[] {
  if (replication.length === 0) return []
  const columns = [{ title: 'JOB' }, { title: 'FROM' }, { title: 'TO' }, { title: 'LAST' }, { title: 'STATE' }]
  const rows = replication.map(({ id, source, target, lastSync, failures, error }): Cell[] => [
    id,
    source,
    target,
    lastSync === undefined ? { text: 'never', style: 'yellow' } : `${span(lastSync.agoMs)} ago`,
    failures === 0
      ? { text: 'well', style: 'green' }
      : { text: `${failures} failed in a row${error === undefined ? '' : `: ${error}`}`, style: 'red' },
  ])
  return table(columns, rows, paint)
}

export function taskTable({ tasks }: Cluster, paint: Paint): string[] {
  if (tasks.length === 0) return []
  const columns = [
    { title: 'NODE' },
    { title: 'TASK' },
    { title: 'ABOUT' },
    { title: 'BY' },
    { title: 'FOR', right: true },
  ]
  const rows = tasks.map(({ node, type, id, user, started }) => [node, type, id, user, span(started.agoMs)])
  return table(columns, rows, paint)
}
