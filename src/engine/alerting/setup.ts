import type { Speaker } from '../../core/alerts/delivery/compose.ts'
import type { AlertPolicy, ChannelPolicy, ReceiverPolicy } from '../../core/alerts/policy.ts'
import { type Routing, routingOf } from '../../core/alerts/routing/routing.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { AlertPathParts } from './parts.ts'

/** The configuration in force, ready to be asked. */
export type Setup = {
  readonly policy: AlertPolicy
  readonly routing: Routing
  readonly speaker: Speaker
  readonly relayWaitMs: number
  readonly receiver: (name: string) => ReceiverPolicy | undefined
  readonly channel: (name: string) => ChannelPolicy | undefined
  readonly notifier: (name: string) => Notifier | undefined
  /** It is configured and can be sent to. */
  readonly isThere: (channel: string) => boolean
  readonly loops: (channel: string) => boolean
  readonly edits: (channel: string) => boolean
  /** Of the local day in which the quiet hours are meant. */
  readonly quietMinute: (nowMs: number) => number
}

export function setupOf(
  parts: Pick<AlertPathParts, 'policy' | 'channels' | 'minuteOfDay' | 'sender' | 'timeZone' | 'peer'>,
): Setup {
  const { policy, minuteOfDay, sender, timeZone } = parts
  const receivers = new Map(policy.receivers.map((receiver) => [receiver.name, receiver]))
  const channels = new Map(policy.channels.map((channel) => [channel.name, channel]))
  const notifiers = new Map(
    parts.channels.filter(({ name }) => channels.has(name)).map((notifier) => [notifier.name, notifier]),
  )
  return {
    policy,
    routing: routingOf(policy),
    speaker: {
      sender,
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(policy.runbookUrl === undefined ? {} : { runbookUrl: policy.runbookUrl }),
    },
    relayWaitMs: parts.peer === undefined ? 0 : (policy.relayWaitMs ?? 0),
    receiver: (name) => receivers.get(name),
    channel: (name) => channels.get(name),
    notifier: (name) => notifiers.get(name),
    isThere: (name) => notifiers.has(name),
    loops: (name) => channels.get(name)?.loops === true,
    edits: (name) => notifiers.get(name)?.edits === true,
    quietMinute: (nowMs) => minuteOfDay(nowMs, policy.quietHours?.timeZone ?? timeZone),
  }
}
