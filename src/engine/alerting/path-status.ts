import type { ChannelQueue } from '../../ports/alert-store.ts'
import type { AlertingStatus, ChannelStatus } from '../../ports/alerting.ts'
import { statusOfHealth } from './channel-health.ts'
import type { Setup } from './setup.ts'
import type { Workers } from './workers.ts'

/** Every configured channel, and those that are gone and left something behind. */
export function channelStatuses(
  setup: Setup,
  workers: Workers,
  queues: readonly ChannelQueue[],
): AlertingStatus['channels'] {
  const queueOf = new Map(queues.map((queue) => [queue.channel, queue]))
  const names = [...new Set([...setup.policy.channels.map(({ name }) => name), ...queueOf.keys()])]
  return names.flatMap((channel): ChannelStatus[] => {
    const queue = queueOf.get(channel) ?? { channel, queued: 0, dead: 0 }
    const policy = setup.channel(channel)
    if (policy === undefined && queue.queued + queue.dead === 0) return []
    const worker = workers.get(channel)
    return [
      {
        ...queue,
        type: policy?.type ?? 'gone',
        local: policy?.local ?? false,
        ...(worker === undefined ? {} : statusOfHealth(worker.health)),
        ...(worker?.counts ?? { delivered: 0, failures: {} }),
      },
    ]
  })
}
