import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { Daemon } from '../../ports/daemon.ts'
import { clustersNow } from '../views/cluster-models.ts'
import { CLUSTER_METRICS } from './cluster-table.ts'
import { ClusterText } from './cluster-text.ts'
import { collectAlerts } from './collect-alerts.ts'
import { collectCluster } from './collect-cluster.ts'
import { collectHosts } from './collect-hosts.ts'
import { collectNodeSigns } from './collect-node-signs.ts'
import { collectPower } from './collect-power.ts'
import { collectProbes } from './collect-probes.ts'
import { collectUps } from './collect-ups.ts'
import { collectWatchdog } from './collect-watchdog.ts'
import { nutText } from './nut-text.ts'
import type { Put } from './samples.ts'
import { METRICS, type MetricName } from './table.ts'
import { ToldCounters } from './told-counters.ts'

export type Metrics = {
  readonly contentType: string
  /** The text of one scrape. */
  scrape(): Promise<string>
  close(): void
}

export function createMetrics(daemon: Daemon): Metrics {
  const registry = new Registry()
  const series = new Map(
    Object.entries(METRICS)
      .filter(([name]) => !(name in CLUSTER_METRICS))
      .map(([name, { type, help, labels }]) => {
        const settings = { name, help, labelNames: [...labels], registers: [registry] }
        return [name, type === 'counter' ? new Counter(settings) : new Gauge(settings)] as const
      }),
  )
  const told = new ToldCounters(daemon)
  const put: Put = (name, labels, value) => {
    const metric = series.get(name)
    if (metric instanceof Counter) metric.inc(labels, Number.isFinite(value) ? value : 0)
    else metric?.set(labels, value)
  }
  const scrape = async (): Promise<string> => {
    // Everything is read anew from one state, so a host that is gone leaves no series behind.
    for (const [name, metric] of series) {
      metric.reset()
      // One without labels would stay as 0, which is not the same as having nothing to say.
      if (METRICS[name as MetricName].labels.length === 0) metric.remove()
    }
    const state = daemon.state()
    collectHosts(state, put)
    collectProbes(state, daemon.probeStats(), put)
    collectPower(state, daemon.now(), put)
    if (daemon.alerting !== undefined) collectAlerts(daemon.alerting.status(), daemon.now(), put)
    collectNodeSigns(state, put)
    collectUps(state, daemon.now(), put)
    collectWatchdog(daemon, put)
    told.collect(state, put)
    const clusters = new ClusterText()
    for (const seen of clustersNow(daemon)) collectCluster(seen, clusters.put)
    return `${await registry.metrics()}${clusters}${nutText(state, daemon.now(), daemon.upsDesk?.())}`
  }
  let running: Promise<string> | undefined
  return {
    contentType: registry.contentType,
    // Two scrapes at once share one text: a reset in the middle of the other's rendering would empty it.
    scrape: () => {
      running ??= scrape().finally(() => {
        running = undefined
      })
      return running
    },
    close: () => told.close(),
  }
}
