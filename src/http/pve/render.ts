import { MetricText } from '../metric-text.ts'
import { writeCluster, writeUp } from './cluster.ts'
import { writeNodes } from './nodes.ts'
import { rowsOf, writeResources } from './resources.ts'
import type { Scope } from './scope.ts'
import { writeScrape } from './scrape.ts'

export type Parts = { readonly cluster: boolean; readonly node: boolean }

/**
 * One scrape by the names and labels of prometheus-pve-exporter 3.10
 * (https://github.com/prometheus-pve/prometheus-pve-exporter), so that its dashboards and rules go on working.
 */
export function renderPve(scope: Scope, parts: Parts): string {
  const text = new MetricText()
  const { resources, status } = scope
  if (parts.cluster) {
    const rows = resources === undefined ? undefined : rowsOf(resources)
    if (status !== undefined || rows !== undefined) writeUp(status, rows, text)
    if (rows !== undefined) writeResources(rows, text)
    writeCluster(scope, text)
  }
  if (parts.node) {
    writeNodes(scope.nodes, new Map(resources?.guests.map(({ vmid, type }) => [vmid, type])), text)
  }
  writeScrape(scope, text)
  return text.toString()
}
