import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelServer } from '../src/lab/servers/channels/channel-server.ts'
import { WebhookManners } from '../src/lab/servers/channels/webhook.ts'
import { AlertDaemon, PORT, TOKEN } from './alert-daemon.ts'
import { payload, postAll } from './hook-clients.ts'
import type { BenchModule } from './row.ts'

const ALERTS = 10_000
const MAX_MB = 150
/** As the bench's channel is configured: one message each 20 ms, of at most 50 alerts. */
const MIN_DRAIN_MS = (ALERTS / 50) * 20

type Status = { readonly inbox: number; readonly channels: readonly { readonly queued: number }[] }

/** Ten thousand alerts wait for a channel that is dead; then it is up, and takes what its rate limit lets through. */
export const alertOutbox: BenchModule = async () => {
  const manners = new WebhookManners()
  const sink = await ChannelServer.open(manners)
  sink.mode = 'reset'
  const daemon = await AlertDaemon.start(`${sink.url}/hook`)
  try {
    const where = { host: '127.0.0.1', port: PORT, path: '/hooks/alertmanager', token: TOKEN }
    await postAll(where, payload, ALERTS, 16)
    const queued = async () => {
      const { inbox, channels } = await daemon.get<Status>('/api/v1/alerting')
      return inbox === 0 && (channels[0]?.queued ?? 0) >= ALERTS / 50
    }
    while (!(await queued())) await sleep(100)
    let mostMb = daemon.memoryMb('VmRSS')
    sink.mode = 'up'
    const begun = performance.now()
    while (alertsIn(manners) < ALERTS) {
      await sleep(100)
      mostMb = Math.max(mostMb, daemon.memoryMb('VmRSS'))
    }
    const drainMs = performance.now() - begun
    return [
      {
        name: `memory with ${ALERTS.toLocaleString('en')} alerts behind a dead channel, and while it drains`,
        ours: mostMb,
        peer: MAX_MB,
        ratio: mostMb / MAX_MB,
        limit: `${MAX_MB} MB`,
        unit: 'MB',
        ok: mostMb <= MAX_MB,
      },
      {
        name: 'draining them (peer: what the rate limit lets through)',
        ours: drainMs,
        peer: MIN_DRAIN_MS,
        ratio: drainMs / MIN_DRAIN_MS,
        limit: 'none',
        unit: 'ms',
        ok: true,
      },
    ]
  } finally {
    await daemon.stop()
    await sink.stop()
  }
}

function alertsIn(manners: WebhookManners): number {
  let count = 0
  for (const { payload: message } of manners.deliveries.values()) {
    count += (message as unknown as { alerts: readonly unknown[] }).alerts.length
  }
  return count
}
